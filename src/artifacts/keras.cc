#include "artifacts/keras.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "artifacts/container.h"
#include "artifacts/keras_config.h"
#include "artifacts/keras_rules.h"
#include "base/text.h"

namespace gh::artifacts {

namespace {

using findings::Rule;

constexpr std::array kRules = {&kKerasLambda, &kKerasModule,     &kKerasCustom, &kKerasConfig,
                               &kHdf5Pickle,  &kHdf5PickledRows, &kKerasWeights};

std::string read_config(source::Source& source) {
  std::string text(static_cast<std::size_t>(std::min(source.size(), kMaxKerasConfig)), '\0');
  text.resize(source.read_at(0, text));
  return text;
}

void examine_config(source::Source& source, std::uint64_t held,
                    findings::Examination& examination) {
  if (source.size() > kMaxKerasConfig)
    return examination.add(kKerasConfig, fmt::format("is {} bytes long", source.size()));
  examine_keras_config(read_config(source), held, examination);
}

}  // namespace

bool is_keras_zip(const archive::ZipArchive& archive, findings::Examination& examination) {
  const archive::ZipMember* config = archive.find("config.json");
  if (config == nullptr) return false;
  for (const std::string_view beside : {"metadata.json", "model.weights.h5", "model.weights.npz"})
    if (archive.find(beside) != nullptr) return true;
  const auto bytes = archive.member(*config, examination);
  if (!bytes) return false;
  const std::string text = read_config(*bytes);
  json::Parser parser(kKerasLimits);
  const auto document = parser.parse(text);
  return document && document->root()["class_name"].is_string();
}

void examine_keras_zip(const archive::ZipArchive& archive, Context& context) {
  context.examination.set_kind("Keras model");
  std::uint64_t held = 0;  // whatever the weights lie in
  for (const archive::ZipMember& member : archive.members())
    if (__builtin_add_overflow(held, member.size, &held)) held = UINT64_MAX;
  for (const archive::ZipMember& member : archive.members()) {
    if (member.directory) continue;
    // Every entry of that name: which of several is read is up to the reader.
    if (!equals_ignoring_case(member.name, "config.json")) {
      examine_zip_member(archive, member, context);
      continue;
    }
    const auto bytes = open_zip_member(archive, member, context);
    if (!bytes) continue;
    const findings::Examination::Member scope(context.examination, member.name);
    examine_config(*bytes, held, context.examination);
  }
}

std::span<const Rule* const> keras_rules() {
  return kRules;
}

}  // namespace gh::artifacts
