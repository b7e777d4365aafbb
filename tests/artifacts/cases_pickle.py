"""Pickles: what they import, call and change. Each rule of docs/formats/pickle.md broken and kept, and the ways
around other scanners; the stream itself is in cases_pickle_stream.py.

Payloads are harmless: what decides is the name that a stream imports, never what the name would do."""

import functools
import struct

import make_pickle as p
import make_torch as torch
from corpus import case

INCONCLUSIVE = {"PKL-234", "PKL-301", "PKL-302", "PKL-303", "PKL-309", "PKL-315", "PKL-401", "PKL-402", "PKL-403",
                "PKL-404", "PKL-405", "PKL-406"}
UNSUPPORTED = {"FIL-002", "FIL-003"}


def verdict_of(rules):
    if set(rules) - INCONCLUSIVE - UNSUPPORTED:
        return "findings"
    if set(rules) & INCONCLUSIVE:
        return "inconclusive"
    return "unsupported" if rules else "clean"


def bare(id, content, *rules, covers="", name="model.pkl", arguments=()):
    """A file that is a pickle, or several."""
    made = content if callable(content) else lambda: content
    case("pickle/" + id, verdict=verdict_of(rules), rules=rules, name=name, covers=covers, arguments=arguments)(made)


data = functools.partial(bare, arguments=("--profile", "data"))


def zipped(id, content, *rules, tensors=(), covers=""):
    """data.pkl of a checkpoint."""
    bare(id, lambda: torch.checkpoint(tensors, content), *rules, covers=covers, name="model.pt")


def pickled(*parts):
    return p.pickle(*parts)


def framed(*parts, protocol=4):
    return p.proto(protocol) + p.frame(b"".join(parts) + p.STOP)


CALL = ("PKL-102", "PKL-201")  # a name that no list has, called
EVIL = ("PKL-101", "PKL-201")  # a name that is known, called
MARKER = p.name("gatehouse_marker", "touch")
MARKED = p.call(MARKER, p.text("marker"))

# What torch.save, Python, NumPy, SciPy and joblib write.
STRIDED = p.tensor()
WITH_BIAS = p.tensor((3,), (1,), of=p.storage(key="1", elements=3))
bare("state_dict", p.state_dict(STRIDED, WITH_BIAS, metadata=p.metadata()), covers="torch.save")
bare("empty_state_dict", p.state_dict())
bare("half_and_integers", p.state_dict(
    p.tensor(of=p.storage("Half")), p.tensor(of=p.storage("BFloat16", "1")), p.tensor(of=p.storage("Long", "2")),
    p.tensor(of=p.storage("Bool", "3"))))
bare("on_a_gpu", p.state_dict(p.tensor(of=p.storage(location="cuda:1"))))
for place in ("cpu", "meta", "cuda", "cuda:127", "xpu:0", "npu:7", "hpu", "mps", "mps:0", "privateuseone:0"):
    bare(f"location/{place}", p.state_dict(p.tensor(of=p.storage(location=place))))
for place in ("cpa", "cpu:0", "cpu_", "gpu", "cud", "cuda_x:0", "opengl", "cuda:1234", "xpv:1"):
    bare(f"location/{place}", p.state_dict(p.tensor(of=p.storage(location=place))), "PKL-234")
for place in ("/etc", "", "CPU", "cuda:", "cuda:x", ":0"):
    bare(f"location/{place or 'none'}", p.state_dict(p.tensor(of=p.storage(location=place))), "PKL-230")
bare("cuda_storage", p.state_dict(p.tensor(of=p.storage(module="torch.cuda", location="cuda:0"))))
bare("requires_gradient", p.state_dict(p.tensor(gradient=p.TRUE)))
bare("shared_storage", p.state_dict(
    p.tensor((2,), (1,), of=p.storage()), p.tensor((2,), (2,), 3, of=p.storage())))
bare("scalar_tensor", p.state_dict(p.tensor((), (), 0, of=p.storage(elements=1))))
bare("empty_tensor", p.state_dict(p.tensor((0, 5), (5, 1), 0, of=p.storage(elements=0))))
bare("conjugated_tensor", p.state_dict(
    p.tensor(of=p.storage("ComplexFloat"), more=(p.dict_of((p.text("conj"), p.TRUE)),))))
