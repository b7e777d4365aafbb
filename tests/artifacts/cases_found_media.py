"""Pictures, recordings and logs that lie in model repositories: said to be unknown, closed since. Beside each what is alike
and is not that, and what somebody may hide in it."""

import base64
import io
import struct
import zipfile

import make_media as media
import make_zip
import severity
from cases_found_settings import PNG, chunk
from corpus import case

ICON = PNG + chunk(b"IEND")
CALL = b"cposix\nsystem\n(X\4\0\0\0truetR."
RUNS = ("PKL-101", "PKL-201", "PKL-302")


def told(id, name, content, *rules):
    case("media/" + id, verdict=severity.verdict(rules), rules=rules, name=name)(lambda: content)


WHOLE = {
    "bmp": ("logo.bmp", media.bmp()),
    "bmp_top_down": ("logo.bmp", media.bmp(height=-2)),
    "bmp_profile": ("logo.dib", media.bmp(header=124, depth=32)),
    "ico": ("favicon.ico", media.ico([ICON, struct.pack("<I", 40) + bytes(60)])),
    "cur": ("hand.cur", media.ico([ICON], kind=2)),
    "tiff": ("scan.tif", media.tiff()),
    "tiff_big_endian": ("scan.tiff", media.tiff(">")),
    "avif": ("a.avif", media.AVIF),
    "heic": ("a.HEIC", media.HEIC),
    "mp4": ("demo.mp4", media.MP4),
    "wav": ("sample.wav", media.WAV),
    "ogg": ("sample.opus", media.OGG),
    "flac": ("sample.flac", media.FLAC),
    "mp3": ("sample.mp3", media.MP3),
    "mp3_bare": ("sample.mp3", media.MP3_BARE),
    "events": ("events.out.tfevents.1700000000.host.17.0", media.EVENTS),
    "finder": (".DS_Store", media.finder()),
}
for id, (name, content) in WHOLE.items():
    told(id, name, content)
    told(id + "_without_ending", "blob", content)  # as in a cache
    # A name that promises something else.
    told(id + "_as_weights", "model.bin", content, "FIL-001")
    told(id + "_as_text", "notes.txt", content, "FIL-001")
    # Of frames and records that are told by their sums there may be another: no end is sure.
    told(id + "_and_words", name, content + b"words and words", "COD-202" if id in ("flac", "events") else "COD-201")
    # What its first part says lies beyond the end.
    told(id + "_cut", name, content[:-3],
         "FIL-002" if id.startswith(("ico", "cur", "tiff")) else "COD-201" if id == "mp3_bare" else "COD-202")
    # A pickle that bears the name, and bytes that bear only the mark.
    told(id + "_is_a_pickle", name, b"\x80\x02" + CALL[:-1], *RUNS, *([] if id in ("events", "finder") else ["FIL-001"]))
    told(id + "_mark_alone", name, content[:4] + b"\xff" * 60, "FIL-002")


def zipped():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("evil.pkl", b"\x80\x02" + CALL)
    return packed.getvalue()


# What follows is another file to whoever goes by the end.
told("zip_behind_wav", "a.wav", media.WAV + zipped(), "COD-201", "ZIP-001", "PKL-101", "PKL-201")
told("zip_behind_bmp", "a.bmp", media.bmp() + zipped(), "COD-201", "ZIP-001", "PKL-101", "PKL-201")

# "BM" is an opcode with a length: a size of 16 MiB leaves 77 bytes to jump over.
told("bmp_that_unpickles", "a.bmp", b"BM\0\0\0".ljust(82, b"\0") + b"0" + CALL, "FIL-001", "PKL-101", "PKL-201", "PKL-304", "PKL-305")

