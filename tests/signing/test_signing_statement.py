"""Every attack on the statement that is signed: names, digests, terms, shards."""

import hashlib
import time

import pytest

from signed_model import bundle, check, make_model, put, statement, verify


def resource(name, content=b"x"):
    return {"name": name, "algorithm": "sha256", "digest": hashlib.sha256(content).hexdigest()}


@pytest.mark.parametrize("name", [
    "../config.json", "a/../config.json", "/etc/passwd", "", "./config.json", "a//b", "config.json/",
    "a\\b", "..\\config.json", "a\0b", "a\nb", "a/./b", "..", "x" * 256, "a/" * 65 + "b", "\x7f",
])
def test_names(name, model, key):
    listed = [resource("config.json", b"{}"), resource(name)]
    assert check(model, bundle(statement(resources=listed), key), key) == (1, ["SIG-022"])


@pytest.mark.parametrize("names", [["a", "a"], ["model.bin", "Model.bin"], ["d/x", "D/x"]])
def test_names_that_collide(names, model, key):
    listed = [resource(name) for name in names]
    assert check(model, bundle(statement(resources=listed), key), key) == (1, ["SIG-023"])


def test_the_name_of_a_single_file_among_others(model, key):
    listed = [resource("."), resource("config.json", b"{}")]
    assert check(model, bundle(statement(resources=listed), key), key) == (1, ["SIG-022"])


def edited(change):
    made = statement()
    change(made, made["predicate"], made["predicate"]["serialization"])
    return made


STATEMENTS = {
    "another root digest": ("SIG-021", lambda s, p, z: s["subject"][0]["digest"].update(sha256="0" * 64)),
    "another order": ("SIG-021", lambda s, p, z: p["resources"].reverse()),
    "one resource less": ("SIG-021", lambda s, p, z: p["resources"].pop()),
    "no root digest": ("SIG-020", lambda s, p, z: s["subject"][0].update(digest={"sha512": "0" * 128})),
    "two subjects": ("SIG-020", lambda s, p, z: s["subject"].append(s["subject"][0])),
    "no subject": ("SIG-020", lambda s, p, z: s["subject"].clear()),
    "another statement": ("SIG-020", lambda s, p, z: s.update(_type="https://in-toto.io/Statement/v0.1")),
    "another predicate": ("SIG-020", lambda s, p, z: s.update(predicateType="https://slsa.dev/provenance/v1")),
    "no predicate": ("SIG-020", lambda s, p, z: s.pop("predicate")),
    "the predicate of 0.2": ("SIG-016", lambda s, p, z: s.update(
        predicateType="https://model_signing/Digests/v0.1")),
    "no serialization": ("SIG-020", lambda s, p, z: p.pop("serialization")),
    "an unknown method": ("SIG-020", lambda s, p, z: z.update(method="tensors")),
    "an unknown hash": ("SIG-020", lambda s, p, z: z.update(hash_type="md5")),
    "the hash of another": ("SIG-020", lambda s, p, z: p["resources"][0].update(algorithm="blake2b")),
    "a short digest": ("SIG-020", lambda s, p, z: p["resources"][0].update(digest="00")),
    "a digest that is no hex": ("SIG-020", lambda s, p, z: p["resources"][0].update(digest="zz" * 32)),
    "resources are no list": ("SIG-020", lambda s, p, z: p.update(resources={})),
    "a resource without name": ("SIG-020", lambda s, p, z: p["resources"][0].pop("name")),
    "names in place of paths": ("SIG-020", lambda s, p, z: z.update(ignore_paths=[1])),
    "shards without size": ("SIG-020", lambda s, p, z: z.update(method="shards")),
    "shards of nothing": ("SIG-020", lambda s, p, z: z.update(method="shards", shard_size=0)),
    "shards of half a byte": ("SIG-020", lambda s, p, z: z.update(method="shards", shard_size=0.5)),
    "terms of a later version": ("SIG-020", lambda s, p, z: p.update(
        gatehouse={"version": 2, "not_before": 0})),
    "unknown terms": ("SIG-020", lambda s, p, z: p.update(
        gatehouse={"version": 1, "not_before": 0, "only_on": "tuesdays"})),
    "terms without version": ("SIG-020", lambda s, p, z: p.update(gatehouse={"not_before": 0})),
    "terms that are a list": ("SIG-020", lambda s, p, z: p.update(gatehouse=[])),
    "a time that is none": ("SIG-020", lambda s, p, z: p.update(
        gatehouse={"version": 1, "not_before": 0, "expires": 1e300})),
    "an unknown role": ("SIG-020", lambda s, p, z: p.update(
        gatehouse={"version": 1, "not_before": 0, "role": "boss"})),
    "expired": ("SIG-030", lambda s, p, z: p.update(
        gatehouse={"version": 1, "not_before": 0, "expires": 1})),
    "not valid yet": ("SIG-031", lambda s, p, z: p.update(
        gatehouse={"version": 1, "not_before": int(time.time()) + 3600})),
}


