"""HDF5 by its structure: what it reaches beyond itself, what Keras and PyTables act on, what is broken."""

import json
import pickle

import make_hdf5 as h5
import make_torch as torch
import make_zip as zips
from corpus import case
from make_hdf5 import NOWHERE, Writer, u

NOTES = {"KER-013", "KER-014", "KER-015", "KER-017", "KER-019"}
INCONCLUSIVE = {"KER-005", "KER-006", "KER-007"}
EVIL = ("KER-017", "PKL-101", "PKL-201")


def told(id, make, *rules, name="model.h5", covers="", arguments=()):
    """`make` is given a Writer and gives the file."""
    rest = set(rules) - NOTES
    verdict = "findings" if rest - INCONCLUSIVE else "inconclusive" if rest else "clean"
    case("hdf5/" + id, verdict=verdict, rules=rules, name=name, covers=covers,
         arguments=arguments)(lambda: make(Writer()))


def old(*messages, links=lambda w: ()):
    """A file in the old form whose root has these links and messages."""
    def make(w):
        root = w.group(links(w), *(message(w) if callable(message) else message for message in messages))
        return w.close0(root, cached=(w.tree_at, w.heap_at))
    return make


def new(*messages, **more):
    """The same in the newer one."""
    def make(w):
        made = [message(w) if callable(message) else message for message in messages]
        return w.close2(w.header2(*(made if any(kind == 0x02 for kind, *_ in made) else [*h5.GROUP, *made])), **more)
    return make


def dataset(*messages, kind=h5.FLOAT, dims=(4,)):
    """A file with one dataset, which these messages are about."""
    return old(links=lambda w: [("w", w.header1(
        h5.space(*dims), h5.datatype(kind), *(message(w) if callable(message) else message for message in messages)))])


def weights(w, size=16):
    return h5.layout(w.put(bytes(size)), size)


def config(*layers):
    return json.dumps({"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}})


DENSE = {"class_name": "Dense", "config": {"name": "d", "units": 3, "activation": "relu"}}
LAMBDA = {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None], "function_type": "lambda"}}

# Ordinary files, in both forms.
told("empty", old())
told("new_empty", new())
told("new_empty_3", new(version=3))
told("version_1", lambda w: w.close0(w.group(), version=1))
told("nothing_cached", lambda w: w.close0(w.group()))
told("weights", dataset(weights))
told("weights_of_nothing", dataset(h5.layout(NOWHERE, 16)))
told("weights_compact", dataset(h5.compact(bytes(16))))
told("weights_chunked", dataset(h5.chunked(4, 4), h5.filters(2, 1, 3)))
told("weights_chunked_new", dataset(h5.chunked(4, 4, version=4), h5.filters(2, 1, version=2)))
told("weights_layout_1", dataset(lambda w: h5.layout(w.put(bytes(16)), 4, version=1)))
told("weights_below_groups", old(links=lambda w: [("layers", w.group([("dense", w.group([("0", w.header1(
    h5.space(2), h5.datatype(h5.FLOAT), weights(w)))]))]))]))
told("weights_twice", old(links=lambda w: (lambda at: [("a", at), ("b", at)])(w.header1(
    h5.space(4), h5.datatype(h5.FLOAT), weights(w)))))
told("group_in_itself", lambda w: (lambda root: w.close2(root))(w.header2(*h5.GROUP, h5.link("self", target=104))))
told("links_new", new(lambda w: h5.link("a", target=w.header2(h5.space(4), h5.datatype(h5.FLOAT), weights(w)))))
told("links_with_everything", new(lambda w: h5.link("a", target=w.header2(*h5.GROUP, h5.text("t", "x", version=3)), flags=0x1D)))
told("links_dense", new(lambda w: w.dense_links({f"l{i}": h5.link(f"l{i}", target=w.header2(*h5.GROUP)) for i in range(20)})))
told("attributes_dense", new(lambda w: w.dense_attributes({f"a{i}": h5.text(f"a{i}", "v", version=3) for i in range(20)})))
told("attributes", old(h5.text("keras_version", "3.9.0"), h5.text("backend", "torch", version=2),
                       h5.attribute("n", h5.FLOAT, bytes(16), dims=(4,)), h5.attribute("e", h5.fixed(1), b"", dims=(0,)),
                       lambda w: h5.attribute("v", h5.TEXT, w.values(b"long")[0])))