bare("python_values", pickled(p.dict_of(
    (p.text("epoch"), p.number(3)), (p.text("loss"), p.real(0.5)), (p.text("best"), p.TRUE),
    (p.text("names"), p.list_of(p.text("a"), p.text("b"))), (p.text("none"), p.NONE),
    (p.text("big"), p.long1(1 << 70)), (p.text("negative"), p.number(-5)), (p.text("empty"), p.EMPTY_SET),
    (p.text("seen"), p.call(p.name("__builtin__", "set"), p.list_of(p.number(1), p.text("x")))),
    (p.text("raw"), p.call(p.name("_codecs", "encode"), p.text("\xff\x00"), p.text("latin1"))),
    (p.text("array"), p.call(p.name("__builtin__", "bytearray"), p.text("abc"), p.text("latin-1"))),
    (p.text("z"), p.call(p.name("__builtin__", "complex"), p.real(1.0), p.real(2.0))),
    (p.numbers(1, 2), p.text("a tuple as key")))), covers="torch.save of a dict")
bare("counter", pickled(p.call(p.name("collections", "Counter"), p.dict_of((p.text("a"), p.number(2))))))
bare("python_2_ordered_dict", pickled(p.call(p.name("collections", "OrderedDict"), p.list_of(
    p.list_of(p.text("k"), p.number(1)), p.list_of(p.text("l"), p.number(2))))))
bare("python_2_text", pickled(p.dict_of((p.old_string(b"k"), p.old_string("é".encode())))), covers="STRING as UTF-8")
bare("parameter", p.state_dict(p.call(
    p.name("torch._utils", "_rebuild_parameter"), STRIDED, p.TRUE, p.ORDERED_DICT)))
bare("parameter_with_state", p.state_dict(p.call(
    p.name("torch._utils", "_rebuild_parameter_with_state"), STRIDED, p.TRUE, p.ORDERED_DICT,
    p.dict_of((p.text("tag"), p.number(3))))))
bare("new_parameter", p.state_dict(p.new(p.name("torch.nn.parameter", "Parameter"), STRIDED, p.FALSE)))
LAYOUT = p.call(p.name("torch.serialization", "_get_layout"), p.text("torch.sparse_coo"))
INDICES = p.tensor((2, 3), (3, 1), of=p.storage("Long", "8"))
VALUES = p.tensor((3,), (1,), of=p.storage(key="9", elements=3))
SIZE = p.call(p.name("torch", "Size"), p.numbers(3, 3))
bare("sparse_tensor", p.state_dict(p.call(
    p.name("torch._utils", "_rebuild_sparse_tensor"), LAYOUT, p.tuple_of(INDICES, VALUES, SIZE, p.TRUE))))
CSR = p.call(p.name("torch.serialization", "_get_layout"), p.text("torch.sparse_csr"))
ROWS = p.tensor((4,), (1,), of=p.storage("Long", "10"))
COLUMNS = p.tensor((3,), (1,), of=p.storage("Long", "11"))
bare("compressed_tensor", p.state_dict(p.call(
    p.name("torch._utils", "_rebuild_sparse_tensor"), CSR, p.tuple_of(ROWS, COLUMNS, VALUES, SIZE))))
QUANTIZER = p.tuple_of(p.name("torch", "per_tensor_affine"), p.real(0.1), p.number(3))
bare("quantized_tensor", p.state_dict(p.call(
    p.name("torch._utils", "_rebuild_qtensor"), p.storage("QUInt8", elements=3), p.number(0), p.numbers(3),
    p.numbers(1), QUANTIZER, p.FALSE, p.ORDERED_DICT)))
bare("meta_tensor", p.state_dict(p.call(
    p.name("torch._utils", "_rebuild_meta_tensor_no_storage"), p.name("torch", "float32"), p.numbers(3),
    p.numbers(1), p.FALSE)))
UNTYPED = functools.partial(p.storage, "Untyped", module="torch.storage")
V3 = functools.partial(p.call, p.name("torch._utils", "_rebuild_tensor_v3"))
bare("untyped_storage", p.state_dict(V3(
    UNTYPED(elements=6), p.number(0), p.numbers(3), p.numbers(1), p.FALSE, p.ORDERED_DICT,
    p.name("torch", "uint16"))))
FROM_TYPE = p.name("torch._tensor", "_rebuild_from_type_v2")
V2 = p.name("torch._utils", "_rebuild_tensor_v2")
V2_ARGUMENTS = p.tuple_of(p.storage(), p.number(0), p.numbers(6), p.numbers(1), p.FALSE, p.ORDERED_DICT)
ATTRIBUTE = p.dict_of((p.text("tag"), p.text("x")))
bare("tensor_with_attribute", p.state_dict(p.call(
    FROM_TYPE, V2, p.name("torch", "Tensor"), V2_ARGUMENTS, ATTRIBUTE)))
bare("device_and_dtype", pickled(p.list_of(
    p.call(p.name("torch", "device"), p.text("cuda"), p.number(0)), p.name("torch", "float16"), SIZE)))
