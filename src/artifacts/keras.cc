#include "artifacts/keras.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "artifacts/container.h"
#include "artifacts/keras_rules.h"
#include "base/text.h"
#include "json/json.h"
#include "pickle/dangerous.h"
#include "source/reader.h"

namespace gh::artifacts {

namespace {

using findings::Rule;

constexpr std::array kRules = {&kKerasLambda, &kKerasModule, &kKerasFunction,
                               &kKerasCustom, &kKerasConfig, &kHdf5};

constexpr std::uint64_t kMaxConfig = std::uint64_t{64} << 20;  // bytes
constexpr json::Limits kLimits = {.depth = 500, .values = 5'000'000};

std::string_view text_of(json::Value value) {
  return value.is_string() ? value.string() : std::string_view();
}

bool is_in(std::string_view module, std::string_view package) {
  return module == package ||
         (module.starts_with(package) && module.substr(package.size()).starts_with('.'));
}

// Where functions that are parts of models live; others do something when they are called.
bool has_model_functions(std::string_view module) {
  constexpr std::array<std::string_view, 9> kModules = {
      "keras.activations",  "keras.losses",      "keras.metrics",
      "keras.initializers", "keras.ops",         "keras.src.activations",
      "keras.src.losses",   "keras.src.metrics", "keras.regularizers"};
  return std::ranges::any_of(kModules, [&](auto known) { return is_in(module, known); });
}

class Configuration {
 public:
  explicit Configuration(findings::Examination& examination) : examination_(examination) {}

  void walk(json::Value value) {
    if (value.is_object() && value["class_name"].is_string()) judge(value);
    for (const auto& [key, member] : value.members()) walk(member);
    for (const json::Value element : value.elements()) walk(element);
  }

 private:
  void judge(json::Value object) {
    const std::string_view name = text_of(object["class_name"]);
    const std::string_view module = text_of(object["module"]);
    const std::string_view registered = text_of(object["registered_name"]);
    // A wrapped PyTorch module is a pickle that the layer loads without weights_only
    // (CVE-2025-49655).
    if (name == "Lambda" || name == "__lambda__" || name == "TorchModuleWrapper") {
      examination_.add(kKerasLambda, fmt::format("class {}", name));
    } else if (is_in(module, "keras") && is_function_name(name)) {
      foreign(kKerasFunction, module, name);
    } else if (name == "function" && !has_model_functions(module)) {
      const std::string_view function = text_of(object["config"]);
      if (module == "builtins" && pickle::danger_of(module, function))
        foreign(kKerasModule, module, function);
      else if (module == "builtins" || module.empty())
        examination_.add(kKerasCustom, fmt::format("the function \"{}\"", escape(function)));
      else
        foreign(is_in(module, "keras") ? kKerasFunction : kKerasModule, module, function);
    } else if (!module.empty() && !is_in(module, "keras") && !is_in(module, "tf_keras") &&
               !is_in(module, "tensorflow.keras")) {
      foreign(kKerasModule, module, name);
    } else if (registered.contains('>')) {
      examination_.add(kKerasCustom, fmt::format("\"{}\"", escape(registered)));
    }
  }

  // Classes of Keras begin with a capital letter; anything else that is named as a class is called.
  static bool is_function_name(std::string_view name) {
    return !name.empty() && name != "function" &&
           (name.front() == '_' || (name.front() >= 'a' && name.front() <= 'z'));
  }

  void foreign(const Rule& rule, std::string_view module, std::string_view name) {
    examination_.add(rule, fmt::format("\"{}\" of \"{}\"", escape(name), escape(module)));
  }

  findings::Examination& examination_;
};

std::string read_config(source::Source& source) {
  std::string text(static_cast<std::size_t>(std::min(source.size(), kMaxConfig)), '\0');
  text.resize(source.read_at(0, text));
  return text;
}

void examine_config(source::Source& source, findings::Examination& examination) {
  if (source.size() > kMaxConfig)
    return examination.add(kKerasConfig, fmt::format("is {} bytes long", source.size()));
  const std::string text = read_config(source);
  json::Parser parser(kLimits);
  const auto document = parser.parse(text);
  if (!document) return examination.add(kKerasConfig, document.error().message);
  Configuration(examination).walk(document->root());
}

// `"class_name": "Lambda"` with white space as it may be; where it begins.
std::size_t find_lambda(std::string_view bytes) {
  constexpr std::string_view kKey = "\"class_name\"";
  for (std::size_t at = bytes.find(kKey); at != std::string_view::npos;
       at = bytes.find(kKey, at + 1)) {
    std::string_view rest = bytes.substr(at + kKey.size());
    const auto skip = [&](std::string_view set) {
      rest.remove_prefix(std::min(rest.find_first_not_of(set), rest.size()));
    };
    skip(" \t\r\n:");
    if (rest.starts_with("\"Lambda\"") || rest.starts_with("\"__lambda__\"")) return at;
  }
  return std::string_view::npos;
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
  json::Parser parser(kLimits);
  const auto document = parser.parse(text);
  return document && document->root()["class_name"].is_string();
}

void examine_keras_zip(const archive::ZipArchive& archive, Context& context) {
  context.examination.set_kind("Keras model");
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
    examine_config(*bytes, context.examination);
  }
}

bool looks_like_hdf5(std::string_view head) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  if (head.starts_with(kSignature)) return true;
  // Behind a user block, whose length is a power of two from 512.
  for (std::size_t at = 512; at < head.size(); at *= 2)
    if (head.substr(at).starts_with(kSignature)) return true;
  return false;
}

void examine_hdf5(source::Source& source, Context& context) {
  constexpr std::size_t kOverlap = 256;
  constexpr std::size_t kStep = source::Reader::kWindow / 2;
  context.examination.set_kind("HDF5 file");
  context.examination.add(kHdf5, "searched for Lambda layers only");
  source::Reader reader(source);
  while (reader.left() > 0) {
    const std::string_view bytes = reader.peek(std::min<std::uint64_t>(kStep, reader.left()));
    if (const std::size_t at = find_lambda(bytes); at != std::string_view::npos)
      return context.examination.add(kKerasLambda, "class Lambda in its configuration",
                                     {.offset = reader.position() + at});
    if (bytes.size() <= kOverlap) return;
    reader.skip(bytes.size() - kOverlap);
    if (reader.left() <= kOverlap) return;
  }
}

std::span<const Rule* const> keras_rules() {
  return kRules;
}

}  // namespace gh::artifacts