told("gap_in_header", new(h5.text("t", "x", version=3), (0x00, bytes(5))))
told("continued", old(lambda w: w.block1(h5.text("t", "x"))))
told("continued_new", new(lambda w: w.block2(h5.text("t", "x", version=3))))
told("times_in_header", lambda w: w.close2(w.header2(*h5.GROUP, h5.text("t", "x", version=3), flags=0x32)))
told("committed_datatype", lambda w: w.close0(w.group([("t", w.header1(h5.datatype(h5.fixed(8))))], h5.attribute(
    "name", b"\2\2" + u(8, w.header1(h5.datatype(h5.fixed(8)))), b"words.\0\0", version=2, flags=1))))

# Out of the file.
told("external_link", new(h5.link("w", external=("/srv/other.h5", "/w"))), "KER-008", covers="GHSA-3m4q-jmj6-r34q")
told("external_link_dense", new(lambda w: w.dense_links(
    {f"l{i}": h5.link(f"l{i}", soft="/x") for i in range(9)} | {"w": h5.link("w", external=("other.h5", "/w"))})), "KER-008", "KER-015")
told("external_link_below", old(links=lambda w: [("a", w.header1(*h5.GROUP, h5.link("w", external=("o.h5", "/"))))]), "KER-008")
told("external_link_continued", new(lambda w: w.block2(h5.link("w", external=("o.h5", "/")))), "KER-008")
told("external_link_unnamed_kind", new(h5.link("w", kind=70, data=b"anything")), "KER-012")
told("external_data", dataset(lambda w: w.external("/etc/passwd"), h5.layout(NOWHERE, 16)), "KER-009",
     covers="CVE-2026-1669")
told("external_data_twice", dataset(lambda w: w.external("a.bin", "../b.bin"), h5.layout(NOWHERE, 16)), "KER-009")
told("virtual", dataset(h5.virtual()), "KER-010")
told("soft_link", old(links=lambda w: [("w", None)]), "KER-015")
told("soft_link_new", new(h5.link("w", soft="/there/is/none")), "KER-015")
told("filter_unknown", dataset(h5.chunked(4, 4), h5.filters(40000, name=b"mine")), "KER-011")
told("filter_unknown_new", dataset(h5.chunked(4, 4), h5.filters(256, version=2, name=b"mine")), "KER-011")
told("filter_reserved", dataset(h5.chunked(4, 4), h5.filters(7)), "KER-011")
told("filter_behind_gzip", dataset(h5.chunked(4, 4), h5.filters(1, 60000)), "KER-011")
for number in (4, 32000, 32001, 32008, 32015):
    told(f"filter_known_{number}", dataset(h5.chunked(4, 4), h5.filters(number, version=2)))
told("bomb", dataset(h5.chunked(4, 4), h5.filters(1), dims=(1 << 20, 1 << 20)), "KER-016", covers="CVE-2026-0897")
told("bomb_that_is_none", dataset(h5.chunked(4, 4), dims=(1 << 20, 1 << 9)))

# What Keras acts on.
told("keras", old(h5.text("model_config", config(DENSE)), h5.text("training_config", '{"loss": "mse"}')))
told("keras_lambda", old(h5.text("model_config", config(DENSE, LAMBDA))), "KER-001", covers="CVE-2025-9905")
told("keras_program", old(h5.text("model_config", config({"class_name": "TFSMLayer", "config": {"filepath": "/x"}}))), "KER-020")
told("keras_read_file", old(h5.text("model_config", config({"class_name": "TFOpLambda", "config": {"function": "io.read_file"}}))), "KER-020")
told("keras_add", old(h5.text("model_config", config({"class_name": "TFOpLambda", "config": {"function": "math.add"}}))))
told("keras_words", old(h5.text("model_config", config({"class_name": "StringLookup", "config": {"vocabulary": "/x"}}))), "KER-021",
     covers="CVE-2025-12058")
told("keras_lambda_escaped", old(h5.text("model_config", config(LAMBDA).replace("Lambda", "\\u004cambda"))), "KER-001")
told("keras_lambda_variable", old(lambda w: h5.attribute("model_config", h5.TEXT, w.values(config(LAMBDA).encode())[0])),
     "KER-001")
