"""What attackers of this scanner found in containers and compressed files, each closed since, and files as
libraries write them that it did not take."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib

from cases_blind_containers import DATA, RUNS, array, dump, evil, tar, told
from cases_found_arrays import F8, joblib, wrapped

# joblib.dump(…, compress=…), which its load opens; nothing else does.
COMPRESSED = {"gzip": gzip.compress, "zlib": zlib.compress, "zlib_1": lambda data: zlib.compress(data, 1),
              "zlib_9": lambda data: zlib.compress(data, 9), "bz2": bz2.compress, "xz": lzma.compress,
              "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE)}
ARRAYS = joblib(wrapped(F8, bytes(8)), wrapped(F8, bytes(8 << 20), (1 << 20,)))
for id, pack in COMPRESSED.items():
    told(f"containers/joblib/{id}", pack(ARRAYS), "clean", name="a.joblib", **DATA)
    told(f"containers/joblib/{id}_of_weights", pack(dump({"a": 1})), rules=["ARC-010"], name="a.joblib")
    told(f"containers/joblib/{id}_evil", pack(evil()), rules=RUNS, name="a.joblib", **DATA)
    told(f"containers/joblib/{id}_of_tar", pack(tar([("a.txt", b"words\n")])), rules=["ARC-010"], **DATA)
told("containers/joblib/zlib_in_two_parts", zlib.compress(evil()[:9]) + zlib.compress(evil()[9:]), rules=RUNS, **DATA)
told("containers/joblib/zlib_twice", zlib.compress(gzip.compress(evil())), rules=[*RUNS, "ARC-010", "ARC-011"])
told("containers/joblib/zlib_and_more", zlib.compress(dump({"a": 1})) + b"more", rules=["ARC-012"], **DATA)
told("containers/text_like_zlib", b"x^2 + y^2 = z^2\n", "clean", name="a.txt")
told("containers/text_like_zlib_with_a_dictionary", b"x marks the spot\n", "clean", name="a.txt")

# A cut does not keep a loader from running what comes before it.
for id, whole in {"gzip": gzip.compress(evil()), "zlib": zlib.compress(evil()),
                  "gzip_long": gzip.compress(evil() + bytes(100_000))}.items():
    more = ["PKL-314"] if "long" in id else []
    told(f"containers/cut/{id}", whole[:-8 if "gzip" in id else -4], rules=[*RUNS, *more, "ARC-007", "ARC-010"], name="a.gz")
told("containers/cut/gzip_wrong_sum", gzip.compress(evil())[:-8] + bytes(8), rules=[*RUNS, "ARC-007", "ARC-010"])
told("containers/cut/xz", lzma.compress(evil() + b"".join(bytes([n * n % 251]) * (n % 7) for n in range(90_000)))[:-40],
     rules=[*RUNS, "PKL-314", "ARC-007", "ARC-010"], name="a.xz")


# numpy.savez_compressed of zeroes: small, and no bomb.
def zeroes():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("z.npy", array("'<f8'", "(1048576,)", bytes(8 << 20)))
    return out.getvalue()


told("containers/npz_of_zeroes", zeroes(), "clean", name="a.npz")