bare("memo_by_long_index", pickled(
    b"](", p.text("a"), p.long_put(70000), p.long_get(70000), b"e"))
bare("protocol_3_like_2", p.pickle(p.list_of(p.number(1)), protocol=3))
bare("protocol_absent", p.pickle(p.list_of(p.number(1), MARKED), protocol=None), *CALL, covers="first byte not 80")
zipped("zip_state_dict", torch.state_dict(torch.TENSORS), tensors=torch.TENSORS)

NUMPY_DTYPE = p.name("numpy", "dtype")


def dtype(code, names=None):
    made = p.call(NUMPY_DTYPE, p.text(code), p.FALSE, p.TRUE)
    return made + p.tuple_of(p.number(3), p.text("<"), p.NONE, p.NONE, p.NONE, p.number(-1), p.number(-1),
                             p.number(0)) + p.BUILD


def array(module="numpy.core.multiarray"):
    raw = p.call(p.name("_codecs", "encode"), p.text("\x00" * 8), p.text("latin1"))
    made = p.call(p.name(module, "_reconstruct"), p.name("numpy", "ndarray"), p.numbers(0),
                  p.call(p.name("_codecs", "encode"), p.text("b"), p.text("latin1")))
    return made + p.tuple_of(p.number(1), p.numbers(1), dtype("i8"), p.FALSE, raw) + p.BUILD


NUMPY = pickled(array())
data("numpy_1", NUMPY)
data("numpy_2", pickled(array("numpy._core.multiarray")))
bare("numpy_as_weights", NUMPY, "PKL-106", covers="benign, not weights")
# numpy.arange(3) by NumPy 2, protocols 4 and 5, byte for byte.
NUMPY_4 = (b"\x80\x04\x95\xa1\x00\x00\x00\x00\x00\x00\x00\x8c\x16numpy._core.multiarray\x94\x8c\x0c_reconstruct\x94"
           b"\x93\x94\x8c\x05numpy\x94\x8c\x07ndarray\x94\x93\x94K\x00\x85\x94C\x01b\x94\x87\x94R\x94(K\x01K\x03\x85"
           b"\x94h\x03\x8c\x05dtype\x94\x93\x94\x8c\x02i8\x94\x89\x88\x87\x94R\x94(K\x03\x8c\x01<\x94NNNJ\xff\xff\xff"
           b"\xffJ\xff\xff\xff\xffK\x00t\x94b\x89C\x18" + struct.pack("<3q", 0, 1, 2) + b"\x94t\x94b.")
NUMPY_5 = (b"\x80\x05\x95\x8c\x00\x00\x00\x00\x00\x00\x00\x8c\x13numpy._core.numeric\x94\x8c\x0b_frombuffer\x94\x93\x94("
           b"\x96\x18\x00\x00\x00\x00\x00\x00\x00" + struct.pack("<3q", 0, 1, 2) + b"\x94\x8c\x05numpy\x94\x8c\x05dtype"
           b"\x94\x93\x94\x8c\x02i8\x94\x89\x88\x87\x94R\x94(K\x03\x8c\x01<\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK"
           b"\x00t\x94bK\x03\x85\x94\x8c\x01C\x94t\x94R\x94.")
data("numpy_protocol_4", NUMPY_4)
data("numpy_protocol_5", NUMPY_5)
bare("numpy_protocol_4_as_weights", NUMPY_4, "PKL-106", "PKL-304")
CSR_MATRIX = pickled(p.new(p.name("scipy.sparse._csr", "csr_matrix")), p.dict_of(
    (p.text("_shape"), p.numbers(1, 1)), (p.text("data"), array()), (p.text("indices"), array()),
    (p.text("indptr"), array())), p.BUILD)
data("scipy_csr", CSR_MATRIX)
bare("scipy_as_weights", CSR_MATRIX, "PKL-106")
# joblib.dump({'a': numpy.arange(3.0), 'b': numpy.ones((2, 2), 'f4')}), joblib 1.6: bytes between opcodes.
JOBLIB_HEAD = (b"\x80\x04\x95\xd8\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94\x8c\x13joblib.numpy_pickle\x94\x8c\x11"
               b"NumpyArrayWrapper\x94\x93\x94)\x81\x94}\x94(\x8c\x08subclass\x94\x8c\x05numpy\x94\x8c\x07ndarray\x94"
               b"\x93\x94\x8c\x05shape\x94K\x03\x85\x94\x8c\x05order\x94\x8c\x01C\x94\x8c\x05dtype\x94h\x08\x8c\x05dtype"
               b"\x94\x93\x94\x8c\x02f8\x94\x89\x88\x87\x94R\x94(K\x03\x8c\x01<\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
               b"K\x00t\x94b\x8c\nallow_mmap\x94\x88\x8c\x1bnumpy_array_alignment_bytes\x94K\x10ub")