told("keras_lambda_in_nuls", old(h5.text("model_config", config(LAMBDA) + "\0" * 9)), "KER-001")
told("keras_lambda_in_spaces", old(h5.text("model_config", config(LAMBDA) + "   ")), "KER-001")
told("keras_lambda_new", new(h5.text("model_config", config(LAMBDA), version=3)), "KER-001")
told("keras_lambda_dense", new(lambda w: w.dense_attributes({"model_config": h5.text("model_config", config(LAMBDA), version=3)})), "KER-001")
told("keras_lambda_below", old(links=lambda w: [("g", w.header1(*h5.GROUP, h5.text("model_config", config(LAMBDA))))]), "KER-001")
told("keras_lambda_elsewhere", old(h5.text("layer_0", json.dumps(LAMBDA))), "KER-001")
told("keras_lambda_in_training", old(h5.text("training_config", json.dumps(LAMBDA))), "KER-001")
told("keras_lambda_committed", lambda w: (lambda kind: w.close0(w.group((), h5.attribute(
    "model_config", b"\3\2" + u(8, w.header1(h5.datatype(h5.fixed(len(kind))))), kind.encode(), version=3, flags=1))))(
        config(LAMBDA)), "KER-001")
told("keras_module", old(h5.text("model_config", config({"class_name": "function", "module": "os", "config": "system"}))),
     "KER-002", covers="CVE-2025-1550")
told("keras_custom", old(h5.text("model_config", config({"class_name": "mine>Layer", "config": {}}))), "KER-004")
told("keras_no_json", old(h5.text("model_config", "{'class_name'")), "KER-005")
told("keras_ends_early", old(lambda w: h5.attribute("model_config", h5.TEXT, w.values(config(LAMBDA).encode()[:-4])[0])),
     "KER-005")
told("keras_nul_inside", old(lambda w: h5.attribute("model_config", h5.TEXT, w.values(b"{}\0" + config(LAMBDA).encode())[0])))
told("keras_no_text", old(h5.attribute("model_config", h5.FLOAT, bytes(4))), "KER-005")
told("keras_no_value", old(h5.attribute("model_config", h5.fixed(4), b"", dims=(0,))), "KER-005")
told("keras_no_json_elsewhere", old(h5.text("note", "{class_name: words}")), "KER-005")
told("json_elsewhere", old(h5.text("note", '{"a": [1, 2')))
told("keras_zip", lambda w: zips.write([
    zips.Member("metadata.json", b'{"keras_version":"3.9.0"}'), zips.Member("config.json", config(DENSE).encode()),
    zips.Member("model.weights.h5", dataset(weights)(w))]), name="m.keras")
told("keras_zip_external", lambda w: zips.write([
    zips.Member("metadata.json", b'{"keras_version":"3.9.0"}'), zips.Member("config.json", config(DENSE).encode()),
    zips.Member("model.weights.h5", dataset(lambda w: w.external("/etc/passwd"))(w))]), "KER-009", name="m.keras",
    covers="CVE-2026-1669")

# Pickles.
told("pickle_attribute", old(h5.text("filters", torch.EVIL)), *EVIL)
told("pickle_attribute_filled_up", old(h5.text("filters", torch.EVIL + bytes(20))), *EVIL)
told("pickle_attribute_variable", old(lambda w: h5.attribute("x", h5.SEQUENCE, w.values(torch.EVIL)[0])), *EVIL)
told("pickle_attribute_of_bytes", old(h5.attribute("x", h5.BYTE, torch.EVIL, dims=(len(torch.EVIL),))), *EVIL)
told("pickle_attribute_opaque", old(h5.attribute("x", h5.opaque(len(torch.EVIL)), torch.EVIL)), *EVIL)
told("pickle_harmless", old(h5.text("x", pickle.dumps("words", 2))), "KER-017")
told("pickle_dataset", dataset(h5.compact(torch.EVIL), kind=h5.opaque(len(torch.EVIL)), dims=()), *EVIL)
told("pickle_dataset_contiguous", dataset(lambda w: h5.layout(w.put(torch.EVIL), len(torch.EVIL)),
                                          kind=h5.fixed(len(torch.EVIL)), dims=()), *EVIL)
told("pickle_dataset_of_bytes", dataset(h5.compact(torch.EVIL), kind=h5.BYTE, dims=(len(torch.EVIL),)), *EVIL)
told("pickle_dataset_variable", dataset(lambda w: h5.compact(w.values(torch.EVIL)[0]), kind=h5.TEXT, dims=()), *EVIL)
told("bytes_that_begin_like_one", dataset(h5.compact(b"\x80\2" + bytes(range(30))), kind=h5.BYTE, dims=(32,)))
told("words_that_end_in_a_dot", old(h5.text("note", "Made by hand.")))
told("pickle_dataset_in_chunks", dataset(h5.chunked(len(torch.EVIL)), h5.filters(1), kind=h5.opaque(len(torch.EVIL)), dims=(1,)),
     "KER-019")
