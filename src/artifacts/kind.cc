#include "artifacts/kind.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "archive/deflated.h"
#include "artifacts/keras.h"
#include "artifacts/kind_tar.h"
#include "artifacts/onnx_kind.h"
#include "artifacts/torch.h"
#include "base/text.h"
#include "findings/report.h"
#include "pickle/pickle.h"
#include "tensors/safetensors.h"

namespace gh::artifacts {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kZip = {"PK\x03\x04"sv, "PK\x05\x06"sv};

// gzip, bzip2, xz, zstd, lz4, 7z, lzma; zlib has no magic. Debian's libarchive knows more; what
// loaders meet is this.
constexpr std::array kArchives = {"\x1F\x8B"sv,
                                  "BZh"sv,
                                  "\xFD"
                                  "7zXZ\0"sv,
                                  "\x28\xB5\x2F\xFD"sv,
                                  "\x04\x22\x4D\x18"sv,
                                  "7z\xBC\xAF\x27\x1C"sv,
                                  "\x5D\0\0"sv};

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view name;
};
constexpr std::array kUnexamined = {
    Magic{4, "TFL3"sv, "TensorFlow Lite"},
    Magic{0, "Rar!\x1A\x07"sv, "RAR"},
    Magic{0, "PAR1"sv, "Parquet"},
    Magic{0, "ARROW1"sv, "Arrow"},
    Magic{0, "SQLite format 3\0"sv, "SQLite"},
    Magic{0, "GGML"sv, "GGML, the predecessor of GGUF"},
    Magic{0, "lmgg"sv, "GGML, the predecessor of GGUF"},
    Magic{0, "tjgg"sv, "GGML, the predecessor of GGUF"},
    Magic{0, "fmgg"sv, "GGML, the predecessor of GGUF"},
    Magic{0, "%PDF-"sv, "PDF"},
    // What is packed, and what an interpreter makes objects of: none of it is numbers in a row.
    Magic{0, "\x02\x21\x4C\x18"sv, "LZ4 in its older form"},
    Magic{0, "LZIP\1"sv, "lzip"},
    Magic{0, "\x89LZO\0\r\n\x1A\n"sv, "lzop"},
    Magic{0, "\xFF\x06\0\0sNaPpY"sv, "Snappy"},
    Magic{0, "MSCF\0\0\0\0"sv, "a cabinet"},
    Magic{0, "xar!\0"sv, "xar"},
    Magic{0, "\xED\xAB\xEE\xDB"sv, "RPM"},
    Magic{0, "\xCE\x9A\x57\x13"sv, "GDBM"},  // in which shelve keeps pickles
    Magic{0, "\xCD\x9A\x57\x13"sv, "GDBM"},
    Magic{0, "\xCF\x9A\x57\x13"sv, "GDBM"},
    Magic{0, "\x13\x57\x9A\xCE"sv, "GDBM"},
    Magic{0, "\x13\x57\x9A\xCD"sv, "GDBM"},
    Magic{0, "\x13\x57\x9A\xCF"sv, "GDBM"},
    Magic{0, "\xAC\xED\0\x05"sv, "objects of Java"},
    Magic{0, "X\n\0\0\0"sv, "objects of R"},
    Magic{0, "RDX2\nX\n"sv, "objects of R"},
    Magic{0, "RDX3\nX\n"sv, "objects of R"},
};

// The names of the web come first: who has one of them may have saved any of the others.
constexpr std::array kPictures = {".png"sv,  ".jpg"sv,  ".jpeg"sv, ".jfif"sv, ".gif"sv, ".webp"sv,
                                  ".svg"sv,  ".ico"sv,  ".cur"sv,  ".bmp"sv,  ".dib"sv, ".tif"sv,
                                  ".tiff"sv, ".avif"sv, ".heic"sv, ".heif"sv};
constexpr std::array kRecordings = {".wav"sv, ".wave"sv, ".flac"sv, ".mp3"sv, ".mp2"sv, ".ogg"sv,
                                    ".oga"sv, ".ogv"sv,  ".opus"sv, ".spx"sv, ".mp4"sv, ".m4a"sv,
                                    ".m4v"sv, ".m4b"sv,  ".mov"sv,  ".3gp"sv};
constexpr std::array kOfTensorFlow = {".pb"sv, ".graphdef"sv};
constexpr std::array kTables = {".parquet"sv, ".arrow"sv, ".feather"sv, ".ipc"sv};

bool ends_with_any(std::string_view name, auto& endings) {
  return std::ranges::any_of(
      endings, [&](std::string_view ending) { return ends_with_ignoring_case(name, ending); });
}

bool is_hex_digit(char c) {
  return "0123456789abcdefABCDEF"sv.contains(c);
}