JOBLIB_TAIL = (b"\x95K\x00\x00\x00\x00\x00\x00\x00\x8c\x01b\x94h\x04)\x81\x94}\x94(h\x07h\nh\x0bK\x02K\x02\x86\x94h\rh\x0e"
               b"h\x0fh\x11\x8c\x02f4\x94\x89\x88\x87\x94R\x94(K\x03h\x15NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t\x94"
               b"bh\x17\x88h\x18K\x10ub\x03\xff\xff\xff" + struct.pack("<4f", 1, 1, 1, 1) + b"u.")


def joblib(raw=struct.pack("<3d", 0, 1, 2), head=JOBLIB_HEAD, tail=JOBLIB_TAIL):
    return head + b"\x0c" + b"\xff" * 12 + raw + tail


data("joblib", joblib())
bare("joblib_as_weights", joblib(), "PKL-106", "PKL-304")
# 24 bytes of an array that are opcodes as well; no padding before them.
ACTS = b"cmarker\ntouch\n)R0000000"
UNALIGNED = JOBLIB_HEAD.replace(b"bytes\x94K\x10", b"bytes\x94N").replace(b"\x95\xd8", b"\x95\xd7")
data("joblib_array_acts", UNALIGNED + ACTS + b"u.", "PKL-316", covers="one file, two readers")
data("joblib_cut", joblib()[:260], "PKL-302")
data("joblib_void_dtype", joblib(head=JOBLIB_HEAD.replace(b"\x8c\x02f8", b"\x8c\x02V8")), "PKL-210", "PKL-315")

# Plain Python by every protocol, byte for byte.
data("python_0", b"(lp0\nI1\naF2.5\naVx\np1\naI01\naL1180591620717411303424L\na.")
data("python_1", b"]q\x00(K\x01G@\x04\x00\x00\x00\x00\x00\x00X\x01\x00\x00\x00xq\x01I01\ne.")
bare("python_2", b"\x80\x02]q\x00(K\x01G@\x04\x00\x00\x00\x00\x00\x00X\x01\x00\x00\x00xq\x01\x88e.")
data("python_3", b"\x80\x03]q\x00(C\x01aq\x01X\x01\x00\x00\x00xq\x02e.")
data("python_4", framed(p.EMPTY_LIST, p.MEMOIZE, p.short_text("x"), p.MEMOIZE, p.APPEND))
data("python_5", framed(p.bytearray8(b"x"), p.MEMOIZE, protocol=5))
bare("python_0_as_weights", b"(lp0\nI1\na.", "PKL-304")
bare("python_4_as_weights", framed(p.EMPTY_LIST, p.MEMOIZE), "PKL-304")
bare("torch_protocol_4", framed(p.call(p.stack_name("collections", "OrderedDict")), p.MEMOIZE), "PKL-304",
     covers="pickle_protocol=4")
data("several_pickles", pickled(p.number(1)) + pickled(p.text("a")) + pickled(p.NONE))

# Imports.
for module, attribute in (
        ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"), ("builtins", "eval"),
        ("builtins", "exec"), ("__builtin__", "eval"), ("commands", "getoutput"), ("sys", "modules"),
        ("importlib", "import_module"), ("runpy", "run_path"), ("pty", "spawn"), ("marshal", "loads"),
        ("types", "CodeType"), ("pip", "main"), ("cProfile", "run"), ("profile", "run"), ("pydoc", "locate"),
        ("ctypes", "CDLL"), ("_operator", "attrgetter"), ("operator", "methodcaller"), ("functools", "partial"),
        ("_io", "open"), ("urllib.request", "urlopen"), ("logging", "FileHandler"), ("pkgutil", "resolve_name"),
        ("torch.hub", "load"), ("torch.jit", "load"), ("torch", "load"), ("numpy", "load"), ("joblib", "load"),
        ("asyncio.unix_events", "_UnixSubprocessTransport"), ("idlelib.run", "Executive"), ("timeit", "timeit"),
        ("_interpreters", "run_string"), ("platform", "popen"), ("socket", "create_connection"), ("code", "interact"),
        ("shutil", "rmtree"), ("webbrowser", "open"), ("pickle", "loads"), ("cloudpickle", "loads")):
    bare(f"imports_{module}.{attribute}", pickled(p.call(p.name(module, attribute), p.text("marker"))), *EVIL,
         covers="§3.1: missing names")
