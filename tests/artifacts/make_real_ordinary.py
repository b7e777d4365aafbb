"""What lies beside models, as libraries and git write it: pictures, recordings, logs, tables, repositories.

    make_real_ordinary.py FOLDER    writes FOLDER/<library>/…, prints what make_real.py does; of each file it says
                                    which rules are found, "" for none
"""

import importlib
import json
import os

from real_library import MISSING, VERSIONS, begin, end, library, made

begin()


@library("PIL")
def pictures(pillow):
    image = importlib.import_module("PIL.Image")
    whole = image.merge("RGB", [image.linear_gradient("L"), image.radial_gradient("L"), image.linear_gradient("L")])
    modes = {mode: whole.resize((65, 43)).convert(mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16")}
    several = [modes["RGB"].rotate(turned) for turned in (0, 30, 60)]
    exif = image.Exif()
    exif[0x010e], exif[0x9286] = "words", b"ASCII\0\0\0more words"
    exif.get_ifd(0x8769)[0x9003] = "2026:01:01 00:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    profile = importlib.import_module("PIL.ImageCms").ImageCmsProfile(
        importlib.import_module("PIL.ImageCms").createProfile("sRGB")).tobytes()
    kinds = {
        "png": ("1 L LA P RGB RGBA I;16", [{}, {"optimize": True}, {"exif": exif}, {"icc_profile": profile, "dpi": (72, 72)}]),
        "jpg": ("L RGB CMYK", [{}, {"quality": 5}, {"progressive": True, "optimize": True}, {"exif": exif, "comment": b"words"},
                               {"icc_profile": profile, "subsampling": 0}, {"restart_marker_rows": 1}]),
        "gif": ("1 L P RGB", [{}, {"interlace": 0}, {"comment": b"words" * 100}, {"transparency": 0}]),
        "webp": ("RGB RGBA", [{}, {"lossless": True}, {"quality": 1}, {"exif": exif, "icc_profile": profile}]),
        "bmp": ("1 L P RGB RGBA", [{}]),
        "tif": ("1 L P RGB RGBA CMYK I;16", [{}, {"compression": "tiff_lzw"}, {"compression": "tiff_adobe_deflate"},
                                             {"compression": "packbits"}, {"exif": exif, "icc_profile": profile}]),
        "tiff": ("L RGB", [{"compression": "jpeg"}, {"tiffinfo": {305: "words", 700: b"<x/>"}}]),
        "ico": ("RGBA P", [{"sizes": [(16, 16), (32, 32)]}, {"sizes": [(16, 16)], "bitmap_format": "bmp"}]),
        "avif": ("L RGB RGBA", [{}, {"quality": 5}, {"exif": exif, "icc_profile": profile}]),
    }
    for ending, (names, ways) in kinds.items():
        for mode in names.split():
            for index, options in enumerate(ways):
                path = f"{mode.replace(';', '_')}_{index}.{ending}"
                try:
                    modes[mode].save(path, **options)
                except (OSError, ValueError, KeyError, RuntimeError) as error:  # what this mode cannot be
                    MISSING[f"PIL {path}"] = str(error)
                    os.path.exists(path) and os.unlink(path)
    modes["1"].save("fax.tif", compression="group4")
    for path in ("moves.gif", "moves.png", "moves.webp", "moves.avif", "pages.tif"):
        several[0].save(path, save_all=True, append_images=several[1:])
    for path in os.listdir("."):
        made(path, "")


@library("soundfile", "numpy")
def recordings(soundfile, numpy):
    sound = numpy.sin(numpy.arange(5001) / 9).reshape(-1, 1)
    for channels in (1, 2):
        samples = numpy.repeat(sound, channels, 1)
        for kind, ending in (("WAV", "wav"), ("WAVEX", "wav"), ("FLAC", "flac"), ("OGG", "ogg"), ("MP3", "mp3")):
            for form in soundfile.available_subtypes(kind):
                path = f"{kind}_{form}_{channels}.{ending}"
                try:
                    rate = 48000 if form == "OPUS" else 22050
                    with soundfile.SoundFile(path, "w", rate, channels, form, format=kind) as file:
                        file.title, file.artist = "words", "more words"
                        file.write(samples)
                except (RuntimeError, AttributeError) as error:  # what this kind cannot hold
                    MISSING[f"soundfile {path}"] = str(error)
                    os.path.exists(path) and os.unlink(path)
    for path in os.listdir("."):
        made(path, "")


@library("tensorboard")
def events(tensorboard):
    writer = importlib.import_module("tensorboard.summary.writer.event_file_writer").EventFileWriter("run")
    events = importlib.import_module("tensorboard.compat.proto.event_pb2")
    summaries = importlib.import_module("tensorboard.compat.proto.summary_pb2")
    for step in range(50):
        value = summaries.Summary.Value(tag="loss" * (step + 1), simple_value=1 / (step + 1))
        writer.add_event(events.Event(wall_time=step, step=step, summary=summaries.Summary(value=[value])))
    writer.close()
    for path in os.listdir("run"):
        made(f"run/{path}", "")


@library("pyarrow", "pyarrow.parquet", "pyarrow.feather")
def tables(pyarrow, parquet, feather):
    table = pyarrow.table({"number": range(1000), "text": [f"word {i % 9}" for i in range(1000)],
                           "list": [[i, i + 1] for i in range(1000)], "none": pyarrow.nulls(1000),
                           "of words": pyarrow.array([f"{i % 9}" for i in range(1000)]).dictionary_encode(),
                           "fields": [{"a": i, "b": "x"} for i in range(1000)]})
    table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": {}}})})
    for name, some in (("table", table), ("none", table.slice(0, 0))):
        for packed in ("none", "snappy", "gzip", "zstd", "lz4", "brotli"):
            parquet.write_table(some, f"{name}_{packed}.parquet", compression=packed, row_group_size=100)
        for index, options in enumerate(({"version": "1.0"}, {"store_schema": False}, {"write_page_index": True},
                                         {"data_page_version": "2.0"}, {"write_statistics": False, "use_dictionary": False})):
            parquet.write_table(some, f"{name}_{index}.parquet", **options)
        parquet.write_metadata(some.schema, f"{name}_common_metadata.parquet")
        for packed in (None, "lz4", "zstd"):
            options = pyarrow.ipc.IpcWriteOptions(compression=packed)
            for kind in ("file", "stream"):
                with getattr(pyarrow.ipc, f"new_{kind}")(f"{name}_{kind}_{packed}.arrow", some.schema, options=options) as out:
                    out.write_table(some, max_chunksize=100)
            feather.write_feather(some, f"{name}_{packed}.feather", compression=packed or "uncompressed")
    for path in os.listdir("."):
        made(path, "")


@library("shutil", "subprocess")
def repository(shutil, subprocess):
    """A clone as people have it, with all that git keeps: loose objects, packs with and without differences, tables."""
    if shutil.which("git") is None:
        MISSING["git"] = "no such command"
        return
    own = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@x",
           "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@x"}

    def git(folder, *arguments):
        return subprocess.run(["git", "-C", folder, *arguments], env=own, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout

    VERSIONS["git"] = git(".", "version").split()[2]
    git(".", "init", "-b", "main", "model")
    for key, value in (("clean", "git-lfs clean -- %f"), ("smudge", "git-lfs smudge -- %f"), ("process", "git-lfs filter-process"),
                       ("required", "true")):
        git("model", "config", f"filter.lfs.{key}", value)
    for round in range(9):
        with open("model/README.md", "w") as out:
            out.write("".join(f"Some words, line {line}, of which {round} changed.\n" for line in range(300 + round)))
        with open("model/config.json", "w") as out:
            json.dump({"model_type": "llama", "hidden_size": 64 + round}, out)
        with open("model/model.safetensors.pointer", "w") as out:
            out.write(f"version https://git-lfs.github.com/spec/v1\noid sha256:{round:064x}\nsize 4096\n")
        git("model", "add", "-A")
        git("model", "commit", "-m", f"round {round}\n\nand more")
        git("model", "tag", *(["-a", "-m", "words"] if round % 2 else []), f"v{round}")
    git("model", "branch", "fix/model.bin")
    git(".", "clone", "model", "clone")
    git("clone", "-c", "pack.window=0", "repack", "-adf", "--write-bitmap-index")
    git("clone", "pack-refs", "--all")
    git("clone", "commit-graph", "write", "--reachable", "--changed-paths")
    git("clone", "multi-pack-index", "write")
    git(".", "clone", "--depth=1", "--no-local", "file://" + os.path.abspath("model"), "shallow")
    git(".", "clone", "--no-local", "--bare", "model", "packed/.git")
    git("model", "notes", "add", "-m", "words")
    git("model", "gc", "--no-prune")
    with open("model/README.md", "a") as out:
        out.write("One more.\n")
    git("model", "stash")
    git("model", "update-index", "--index-version=4")
    for path, _, files in os.walk("."):
        for name in files:
            file = os.path.join(path, name)
            if "/.git/" not in file:
                continue
            samples = "COD-109" if "/hooks/" in file else ""
            differences = name.endswith(".pack") and not file.startswith(("./clone/", "./shallow/"))
            made(file, samples or ("COD-110" if differences else ""))


end()