// Formats without a magic that chance would spare.
std::string_view shapeless_format(std::string_view head) {
  const auto all = [&](std::size_t at, std::size_t size, auto is) {
    return head.size() >= at + size && std::ranges::all_of(head.substr(at, size), is);
  };
  // As joblib packed pickles before 0.9.3, and still reads: a size for Python's int(…, 16).
  if (head.starts_with("ZF") &&
      all(2, 19, [](char c) { return is_hex_digit(c) || "xX_+- \t\n\v\f\r"sv.contains(c); }))
    return "joblib's own compression";
  // liblzma takes dictionaries of a few bytes, too; those of 256 and more are `kArchives`.
  if (head.starts_with("\x5D\0"sv) && all(3, 3, [](char c) { return c == 0; })) return "LZMA";
  if (head.substr(0, 4).ends_with("\x2A\x4D\x18") && (head[0] & 0xF0) == 0x50)
    return "LZ4 or zstd behind a frame to be skipped";
  if (head.starts_with("\x1F\x9D") &&
      all(2, 1, [](char c) { return (c & 0x60) == 0 && (c & 0x1F) >= 9 && (c & 0x1F) <= 16; }))
    return "compress";
  if (head.starts_with("07070") && all(5, 105, is_hex_digit)) return "cpio";
  return "";
}

bool begins_with_any(std::string_view head, auto& magics) {
  return std::ranges::any_of(magics,
                             [&](std::string_view magic) { return head.starts_with(magic); });
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::empty:
      return "an empty file";
    case Kind::safetensors:
      return "a safetensors file";
    case Kind::gguf:
      return "a GGUF file";
    case Kind::npy:
      return "a NumPy array";
    case Kind::zip:
      return "a zip archive";
    case Kind::archive:
      return "an archive or compressed file";
    case Kind::hdf5:
      return "an HDF5 file";
    case Kind::torch_legacy:
      return "a legacy PyTorch checkpoint";
    case Kind::pickle:
      return "a pickle";
    case Kind::onnx:
      return "an ONNX model";
    case Kind::unknown:
      break;
  }
  return "none of the formats known here";
}

Kind kind_of(std::string_view head, source::Source& source) {
  const std::uint64_t size = source.size();
  if (size == 0) return Kind::empty;
  if (begins_with_any(head, kZip)) return Kind::zip;
  // A header of 93 bytes begins like LZMA, one of 35,615 like gzip; both go on otherwise.
  const bool header =
      tensors::looks_like_safetensors(head, size) && !head.starts_with("\x1F\x8B\x08");
  // A tar may begin with the bytes of another format: polyglot.h.
  if ((begins_with_any(head, kArchives) && !header) || archive::is_zlib(head) ||
      has_tar_header(head))
    return Kind::archive;
  if (head.starts_with("GGUF")) return Kind::gguf;
  if (head.starts_with("\x93NUMPY")) return Kind::npy;
  if (looks_like_hdf5(head)) return Kind::hdf5;
  // Before pickles: a header of 128, 640 or 896 bytes begins like one.
  if (tensors::looks_like_safetensors(head, size)) return Kind::safetensors;
  if (has_tar_magic(head)) return Kind::archive;
  if (looks_like_torch_legacy(head)) return Kind::torch_legacy;
  if (pickle::looks_like_pickle(source))
    return pickle::looks_like_torch_legacy(source) ? Kind::torch_legacy : Kind::pickle;
  if (looks_like_onnx(head, source)) return Kind::onnx;
  return Kind::unknown;
}

Claim claim_of(std::string_view name) {
  constexpr auto kEndings = std::to_array<std::pair<std::string_view, Claim>>({
      {".safetensors", Claim::safetensors},
      {".gguf", Claim::gguf},
      {".npy", Claim::npy},
      {".json", Claim::passive},
      {".jsonl", Claim::passive},
      {".jinja", Claim::passive},
      {".yaml", Claim::passive},
      {".yml", Claim::passive},
      {".toml", Claim::passive},
      {".txt", Claim::passive},
      {".md", Claim::passive},
      {".csv", Claim::passive},
      {".py", Claim::code},
      {".pyw", Claim::code},
      {".pyi", Claim::code},
      {".so", Claim::code},
      {".dll", Claim::code},
      {".dylib", Claim::code},
      {".pyd", Claim::code},
      {".exe", Claim::code},
      {".sh", Claim::code},
      {".bat", Claim::code},
      {".cmd", Claim::code},
      {".ps1", Claim::code},
  });
  for (const auto& [ending, claim] : kEndings)
    if (ends_with_ignoring_case(name, ending)) return claim;
  if (ends_with_any(name, kPictures) || ends_with_any(name, kRecordings)) return Claim::passive;
  return Claim::nothing;
}