told("words_in_chunks", dataset(h5.chunked(4), kind=h5.TEXT, dims=(4,)), "KER-019")
told("bytes_in_chunks", dataset(h5.chunked(4), kind=h5.BYTE, dims=(4,)), "KER-019")
told("pytables_rows", old(links=lambda w: [("rows", w.header1(
    h5.space(0), h5.datatype(h5.SEQUENCE), h5.chunked(4, 16), h5.text("PSEUDOATOM", "object")))]), "KER-018")

# What surrounds it.
told("trailing", lambda w: old()(w) + b"more", "KER-014")
told("user_block", lambda w: bytes(512) + old()(Writer(512)), "KER-013")
told("user_block_not_told", lambda w: bytes(1024) + old()(w), "KER-013")
told("user_block_of_words", lambda w: b"Made by words.\n".ljust(2048) + new()(Writer(2048)), "KER-013")
told("user_block_of_code", lambda w: torch.EVIL.ljust(512, b"\0") + old()(Writer(512)), "KER-013", "FIL-001",
     "PKL-101", "PKL-201")


# Broken: one thing each, in a file that is fine without it.
def broken(id, make, *rules, **more):
    told("broken/" + id, make, "KER-006", *rules, **more)


for size in (9, 20, 95):
    broken(f"superblock_cut_{size}", lambda w, size=size: old()(w)[:size])
broken("superblock_version", lambda w: (lambda data: data[:8] + b"\4" + data[9:])(old()(w)))
broken("superblock_widths", lambda w: w.close0(w.group(), widths=(8, 16)))
broken("superblock_checksum", new(wrong=1))
broken("superblock_ends_late", lambda w: w.close0(w.group(), end=1 << 40))
broken("superblock_ends_nowhere", lambda w: w.close0(w.group(), end=NOWHERE))
broken("driver", lambda w: w.close0(w.group(), driver=w.put(b"\0\0\0\0" + u(4, 0) + b"NCSAfami")))
broken("driver_new", lambda w: w.close2(w.header2(), extension=w.header2((0x14, b"\0NCSAfami\0\0"))))
broken("cache_image", lambda w: w.close2(w.header2(), extension=w.header2((0x18, b"\0" + bytes(16)))))
broken("shared_messages", lambda w: w.close2(w.header2(), extension=w.header2((0x0F, b"\0" + bytes(9)))))
broken("extension_nowhere", lambda w: w.close2(w.header2(), extension=8))
broken("root_nowhere", lambda w: w.close0(NOWHERE))
broken("root_outside", lambda w: w.close0(1 << 30))
broken("root_elsewhere", lambda w: w.close0(w.group(), cached=(96, 96)))
broken("header_version", lambda w: w.close0(w.header1(version=3)))
broken("header_version_new", lambda w: w.close2(w.header2(version=3)))
broken("header_checksum", lambda w: w.close2(w.header2(h5.text("t", "x", version=3), wrong=1)))
broken("header_longer_than_the_file", lambda w: w.close0(w.header1(size=1 << 20)))
broken("header_left_over", lambda w: w.close0(w.header1(h5.text("t", "x"), left=bytes(4))))
broken("message_longer_than_header", lambda w: w.close0(w.header1(left=u(2, 0x0C) + u(2, 64) + bytes(4))))
broken("message_of_no_type", lambda w: w.close0(w.header1((0x19, bytes(8)))))
broken("message_not_aligned", lambda w: w.close0(w.header1(left=u(2, 0) + u(2, 4) + bytes(8) + bytes(4))))
broken("continued_in_a_circle", lambda w: w.close0(w.header1((0x10, u(8, 120) + u(8, 24)))))
broken("continued_outside", lambda w: w.close0(w.header1((0x10, u(8, 1 << 40) + u(8, 24)))))
broken("continued_without_signature", new(lambda w: w.block2(h5.text("t", "x", version=3), magic=b"XXXX")))
broken("continued_checksum", new(lambda w: w.block2(h5.text("t", "x", version=3), wrong=1)))
broken("shared_attribute", new((*h5.text("t", "x", version=3), 0x02)))
broken("shared_in_a_heap", new((0x03, b"\3\1" + bytes(8), 0x02)))
broken("shared_from_nowhere", lambda w: w.close0(w.group((), (0x03, b"\2\0" + u(8, 8), 0x02))))