for module, attribute in (
        ("gatehouse_marker", "touch"), ("torch", "nonsense"), ("torch._utils", "_rebuild_anything"),
        ("torch.nn", "Linear"), ("transformers.training_args", "TrainingArguments"), ("argparse", "Namespace"),
        ("pandas.core.frame", "DataFrame"), ("OS", "system"), ("os ", "system"), ("collections", "deque"),
        ("", "x"), ("joblib.numpy_pickle", "NDArrayWrapper")):
    bare(f"imports_other_{module}.{attribute}".replace(" ", "_"),
         pickled(p.call(p.name(module, attribute), p.text("marker"))), *CALL)
bare("imports_other_generator", pickled(p.call(p.name("numpy.random._pickle", "__randomstate_ctor"), p.text("marker"))),
     "PKL-106", "PKL-210")
bare("import_only", pickled(p.name("gatehouse_marker", "touch")), "PKL-102")
bare("import_thrown_away", pickled(p.name("os", "system"), p.POP, p.NONE), "PKL-101", "PKL-305", covers="POP")
bare("import_in_bin", pickled(MARKED), *CALL, name="pytorch_model.bin", covers="GHSA-jgw4-cr84-mqxg")
bare("import_in_txt", pickled(MARKED), *CALL, "FIL-001", name="vocab.txt", covers="GHSA-769v-p64c-89pr")
bare("text_pickle_of_import", b"cposix\nsystem\n(S'marker'\ntR.", *EVIL, "PKL-304", covers="protocol 0")
bare("inst", b"(S'marker'\niposix\nsystem\n.", *EVIL, "PKL-304", "PKL-305")
bare("obj", b"(cposix\nsystem\nS'marker'\no.", *EVIL, "PKL-304", "PKL-305", covers="GHSA-mxhj-88fx-4pcv: OBJ and POP")
bare("obj_and_pop", b"\x80\x02(cposix\nsystem\nX\x06\x00\x00\x00markero0N.", *EVIL, "PKL-305", covers="GHSA-mxhj-88fx-4pcv")
bare("reduce_and_pop", pickled(MARKED, p.POP, p.NONE), *CALL, "PKL-305")
bare("newobj", pickled(p.new(p.name("gatehouse_marker", "Touch"), p.text("x"))), *CALL)
bare("newobj_ex", framed(p.stack_name("gatehouse_marker", "Touch"), p.EMPTY_TUPLE, p.EMPTY_DICT, p.NEWOBJ_EX), *CALL, "PKL-304")
bare("call_of_a_result", pickled(p.call(MARKED, p.text("x"))), *CALL)
bare("stack_global", framed(p.call(p.stack_name("posix", "system"), p.short_text("marker"))), *EVIL, "PKL-304")
bare("stack_global_without_protocol", p.pickle(p.call(p.stack_name("posix", "system"), p.text("marker")), protocol=None),
     *EVIL, "PKL-304", covers="STACK_GLOBAL needs no PROTO")
bare("stack_global_from_string", p.pickle(p.string_line(b"'posix'"), p.string_line(b"'sys\\x74em'"), p.STACK_GLOBAL, p.NONE,
     p.TUPLE1, p.REDUCE, protocol=4), *EVIL, "PKL-304", covers="GHSA-9gvj-pp9x-gcfr: STRING and STACK_GLOBAL")
bare("stack_global_from_unicode", p.pickle(p.unicode_line(b"\\u0070osix"), p.unicode_line(b"system"), p.STACK_GLOBAL, p.NONE,
     p.TUPLE1, p.REDUCE, protocol=None), *EVIL, "PKL-304")
bare("stack_global_from_memo", framed(
    p.short_text("os"), p.MEMOIZE, p.POP, p.short_text("system"), p.MEMOIZE, p.POP,
    p.short_text("collections"), p.short_text("OrderedDict"), p.POP, p.POP, p.get(0), p.get(1), p.STACK_GLOBAL, p.NONE,
    p.TUPLE1, p.REDUCE), *EVIL, "PKL-304", "PKL-305", covers="#22: the memo is real")
bare("stack_global_memo_overwritten", framed(
    p.short_text("collections"), p.put(0), p.POP, p.short_text("gatehouse_marker"), p.put(0), p.POP,
    p.get(0), p.short_text("OrderedDict"), p.STACK_GLOBAL), "PKL-102", "PKL-304", "PKL-305")
bare("stack_global_of_dup", framed(p.short_text("code"), p.DUP, p.STACK_GLOBAL), "PKL-101", "PKL-304", "PKL-305")
bare("stack_global_of_result", framed(
    p.call(p.stack_name("_codecs", "encode"), p.short_text("os"), p.short_text("latin1")), p.short_text("system"),
    p.STACK_GLOBAL), "PKL-103", "PKL-304")