# Headers that hold together in part.
told("bmp_of_two_planes", "a.bmp", media.bmp(planes=2), "FIL-002")
told("bmp_of_no_depth", "a.bmp", media.bmp(depth=7), "FIL-002")
told("ico_beyond", "a.ico", media.ico([ICON])[:-60] + b"", "FIL-002")
told("tiff_without_order", "a.tif", media.tiff().replace(b"\0\1\4\0\1", b"\0\1\x44\0\1", 1), "FIL-002")
told("tiff_filled_up", "a.tif", media.tiff() + bytes(-len(media.tiff()) % 16 or 15))  # as Pillow ends several pages
told("tiff_filled_up_with_more", "a.tif", media.tiff() + bytes(16), "COD-201")
told("tiff_in_a_circle", "a.tif", media.tiff()[:-4] + struct.pack("<I", len(media.tiff()) - 4 - 62), "COD-202")
told("mp4_of_no_brand", "a.mp4", media.MP4.replace(b"isom", b"evil", 1), "FIL-002")
told("mp4_without_index", "a.mp4", media.MP4.replace(b"moov", b"free", 1), "COD-202")
told("wav_without_data", "a.wav", media.chunks(media.FORMAT), "COD-202")
told("wav_without_format", "a.wav", media.chunks((b"data", bytes(64))), "FIL-002")
told("ogg_of_another_sum", "a.ogg", media.OGG[:-1] + b"!", "COD-202")
told("ogg_of_no_codec", "a.ogg", media.page(b"evilHead" + bytes(11), 2), "FIL-002")
told("flac_of_another_sum", "a.flac", media.FLAC[:-1] + b"!", "COD-202")
told("mp3_of_one_frame", "a.mp3", media.FRAME + bytes(60), "FIL-002")
told("events_of_another_sum", "events.out.tfevents.1", media.EVENTS[:-1] + bytes([media.EVENTS[-1] ^ 1]), "COD-202")
told("events_of_no_version", "events.out.tfevents.1", media.record(b"\x09" + bytes(8) + b"\x1a\x0dbrain.evil.:2"), "FIL-002")
told("events_as_checkpoint", "tfevents.pt", media.EVENTS, "FIL-001")

# Tables of data; a type of Arrow's that is defined by a pickle.
TYPE = b"arrow.py_extension_type"
SCHEMA, ROWS = media.message(1), media.message(3, bytes(64))
told("parquet", "train.parquet", media.parquet())
told("parquet_of_arrow", "train.parquet", media.parquet(keys=[(b"ARROW:schema", base64.b64encode(SCHEMA))]))
told("parquet_type", "train.parquet", media.parquet(keys=[(b"ARROW:schema", base64.b64encode(media.message(1, text=TYPE)))]), "COD-111")
told("parquet_type_of_no_base64", "train.parquet",
     media.parquet(keys=[(b"ARROW:schema", base64.b64encode(media.message(1, text=TYPE)) + b"!")]), "FIL-003")
told("parquet_elsewhere", "train.parquet", media.parquet(column={1: b"../x.parquet"}), "FIL-003")
told("parquet_without_schema", "train.parquet", media.parquet().replace(b"\x19\x1c\x48\x06schema\0", b"\x19\x0c", 1), "FIL-003")
told("parquet_cut", "train.parquet", media.parquet()[:-1], "FIL-003")
told("parquet_of_zeroes", "train.parquet", b"PAR1" + bytes(64) + b"PAR1", "FIL-003")
told("parquet_as_weights", "model.bin", media.parquet(), "FIL-001")
told("arrow", "data.arrow", media.arrow(SCHEMA, ROWS))
told("arrow_stream", "cache-0.arrow", SCHEMA + ROWS + media.END)
told("arrow_stream_open", "cache-0.arrow", SCHEMA + ROWS)
told("arrow_type", "data.arrow", media.arrow(media.message(1, text=TYPE), ROWS), "COD-111")
told("arrow_type_in_a_stream", "data.arrow", media.message(1, text=TYPE) + ROWS + media.END, "COD-111")
told("arrow_type_in_the_footer", "data.arrow", media.arrow(SCHEMA, ROWS, footer=TYPE), "COD-111")
told("arrow_cut", "data.arrow", media.arrow(SCHEMA, ROWS)[:-1], "COD-202")
told("arrow_stream_cut", "data.arrow", SCHEMA + ROWS[:-1], "COD-202")
told("arrow_of_rows_alone", "data.arrow", media.arrow(ROWS), "FIL-003")
told("arrow_stream_of_rows_alone", "data.arrow", ROWS, "FIL-002")
told("arrow_as_weights", "model.pt", media.arrow(SCHEMA), "FIL-001")

# A member that ends before its zip says, and is too large to be measured first: nobody may look for the end of a scan or of
# a frame for ever.
CUT = {"jpeg": ("a.jpg", b"\xff\xd8\xff\xda\0\2scan"), "flac": ("a.flac", media.FLAC[:-3] + b"\xff" * 3)}
for id, (name, content) in CUT.items():
    told(id + "_shorter_than_its_zip_says", "a.zip",
         make_zip.write([make_zip.Member(name, content, method=make_zip.DEFLATED, size=60_000_000)]), "COD-202", "ZIP-033")