@pytest.mark.parametrize("case", STATEMENTS)
def test_statements(case, model, key):
    rule, change = STATEMENTS[case]
    assert check(model, bundle(edited(change), key), key) == (1, [rule])


def test_blake3_is_not_supported(model, key):
    made = edited(lambda s, p, z: z.update(hash_type="blake3"))
    assert check(model, bundle(made, key), key) == (2, ["SIG-024"])


def test_an_empty_manifest(model, key):
    assert check(model, bundle(statement(resources=[]), key), key) == (1, ["SIG-020"])


def test_unknown_fields_of_the_predicate_are_left_alone(model, key):
    made = edited(lambda s, p, z: p.update(model_card={"a": [1, 2.5, None]}))
    assert check(model, bundle(made, key), key) == (0, [])


def test_more_resources_than_are_looked_at(model, key):
    many = [resource(f"f{i}", b"") for i in range(100_001)]
    assert check(model, bundle(statement(resources=many), key), key) == (2, ["SIG-025"])


def shards(*names, size=4):
    listed = [dict(resource(name), algorithm=f"sha256-sharded-{size}") for name in names]
    made = statement(resources=listed)
    made["predicate"]["serialization"].update(method="shards", shard_size=float(size))
    return made


@pytest.mark.parametrize("names, rule", [
    (["a:0:4", "a:5:8"], "SIG-020"), (["a:0:4", "a:3:7"], "SIG-020"), (["a:4:8"], "SIG-020"),
    (["a:0:5"], "SIG-020"), (["a:0:3", "a:3:6"], "SIG-020"), (["a:0:0"], "SIG-020"),
    (["a:0:4", "b:0:4", "a:4:8"], "SIG-020"), (["a:4:0"], "SIG-020"), (["a:0:4", "a:0:4"], "SIG-020"),
    (["a"], "SIG-022"), (["a:0"], "SIG-022"), (["a:b:0:4"], "SIG-022"), (["a:00:4"], "SIG-022"),
    (["a:-0:4"], "SIG-022"), (["a: 0:4"], "SIG-022"), (["a:0:99999999999999999999"], "SIG-022"),
    ([":0:4"], "SIG-022"), (["../a:0:4"], "SIG-022"),
])
def test_shards_that_do_not_fit(names, rule, model, key):
    assert check(model, bundle(shards(*names), key), key) == (1, [rule])


def test_an_empty_file_beside_foreign_shards(tmp_path, key):
    model = make_model(tmp_path / "m", {"a": b"x", "empty": b""})
    put(model, bundle(shards("a:0:1"), key))
    found = verify(model, key)
    assert found.files("SIG-042") == ["empty"]
    assert "--ignore" in found.report["findings"][0]["message"]
    assert verify(model, key, "--ignore", "empty").code == 0
    (model / "empty").write_bytes(b"not any more")
    assert verify(model, key).files("SIG-042") == ["empty"]


def test_empty_files_beside_our_shards(tmp_path, key):
    model = make_model(tmp_path / "m", {"a": b"x", "b/empty": b""})
    made = shards("a:0:1")
    made["predicate"]["gatehouse"] = {"version": 1, "not_before": 0, "empty_files": ["b/empty"]}
    put(model, bundle(made, key))
    assert verify(model, key).code == 0
    (model / "new.py").touch()
    assert verify(model, key).files("SIG-042") == ["new.py"]
    (model / "new.py").unlink()
    (model / "b/empty").write_bytes(b"x")
    assert verify(model, key).files("SIG-040") == ["b/empty"]
    (model / "b/empty").unlink()
    assert verify(model, key).files("SIG-041") == ["b/empty"]


@pytest.mark.parametrize("names, rule", [
    ("b", "SIG-020"), ([1], "SIG-020"), (["../b"], "SIG-022"), (["/b"], "SIG-022"), ([""], "SIG-022"),
    (["."], "SIG-022"), (["a"], "SIG-023"), (["A"], "SIG-023"), (["b", "b"], "SIG-023"),
])
def test_empty_files_that_are_none(names, rule, model, key):
    made = shards("a:0:1")
    made["predicate"]["gatehouse"] = {"version": 1, "not_before": 0, "empty_files": names}
    assert check(model, bundle(made, key), key) == (1, [rule])


def test_empty_files_without_shards(model, key):
    made = edited(lambda s, p, z: p.update(
        gatehouse={"version": 1, "not_before": 0, "empty_files": ["b"]}))
    assert check(model, bundle(made, key), key) == (1, ["SIG-020"])


def test_a_huge_file_in_place_of_a_small_sharded_one(tmp_path, key):
    model = make_model(tmp_path / "m", {"a": b"x"})
    put(model, bundle(shards("a:0:1", size=1), key))
    assert verify(model, key).code == 0
    with (model / "a").open("wb") as file:
        file.truncate(1 << 40)  # a hole, and a million million shards
    assert verify(model, key).ids == ["SIG-040"]