bare("stack_global_of_number", framed(p.number(1), p.short_text("system"), p.STACK_GLOBAL), "PKL-103", "PKL-304")
data("stack_global_of_bytes", framed(p.short_bytes(b"os"), p.short_text("system"), p.STACK_GLOBAL), "PKL-103")
bare("stack_global_of_refused", framed(p.stack_name("os", "name"), p.short_text("system"), p.STACK_GLOBAL), "PKL-101",
     "PKL-103", "PKL-304")
bare("dotted_name", framed(p.stack_name("torch", "Tensor.__class__.__base__"), protocol=4), "PKL-105", "PKL-304",
     covers="GHSA-5j3x-jp52-966f")
bare("dotted_danger", framed(p.stack_name("torch", "serialization.os.system"), protocol=4), "PKL-101", "PKL-304")
bare("dotted_eval", pickled(p.name("builtins", "eval.__call__")), "PKL-101")
bare("dotted_in_protocol_2", pickled(p.name("collections", "OrderedDict.fromkeys")), "PKL-105",
     covers="PROTO can come later")
bare("dotted_made_of_listed", pickled(p.name("torch", "storage.UntypedStorage")), "PKL-105")
bare("ext1", pickled(p.ext1(1)), "PKL-104", covers="#623")
bare("ext2", pickled(p.ext2(300)), "PKL-104")
bare("ext4", pickled(p.ext4(70000), p.EMPTY_TUPLE, p.REDUCE), "PKL-104", "PKL-201")
bare("long_name", pickled(p.name("m" * 300, "x")), "PKL-102")
bare("line_longer_than_the_window", pickled(p.name("m" * 300000, "x")), "PKL-102")

# Calls.
bare("call_of_a_constant", pickled(p.call(p.number(1), p.text("x"))), "PKL-202")
bare("call_of_a_dtype", pickled(p.call(p.name("torch", "float32"))), "PKL-202")
bare("call_of_a_storage_type", pickled(p.call(p.name("torch.storage", "UntypedStorage"), p.number(1 << 30))), "PKL-202")
bare("call_of_a_tensor_type", pickled(p.call(p.name("torch", "FloatTensor"), p.number(1 << 30))), "PKL-202")
bare("call_without_tuple", pickled(p.name("collections", "OrderedDict"), p.EMPTY_LIST, p.REDUCE), "PKL-202")
bare("new_tensor", pickled(p.new(p.name("torch", "Tensor"))), "PKL-202")
bare("new_rebuild", pickled(p.new(V2)), "PKL-202")


def rebuilt(id, *arguments, rule="PKL-203"):
    bare("tensor_" + id, pickled(p.call(V2, *arguments)), rule)


rebuilt("no_arguments")
rebuilt("storage_is_text", p.text("x"), p.number(0), p.numbers(1), p.numbers(1), p.FALSE, p.ORDERED_DICT)
rebuilt("offset_is_real", p.storage(), p.real(0), p.numbers(6), p.numbers(1), p.FALSE, p.ORDERED_DICT)
rebuilt("size_is_list", p.storage(), p.number(0), p.list_of(p.number(6)), p.numbers(1), p.FALSE, p.ORDERED_DICT)
rebuilt("size_of_text", p.storage(), p.number(0), p.tuple_of(p.text("6")), p.numbers(1), p.FALSE, p.ORDERED_DICT)
rebuilt("gradient_is_none", p.storage(), p.number(0), p.numbers(6), p.numbers(1), p.NONE, p.ORDERED_DICT)
rebuilt("gradient_of_integers", p.storage("Long"), p.number(0), p.numbers(6), p.numbers(1), p.TRUE, p.ORDERED_DICT)
rebuilt("hooks_are_dict", p.storage(), p.number(0), p.numbers(6), p.numbers(1), p.FALSE, p.EMPTY_DICT)
rebuilt("hooks_hold_something", p.storage(), p.number(0), p.numbers(6), p.numbers(1), p.FALSE,
        p.ORDERED_DICT + p.number(1) + p.name("torch", "Tensor") + p.SETITEM)
rebuilt("metadata_holds_a_type", p.storage(), p.number(0), p.numbers(6), p.numbers(1), p.FALSE, p.ORDERED_DICT,
        p.dict_of((p.text("conj"), p.name("torch", "Tensor"))))
bare("tensor_v3_without_dtype", pickled(V3(
    UNTYPED(), p.number(0), p.numbers(3), p.numbers(1), p.FALSE, p.ORDERED_DICT, p.text("uint16"))), "PKL-203")
