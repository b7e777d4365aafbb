#pragma once
// The one door for bytes of unknown kind: a file, or a member of a container. What they are is
// decided by content; a name only ever raises suspicion.
//
// Runs in the sandbox: no file is opened here, no process is started, nothing is written. Used by
// one thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "findings/examination.h"
#include "hub/facts.h"
#include "pickle/pickle.h"
#include "source/source.h"

namespace gh::artifacts {

// What the operator asked for, the same for every file.
struct Options {
  pickle::Profile profile = pickle::Profile::weights;
  bool statistics = false;  // of adapter weights, which reads their data
  // Data too, where structure is all that is looked at otherwise: the values of safetensors, the
  // checksums of storages and of large members of a zip.
  bool read_data = false;
};

// Containers inside containers are followed this deep; what lies deeper is a finding.
inline constexpr std::size_t kMaxDepth = 3;

// A file beside an ONNX model that holds tensors of it.
struct TensorFile {
  std::string name;       // as the model has it, without "./": raw bytes
  std::uint64_t end = 0;  // how far its tensors reach, in bytes
};

// What a file states, as far as it is held against the others of its folder.
struct Facts {
  hub::DocumentFacts document;
  std::vector<hub::TemplateFact> weight_templates;  // of a GGUF
  std::optional<std::uint64_t> embedding_rows;      // of weights
  std::vector<TensorFile> tensor_files;             // of an ONNX model
};

// What every examiner of this folder is given.
struct Context {
  findings::Examination& examination;
  const Options& options;
  Facts* facts = nullptr;  // of a whole file; members of containers have none
};

// Examines `source` with the examiner of its kind. `name`: raw bytes, the file's own name or the
// member's path, and what a loader that goes by names would take it for. Whether anything of
// `source` could not be read (`source.error()`) is looked at here, and is a finding.
void examine_any(source::Source& source, std::string_view name, Context& context);

// The same for one member of a container: opens the `Examination::Member` of that name, refuses
// what is nested deeper than `kMaxDepth`.
void examine_member(source::Source& source, std::string_view name, Context& context);

// Rules of what this folder decides itself: kinds, names, nesting (`FIL-…`).
std::span<const findings::Rule* const> kind_rules();

}  // namespace gh::artifacts
