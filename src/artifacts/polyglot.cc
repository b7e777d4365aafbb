#include "artifacts/polyglot.h"

#include <fmt/format.h>

#include "artifacts/keras.h"
#include "artifacts/kind_rules.h"
#include "artifacts/kind_tar.h"
#include "base/text.h"
#include "pickle/pickle.h"
#include "tensors/safetensors.h"

namespace gh::artifacts {

namespace {

// A tar may begin with the bytes of another format: those of the name of its first member.
Kind begins_as(std::string_view head, std::uint64_t size) {
  if (head.starts_with("GGUF")) return Kind::gguf;
  if (head.starts_with("\x93NUMPY")) return Kind::npy;
  if (looks_like_hdf5(head)) return Kind::hdf5;
  return tensors::looks_like_safetensors(head, size) ? Kind::safetensors : Kind::unknown;
}

// What was found by running it is no other kind; and what has no kind was run to tell it.
bool was_run(Kind kind) {
  return kind == Kind::pickle || kind == Kind::torch_legacy || kind == Kind::unknown ||
         kind == Kind::empty;
}

}  // namespace

void examine_as_another(source::Source& source, std::string_view head, std::string_view name,
                        Kind kind, Context& context) {
  const auto add = [&](Kind other) {
    context.examination.add(kNotWhatItSays,
                            fmt::format("{} is {} and {} at once", escape(name),
                                        artifacts::name(kind), artifacts::name(other)),
                            {.offset = 0, .evidence = head.substr(0, 16)});
  };
  if (kind == Kind::archive && has_tar_header(head))
    if (const Kind other = begins_as(head, source.size()); other != Kind::unknown) add(other);
  if (was_run(kind)) return;
  // The length of a safetensors header, the number of a GGUF's tensors, the block before an HDF5
  // file and the first name in an archive are opcodes, too, and behind them come a writer's own.
  const bool lines = kind != Kind::safetensors && kind != Kind::gguf;
  const pickle::Attempt attempt =
      pickle::attempt(source, context.options.profile, lines, context.examination);
  if (attempt.acts) add(Kind::pickle);
  if (attempt.open)
    context.examination.add(
        is_unpickled_by_name(name) ? kFarPickle : kFarPickleBesides,
        fmt::format("{} is {}, and goes on as a pickle", escape(name), artifacts::name(kind)),
        {.offset = 0, .evidence = head.substr(0, 16)});
}

}  // namespace gh::artifacts