bare("quantizer_is_text", pickled(p.call(
    p.name("torch._utils", "_rebuild_qtensor"), p.storage("QUInt8"), p.number(0), p.numbers(3), p.numbers(1),
    p.text("x"), p.FALSE, p.ORDERED_DICT)), "PKL-203")
bare("sparse_without_layout", pickled(p.call(
    p.name("torch._utils", "_rebuild_sparse_tensor"), p.text("torch.sparse_coo"), p.tuple_of(INDICES, VALUES, SIZE))),
    "PKL-203")
bare("meta_tensor_of_text", pickled(p.call(
    p.name("torch._utils", "_rebuild_meta_tensor_no_storage"), p.text("float32"), p.numbers(3), p.numbers(1), p.FALSE)),
    "PKL-203")
bare("from_type_calls_anything", pickled(p.call(
    FROM_TYPE, MARKER, p.name("torch", "Tensor"), p.tuple_of(p.text("x")), p.EMPTY_DICT)), "PKL-102", "PKL-204",
    covers="ShadowPickle")
bare("from_type_calls_a_class", pickled(p.call(
    FROM_TYPE, p.name("collections", "OrderedDict"), p.name("torch", "Tensor"), p.EMPTY_TUPLE, p.EMPTY_DICT)), "PKL-204")
bare("from_type_calls_itself", pickled(p.call(
    FROM_TYPE, FROM_TYPE, p.name("torch", "Tensor"), V2_ARGUMENTS, p.EMPTY_DICT)), "PKL-204")
bare("from_type_of_a_dict", pickled(p.call(
    FROM_TYPE, V2, p.name("collections", "OrderedDict"), V2_ARGUMENTS, p.EMPTY_DICT)), "PKL-204")
bare("from_type_sets_a_callable", pickled(p.call(
    FROM_TYPE, V2, p.name("torch", "Tensor"), V2_ARGUMENTS,
    p.dict_of((p.text("__setstate__"), p.name("torch._utils", "_rebuild_parameter"))))), "PKL-204", covers="ShadowPickle")
bare("from_type_arguments_looked_at", pickled(p.call(
    FROM_TYPE, V2, p.name("torch", "Tensor"), p.tuple_of(p.text("x")), p.EMPTY_DICT)), "PKL-203")
bare("encode_other_codec", pickled(p.call(p.name("_codecs", "encode"), p.text("x"), p.text("zlib"))), "PKL-205")
bare("encode_one_argument", pickled(p.call(p.name("_codecs", "encode"), p.text("x"))), "PKL-205")
bare("set_of_tensors", pickled(p.call(p.name("__builtin__", "set"), p.list_of(STRIDED))), "PKL-206")
bare("bytearray_of_size", pickled(p.call(p.name("builtins", "bytearray"), p.number(1 << 30))), "PKL-206")
bare("complex_of_text", pickled(p.call(p.name("builtins", "complex"), p.text("1"))), "PKL-206")
bare("ordered_dict_of_callable", pickled(p.call(
    p.name("collections", "OrderedDict"), p.list_of(p.tuple_of(p.text("k"), p.name("torch", "Tensor"))))), "PKL-207",
    covers="ShadowPickle")
bare("ordered_dict_of_storage", pickled(p.call(p.name("collections", "OrderedDict"), p.storage())), "PKL-207")
bare("counter_of_text", pickled(p.call(p.name("collections", "Counter"), p.text("abc"))), "PKL-207")
bare("parameter_of_text", pickled(p.call(
    p.name("torch._utils", "_rebuild_parameter"), p.text("x"), p.TRUE, p.ORDERED_DICT)), "PKL-208")
bare("parameter_state_of_callables", pickled(p.call(
    p.name("torch._utils", "_rebuild_parameter_with_state"), STRIDED, p.TRUE, p.ORDERED_DICT,
    p.dict_of((p.text("backward"), p.name("torch.nn.parameter", "Parameter"))))), "PKL-208")
bare("size_of_text", pickled(p.call(p.name("torch", "Size"), p.text("33"))), "PKL-209")
bare("device_of_number", pickled(p.call(p.name("torch", "device"), p.number(0))), "PKL-209")
for id, device in (("misspelt", "cqu"), ("capital", "CPU"), ("no_number", "cuda:"), ("zeroes", "cuda:00"), ("negative", "cuda:-1")):
    bare("device_" + id, pickled(p.call(p.name("torch", "device"), p.text(device))), "PKL-209")
for id, device in (("plain", "meta"), ("numbered", "cuda:12")):
    bare("device_" + id, pickled(p.call(p.name("torch", "device"), p.text(device))))