def tree_file(change):
    """A root group with one dataset, after `change` of (writer, place of the name, heap)."""
    def make(w):
        at = w.header1(*h5.GROUP)
        (place,), heap = w.heap(["w"])
        tree, heap = change(w, w.table([(place, at)]), heap)
        return w.close0(w.header1((0x11, u(8, tree) + u(8, heap))))
    return make


told("tree_of_two_levels", tree_file(lambda w, table, heap: (w.tree([w.tree([table])], level=1), heap)))
broken("tree_kind", tree_file(lambda w, table, heap: (w.tree([table], kind=1), heap)))
broken("tree_count", tree_file(lambda w, table, heap: (w.tree([table], count=60000), heap)))
broken("tree_in_a_circle", tree_file(lambda w, table, heap: (w.tree([w.later()], level=1), heap)))
broken("tree_has_a_node_twice", tree_file(lambda w, table, heap: (w.tree([table, table]), heap)))
broken("tree_skips_a_level", tree_file(lambda w, table, heap: (w.tree([w.tree([table])], level=2), heap)))
broken("tree_nowhere", tree_file(lambda w, table, heap: (NOWHERE, heap)))
broken("tree_is_no_tree", tree_file(lambda w, table, heap: (heap, heap)))
broken("heap_is_no_heap", tree_file(lambda w, table, heap: (w.tree([table]), table)))
broken("heap_outside", tree_file(lambda w, table, heap: (w.tree([table]), w.heap(["w"], address=1 << 40)[1])))
broken("heap_size", tree_file(lambda w, table, heap: (w.tree([table]), w.heap(["w"], size=1 << 40)[1])))
broken("heap_version", tree_file(lambda w, table, heap: (w.tree([table]), w.heap(["w"], version=1)[1])))
broken("heap_too_small", tree_file(lambda w, table, heap: (w.tree([table]), w.heap(["w"], size=8)[1])))
broken("table_version", tree_file(lambda w, table, heap: (w.tree([w.table([], version=2)]), heap)))
broken("table_count", tree_file(lambda w, table, heap: (w.tree([w.table([], count=9999)]), heap)))
broken("table_name_outside", tree_file(lambda w, table, heap: (w.tree([w.table([(1 << 40, 104)])]), heap)))
broken("table_is_no_table", tree_file(lambda w, table, heap: (w.tree([heap]), heap)))
broken("child_is_no_object", tree_file(lambda w, table, heap: (w.tree([w.table([(8, heap)])]), heap)))

broken("link_version", new(h5.link("a", soft="/b", version=2)))
broken("link_kind", new(h5.link("a", kind=9)))
broken("link_cut", new((0x06, b"\1\x08\x40\5a")))
broken("attribute_version", old(h5.text("t", "x", version=4)))
broken("attribute_cut", old((0x0C, b"\1\0" + u(2, 400) + u(2, 8) + u(2, 8))))
broken("attribute_longer", old(h5.attribute("t", h5.fixed(800), b"x")))
broken("attribute_too_many", old(h5.attribute("t", h5.FLOAT, bytes(4), dims=(1 << 63, 1 << 3))))
broken("attribute_flags", new(h5.text("t", "x", version=3, flags=2)))
broken("datatype_class", old(h5.attribute("t", b"\x1e" + bytes(3) + u(4, 1), b"x")))
broken("datatype_version", old(h5.attribute("t", b"\x63" + bytes(3) + u(4, 1), b"x")))
broken("datatype_cut", old(h5.attribute("t", b"\x13\0", b"x")))
broken("dataspace_version", old((0x0C, b"\1\0" + u(2, 2) + u(2, 8) + u(2, 8) + b"t\0" + bytes(6) + h5.fixed(1)
                                 + b"\3\0" + bytes(6) + b"x")))
