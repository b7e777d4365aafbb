"""References of Hugging Face caches: the library joins what refs/main says to snapshots/ and loads that folder. One
that led elsewhere was called clean once."""

import severity
from corpus import case
from make_safetensors import write

COMMIT = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = write({"a": ("F16", (2,))})


def cache(id, *rules, repo="models--org--name", blobs=True, **references):
    def make():
        made = {f"{repo}/snapshots/{COMMIT}/config.json": b'{"model_type": "llama"}',
                f"{repo}/snapshots/{COMMIT}/model.safetensors": WEIGHTS}
        if blobs:
            made[f"{repo}/blobs/" + "0" * 64] = WEIGHTS
        return {**made, **{f"{repo}/refs/{name.replace('__', '/')}": text.encode() for name, text in references.items()}}
    case("references/" + id, verdict=severity.verdict(rules), rules=rules)(make)


cache("commit", main=COMMIT, refs=COMMIT)
cache("commit_and_newline", main=COMMIT + "\n")
cache("in_folders", main=COMMIT, pr__1=COMMIT, convert__parquet=COMMIT, pr__refs__x=COMMIT)
cache("nowhere", main="f" * 40)
cache("short", main="one")
cache("dataset", repo="datasets--org--name", blobs=False, main=COMMIT)
for name, text in (("absolute", "/srv/outside"), ("up", "../../../outside"), ("blobs", "../blobs"), ("parent", ".."),
                   ("itself", "."), ("empty", ""), ("newline", "\n"), ("up_and_newline", "../blobs\n"),
                   ("below", f"{COMMIT}/sub"), ("home", "~/x"), ("backslash", "..\\x")):
    cache("to_" + name, "FIL-016", main=text)
    cache("without_blobs_to_" + name, "FIL-016", blobs=False, main=text)
cache("in_a_folder_up", "FIL-016", main=COMMIT, pr__1="../blobs")
cache("of_a_copy_with_another_name", "FIL-016", repo="copy", main="/srv/outside")
cache("of_a_dataset", "FIL-016", repo="datasets--org--name", blobs=False, main="/srv/outside")
# No cache.
cache("notes", repo="copy", blobs=False, main="see ../README.md")
case("references/alone", verdict="findings", rules=["FIL-016"])(lambda: {"models--a--b/refs/main": b"/srv/outside"})
case("references/another_folder", verdict="clean")(lambda: {"refs/main": b"/srv/outside", "docs/refs/a.txt": b"a/b"})
