#pragma once
// Examination of pickle streams.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::pickle {

// What names and calls pass. `weights`: PyTorch's `weights_only` list. `data`: also what NumPy,
// SciPy and joblib write.
enum class Profile : std::uint8_t { weights, data };

// How the bytes are laid out.
enum class Layout : std::uint8_t {
  single,        // one pickle (data.pkl of a torch zip); bytes after its STOP are a finding, and
                 // pickles among them are followed as well
  torch_legacy,  // magic, protocol, sys_info, object, keys, then raw storages
  stream,        // pickles one after the other until the bytes end or are none (bare .pkl, joblib)
};

// A storage that a torch checkpoint refers to by persistent id.
struct Storage {
  std::string key;              // name of its record: "0"
  std::uint64_t element_bytes;  // 0 when its type is unknown
  std::uint64_t elements;       // that the persistent id states
  std::uint64_t needed;         // highest element that a tensor on it reaches, plus one
  std::uint64_t at = 0;         // its first byte, in a legacy file
};

// Whole numbers in a storage, signed; none when `bytes` is 0.
struct Numbers {
  std::size_t storage = 0;   // place in `Outcome::storages`
  std::uint8_t bytes = 0;    // of one: 4 or 8
  std::uint64_t offset = 0;  // of the first; as the steps, in numbers
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint64_t row_step = 0;
  std::uint64_t column_step = 0;
};

// A tensor with numbers that are followed (followed.h).
struct Followed {
  enum class Form : std::uint8_t {
    coordinates,  // indices: a row for each dimension, all below its bound
    compressed,   // compressed and plain indices, a row for each of a batch; plain below the bound
    nested,       // sizes, strides and offsets, a row for each tensor; the bound is the buffer's
  };
  Form form = Form::coordinates;
  std::array<Numbers, 3> numbers;
  std::vector<std::uint64_t> bounds;
};

struct Outcome {
  bool complete = false;          // every pickle was followed to its STOP
  std::uint64_t end = 0;          // offset after the last STOP
  std::vector<Storage> storages;  // in the order of their first use; at most 1,000,000
  std::vector<Followed> followed;
};

// A tensor of the dictionary that a checkpoint is, which lies in its storage in the order of its
// indices, with nothing between them.
struct NamedTensor {
  std::string name;
  std::string_view type;             // of the storage: "HalfStorage"
  std::string storage;               // its key
  std::vector<std::uint64_t> shape;  // one dimension or more
  std::uint64_t begin = 0;           // bytes, in the storage
  std::uint64_t end = 0;
};

// Reads from the beginning of `source`. Never throws; every doubt is a finding.
Outcome examine(source::Source& source, Layout layout, Profile profile,
                findings::Examination& examination);

// All of the one pickle (data.pkl of a torch zip) that `source` is, when what it gives is a
// dictionary of texts of up to 255 bytes to such tensors, each named once and none with attributes
// or a type of its own: at most 1,000,000 and 100 MB of names and shapes. Nothing otherwise, nor
// where `examine` would find something from medium on.
std::optional<std::vector<NamedTensor>> named_tensors(source::Source& source);

// Whether the bytes are a pickle of any protocol, or would be one to a loader: 0x80 and a protocol,
// or opcodes that reach an import or STOP, however long their arguments are. They are run for that,
// up to a million opcodes; most texts end at the first.
bool looks_like_pickle(source::Source& source);
// Whether pickles begin as an old PyTorch file does, whatever its first number is made by: the
// second is the number of the protocol, the third a dictionary.
bool looks_like_torch_legacy(source::Source& source);

// What unpickling does with bytes that are of another format: a loader imports and calls as it
// reads, and asks nothing about what follows.
struct Attempt {
  bool acts = false;  // imports what may exist, before the first error, or hides whether it does
  bool open = false;  // nothing was wrong where following it ended: 64 MiB that had to be read
};

// What it imports and calls is added to `examination` when it acts. `lines`: the bytes may be lines
// of a text; of words, then, that could be names, only those count that are called or known to be
// dangerous.
Attempt attempt(source::Source& source, Profile profile, bool lines,
                findings::Examination& examination);

std::span<const findings::Rule* const> rules();

}  // namespace gh::pickle
