#pragma once
// What bytes are, as loaders and readers tell it by their beginning; and what a name claims.

#include <cstdint>
#include <string_view>

#include "hub/facts.h"
#include "source/source.h"

namespace gh::artifacts {

enum class Kind : std::uint8_t {
  unknown,  // none of those below; a document, or not known at all
  empty,
  safetensors,
  gguf,
  npy,
  zip,
  archive,  // tar, 7z, or one compressed stream
  hdf5,
  torch_legacy,
  pickle,
  onnx,
};

// "a safetensors file", for messages.
std::string_view name(Kind kind);

// Bytes of a beginning that are looked at by whoever tells kinds apart.
inline constexpr std::size_t kHead = std::size_t{64} * 1024;

// `head`: the first `kHead` bytes of `source`, or all. A zip and an archive are told by their first
// bytes only, as PyTorch does; a zip behind other bytes is looked for besides (examine.cc).
Kind kind_of(std::string_view head, source::Source& source);

// What a file's name says to a loader that goes by names.
enum class Claim : std::uint8_t {
  nothing,      // or something that loaders look into themselves
  safetensors,  // *.safetensors
  gguf,         // *.gguf
  npy,          // *.npy
  passive,      // text, settings, pictures: nothing in them runs
  code,         // what is run, compiled or loaded as a library by that name
};
Claim claim_of(std::string_view name);

// What an empty file of that name cannot be.
enum class Promise : std::uint8_t {
  nothing,  // no name, text, a placeholder: may well be empty
  json,
  content,  // of a format that has at least a header: weights, pickles, archives
};
Promise promise_of(std::string_view name);

// Whether the loader that goes by that name opens bytes of that kind: torch.load a pickle or a zip,
// Keras HDF5 under `.h5`. True of a name that leads to no loader.
bool may_hold(std::string_view name, Kind kind);

// Whether a loader may unpickle a file of that name without a look at what it begins with.
bool is_unpickled_by_name(std::string_view name);
// Whether it sends torch.load: .bin, .pt, .pth, .ckpt.
bool is_checkpoint_by_name(std::string_view name);

// Whether somebody would not see what the path is: characters that are not shown, bytes that are no
// text. The selector of an emoji's form behind a sign that has one is seen in it.
bool is_odd_name(std::string_view path);

// Whether nobody takes a file of that name for something else than a picture, a recording, a record
// or a SentencePiece model, whichever `kind` is: by its ending, or because it has none. True of
// every other kind.
bool may_be(hub::DocumentKind kind, std::string_view name);

// Formats that are recognised and that nothing here examines: "TensorFlow Lite"; "" for none.
std::string_view unexamined_format(std::string_view head);

}  // namespace gh::artifacts