Promise promise_of(std::string_view name) {
  constexpr std::array kContent = {
      ".safetensors"sv, ".gguf"sv,  ".npy"sv,    ".npz"sv,    ".bin"sv,  ".pt"sv,    ".pth"sv,
      ".ckpt"sv,        ".pkl"sv,   ".pickle"sv, ".joblib"sv, ".dill"sv, ".onnx"sv,  ".h5"sv,
      ".hdf5"sv,        ".keras"sv, ".pb"sv,     ".tflite"sv, ".ggml"sv, ".model"sv, ".msgpack"sv,
      ".parquet"sv,     ".zip"sv,   ".mar"sv,    ".nemo"sv,   ".tar"sv,  ".tgz"sv,   ".gz"sv,
      ".bz2"sv,         ".xz"sv,    ".zst"sv,    ".7z"sv,     ".rar"sv,  ".whl"sv,
  };
  constexpr std::array kJson = {".json"sv, ".ipynb"sv};
  const auto ends = [&](std::string_view ending) { return ends_with_ignoring_case(name, ending); };
  if (std::ranges::any_of(kJson, ends)) return Promise::json;
  return std::ranges::any_of(kContent, ends) ? Promise::content : Promise::nothing;
}

bool is_checkpoint_by_name(std::string_view name) {
  constexpr std::array kCheckpoints = {".bin"sv, ".pt"sv, ".pth"sv, ".ckpt"sv};
  return ends_with_any(name, kCheckpoints);
}

bool is_unpickled_by_name(std::string_view name) {
  constexpr std::array kPickles = {".pkl"sv, ".pickle"sv, ".joblib"sv, ".dill"sv};
  return is_checkpoint_by_name(name) || ends_with_any(name, kPickles);
}

bool may_hold(std::string_view name, Kind kind) {
  // What is packed has rules of its own.
  if (kind == Kind::unknown || kind == Kind::empty || kind == Kind::archive) return true;
  struct Loader {
    std::string_view ending;
    std::array<Kind, 3> opens;
  };
  constexpr auto kLoaders = std::to_array<Loader>({
      {".npy", {Kind::npy, Kind::zip, Kind::pickle}},
      {".npz", {Kind::npy, Kind::zip, Kind::pickle}},
      {".onnx", {Kind::onnx}},
      {".pb", {}},        // TensorFlow, which none of these is for
      {".graphdef", {}},  // as Triton has it
      {".h5", {Kind::hdf5}},
      {".hdf5", {Kind::hdf5}},
      {".keras", {Kind::zip, Kind::hdf5}},
      {".zip", {Kind::zip}},
  });
  if (is_unpickled_by_name(name))
    return kind == Kind::pickle || kind == Kind::torch_legacy || kind == Kind::zip;
  const auto by_name = [&](const Loader& loader) {
    return ends_with_ignoring_case(name, loader.ending);
  };
  const auto loader = std::ranges::find_if(kLoaders, by_name);
  return loader == kLoaders.end() || std::ranges::find(loader->opens, kind) != loader->opens.end();
}

bool is_odd_name(std::string_view path) {
  constexpr std::string_view kForm = "\uFE0F";
  constexpr std::string_view kKey = "\uFE0F\u20E3";  // behind a digit, as in 1\uFE0F\u20E3
  std::string rest;
  while (!path.empty()) {
    // Signs begin with E2 or F0 9F in UTF-8; what else does is shown, or odd on its own.
    const std::size_t size = rest.size();
    const bool sign =
        (size >= 3 && rest[size - 3] == '\xe2') ||
        (size >= 4 && std::string_view(rest).substr(size - 4).starts_with("\xf0\x9f"));
    const bool key = size >= 1 && "0123456789#*"sv.contains(rest.back()) && path.starts_with(kKey);
    if ((sign || key) && path.starts_with(kForm)) {
      path.remove_prefix(kForm.size());
      rest += ' ';  // one is enough
    } else {
      rest += path.front();
      path.remove_prefix(1);
    }
  }
  return findings::printable(rest, rest.size() + 1) != rest;
}

bool may_be(hub::DocumentKind kind, std::string_view name) {
  name = name.substr(name.rfind('/') + 1);
  if (name.find('.') == std::string_view::npos) return true;
  switch (kind) {
    case hub::DocumentKind::image:
      return ends_with_any(name, kPictures);
    case hub::DocumentKind::recording:
      return ends_with_any(name, kRecordings);
    case hub::DocumentKind::record:
      return name == ".DS_Store" || ends_with_any(name, kTables) ||
             (name.contains("tfevents") && promise_of(name) == Promise::nothing);
    case hub::DocumentKind::sentencepiece:
      return !ends_with_any(name, kOfTensorFlow);
    default:
      return true;
  }
}

std::string_view unexamined_format(std::string_view head) {
  for (const Magic& magic : kUnexamined) {
    if (head.size() > magic.offset && head.substr(magic.offset).starts_with(magic.bytes)) {
      return magic.name;
    }
  }
  return shapeless_format(head);
}

}  // namespace gh::artifacts