broken("layout_version", dataset((0x08, b"\6\1" + bytes(16))))
broken("layout_class", dataset((0x08, b"\4\4" + bytes(16))))
broken("layout_virtual_too_early", dataset(h5.virtual(version=3)))
broken("layout_cut", dataset((0x08, b"\3\1" + bytes(6))))
broken("data_outside", dataset(h5.layout(1 << 40, 16)))
broken("data_behind_the_end", dataset(lambda w: h5.layout(len(w.data) + 100_000, 16)))
broken("data_shorter", dataset(h5.compact(bytes(8))))
broken("data_size_overflows", dataset(h5.chunked(4, 4), dims=(1 << 63,)))
broken("layout_twice", dataset(h5.virtual(), h5.compact(bytes(16))), "KER-010")
broken("filters_version", dataset((0x0B, b"\3\1" + bytes(14))))
broken("filters_cut", dataset((0x0B, b"\1\5" + bytes(14))))
broken("external_data_cut", dataset((0x07, b"\1\0\0\0\1\0\1\0" + u(8, 104))))
broken("value_in_no_heap", old(h5.attribute("v", h5.TEXT, u(4, 5) + u(8, 104) + u(4, 1))))
broken("value_outside", old(h5.attribute("v", h5.TEXT, u(4, 5) + u(8, 1 << 40) + u(4, 1))))
broken("value_not_there", old(lambda w: h5.attribute("v", h5.TEXT, w.values(b"word")[0][:12] + u(4, 7))))
broken("value_longer_than_its_place", old(lambda w: h5.attribute("v", h5.TEXT, u(4, 99) + w.values(b"word")[0][4:])))
broken("value_longer_than_its_heap", old(lambda w: h5.attribute("v", h5.TEXT, w.values(b"word", length=99_999)[0])))
broken("value_heap_size", old(lambda w: h5.attribute("v", h5.TEXT, w.values(b"word", size=1 << 30)[0])))
broken("value_heap_version", old(lambda w: h5.attribute("v", h5.TEXT, w.values(b"word", version=2)[0])))
broken("value_heap_goes_on_behind_its_end", old(lambda w: h5.attribute("v", h5.TEXT, w.values(b"word", free=16)[0])))
broken("value_of_another_size", old(h5.attribute("v", h5.TEXT[:4] + u(4, 12) + h5.TEXT[8:], bytes(12))))
broken("dense_version", new((0x02, b"\1\0" + u(8, NOWHERE) * 2)))
broken("dense_filtered", new(lambda w: w.dense_links({"a": h5.link("a", soft="/b")}, filtered=8)))
broken("dense_checksum", new(lambda w: w.dense_links({"a": h5.link("a", soft="/b")}, wrong=1)))
broken("dense_heap_nowhere", new(lambda w: h5.dense(0x02, NOWHERE, w.records(5, []))))
broken("dense_tree_kind", new(lambda w: (lambda heap: h5.dense(0x02, heap[0], w.records(8, [bytes(11)])))(w.fractal([b"x"]))))
broken("dense_tree_checksum", new(lambda w: (lambda heap: h5.dense(0x02, heap[0], w.records(5, [bytes(11)], wrong=1)))(
    w.fractal([b"x"]))))
broken("dense_tree_depth", new(lambda w: (lambda heap: h5.dense(0x02, heap[0], w.records(5, [bytes(11)], depth=2)))(
    w.fractal([b"x"]))))
broken("dense_id_outside", new(lambda w: (lambda heap: h5.dense(0x02, heap[0], w.records(
    5, [bytes(4) + b"\0" + u(4, 1 << 20) + u(2, 9)])))(w.fractal([b"x"], id_size=7))))
broken("dense_id_kind", new(lambda w: (lambda heap: h5.dense(0x02, heap[0], w.records(
    5, [bytes(4) + b"\x70" + bytes(6)])))(w.fractal([b"x"], id_size=7))))
broken("dense_attribute_shared", new(lambda w: (lambda heap: h5.dense(0x15, heap[0], w.records(
    8, [heap[1][0] + b"\2" + bytes(8)])))(w.fractal([h5.text("t", "x", version=3)[1]]))))
told("dense_blocks_without_checksum", new(lambda w: w.dense_links({"a": h5.link("a", soft="/b")}, sealed_blocks=False)), "KER-015")

# What stands beside something broken is found all the same.
broken("beside_an_external_link", new(h5.link("a", kind=9), h5.link("w", external=("o.h5", "/"))), "KER-008")
broken("lambda_as_bytes", lambda w: old()(w)[:60] + config(LAMBDA).encode(), "KER-001")

# Too much.
def tower(w):
    at = w.header2(*h5.GROUP)
    for _ in range(300):
        at = w.header2(*h5.GROUP, h5.link("g", target=at))
    return w.close2(at)


def echo(w):
    """One long text, which a thousand attributes refer to."""
    value = w.values(bytes(1 << 20))[0]
    return w.close0(w.header1(*h5.GROUP, *[h5.attribute(f"a{i}", h5.TEXT, value) for i in range(1000)]))


told("too_deep", tower, "KER-007")
told("too_much_of_one_text", echo, "KER-007")