bare("layout_misspelt", pickled(p.call(p.name("torch.serialization", "_get_layout"), p.text("torch.sparce_coo"))), "PKL-209")
bare("layout_by_other_name", pickled(p.call(p.name("torch.serialization", "_get_layout"), p.text("x"))), "PKL-209")
data("dtype_of_a_type", pickled(p.call(NUMPY_DTYPE, p.name("numpy", "ndarray"))), "PKL-210")
data("array_of_a_type", pickled(p.call(
    p.name("numpy.core.multiarray", "_reconstruct"), p.name("collections", "OrderedDict"), p.numbers(0), p.text("b"))),
    "PKL-210")
data("array_state_is_text", pickled(array(), p.text("x"), p.BUILD), "PKL-210")
data("scalar_of_text", pickled(p.call(p.name("numpy.core.multiarray", "scalar"), p.text("f8"), p.text("x"))), "PKL-210")

# A jagged tensor as torch.save of PyTorch 2.13 writes it, without what torch._dynamo notes of its lengths.
JAGGED = p.name("torch.nested._internal.nested_tensor", "_rebuild_njt")
JAGGED_CLASS = p.name("torch.nested._internal.nested_tensor", "NestedTensor")
JAGGED_PARTS = p.dict_of(
    (p.text("values"), STRIDED), (p.text("offsets"), p.tensor((3,), (1,), of=p.storage("Long", "7", 3))),
    (p.text("lengths"), p.NONE), (p.text("_ragged_idx"), p.number(1)), (p.text("requires_grad"), p.FALSE))
bare("jagged_tensor", p.state_dict(p.call(FROM_TYPE, JAGGED, JAGGED_CLASS, p.tuple_of(JAGGED_PARTS), p.EMPTY_DICT)),
     "PKL-107", "PKL-204", covers="torch.nested")
bare("jagged_range", pickled(p.new(p.name("torch._dynamo.decorators", "_DimRange"))), "PKL-107", "PKL-201")
bare("jagged_neighbour", pickled(p.name("torch.nested._internal.nested_tensor", "_load_val_from_tensor")), "PKL-102")
bare("jagged_name_of_dynamo", pickled(p.name("torch._dynamo.decorators", "_DimRange.__init__")), "PKL-101")
bare("jagged_other_of_dynamo", pickled(p.name("torch._dynamo.decorators", "mark_dynamic")), "PKL-101")

# State and items.
bare("build_on_a_dict", pickled(p.EMPTY_DICT, p.EMPTY_DICT, p.BUILD), "PKL-220", covers="ShadowPickle: BUILD on a dict")
bare("build_on_a_type", pickled(p.name("torch", "Tensor"), ATTRIBUTE, p.BUILD), "PKL-220")
bare("build_on_a_tensor", pickled(STRIDED, ATTRIBUTE, p.BUILD), "PKL-220")
bare("build_on_a_counter", pickled(p.call(p.name("collections", "Counter")), ATTRIBUTE, p.BUILD), "PKL-220")
bare("attribute_on_a_dict", pickled(p.ORDERED_DICT, p.metadata("items")), "PKL-221", covers="ShadowPickle")
bare("attribute_is_a_callable", pickled(p.ORDERED_DICT, p.metadata(value=p.name("torch", "Tensor"))), "PKL-221")
bare("attributes_by_list", pickled(p.ORDERED_DICT, p.list_of(p.tuple_of(p.text("items"), p.NONE)), p.BUILD), "PKL-221")
bare("attribute_added_by_alias", pickled(
    p.ORDERED_DICT, p.EMPTY_DICT, p.put(0), p.POP, p.get(0), p.text("items"), p.NONE, p.SETITEM, p.POP, p.get(0), p.BUILD),
    "PKL-221", "PKL-305", covers="memo alias")
bare("append_to_a_dict", pickled(p.EMPTY_DICT, p.number(1), p.APPEND), "PKL-222")
bare("append_to_a_tensor", pickled(STRIDED, b"(", p.number(1), p.APPENDS), "PKL-222")
bare("item_of_a_list", pickled(p.EMPTY_LIST, p.number(0), p.number(1), p.SETITEM), "PKL-223", covers="CVE-2026-24747")
bare("item_of_a_tensor", pickled(STRIDED, b"(", p.number(0), p.number(1), p.SETITEMS), "PKL-223", covers="CVE-2026-24747")
bare("item_of_a_storage", pickled(p.storage(), p.number(0), p.number(1), p.SETITEM), "PKL-223", covers="CVE-2026-24747")
data("add_to_a_list", framed(p.EMPTY_LIST, b"(", p.number(1), p.ADDITEMS), "PKL-224")
