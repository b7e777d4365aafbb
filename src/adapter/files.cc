#include "adapter/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "adapter/names.h"
#include "adapter/rules.h"
#include "base/text.h"
#include "tensors/note.h"

namespace gh::adapter {

namespace {

std::string quoted(std::string_view name) {
  return fmt::format("\"{}\"", escape(name, 120));
}

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings,
                             [&](std::string_view ending) { return name.ends_with(ending); });
}

// What vLLM loads where there is no safetensors file; "" when there is one, or neither.
std::string_view pickle_of(const std::vector<std::string>& files) {
  for (const std::string_view name :
       {"adapter_model.safetensors", "adapter_model.bin", "adapter_model.pt"}) {
    if (std::ranges::find(files, name) != files.end())
      return name.ends_with(".safetensors") ? "" : name;
  }
  return "";
}

// What transformers' Trainer keeps to go on with a training: each is examined by itself, and no
// loader of adapters goes by these names.
bool is_of_trainer(std::string_view name) {
  constexpr std::string_view kState = "rng_state_";
  constexpr std::string_view kEnding = ".pth";
  if (name == "optimizer.pt" || name == "scheduler.pt" || name == "scaler.pt" ||
      name == "optimizer.bin" || name == "rng_state.pth" || name == "training_args.bin")
    return true;
  if (!name.starts_with(kState) || !name.ends_with(kEnding)) return false;
  // One for each process.
  name.remove_prefix(kState.size());
  return name.size() > kEnding.size() && is_number(name.substr(0, name.size() - kEnding.size()));
}

// "model.safetensors", "model-00001-of-00003.safetensors"
bool is_of_model(std::string_view name) {
  constexpr std::string_view kModel = "model";
  constexpr std::string_view kOf = "-of-";
  constexpr std::string_view kEnding = ".safetensors";
  if (!name.starts_with(kModel) || !name.ends_with(kEnding)) return false;
  name.remove_prefix(kModel.size());
  name.remove_suffix(kEnding.size());
  if (name.empty()) return true;
  const std::size_t of = name.find(kOf);
  return of != std::string_view::npos && name.starts_with('-') && of > 1 &&
         is_number(name.substr(1, of - 1)) && is_number(name.substr(of + kOf.size()));
}

}  // namespace

std::string why_no_tensors(const std::vector<std::string>& files, std::string_view why) {
  const std::string_view pickle = pickle_of(files);
  const std::string_view reason = why.empty() ? "" : ": ";
  if (pickle.empty())
    return fmt::format("there is no adapter_model.safetensors that can be read{}{}", reason, why);
  return fmt::format("names, ranks, sizes and values in {}, which vLLM loads, were not checked{}{}",
                     pickle, reason, why);
}

void check_format(const std::vector<std::string>& files, findings::Examination& examination) {
  const std::string_view pickle = pickle_of(files);
  if (!pickle.empty()) examination.add(kPickle, fmt::format("{} is one", pickle));
}

void check_files(const std::vector<std::string>& files, bool in_model,
                 findings::Examination& examination) {
  const std::string_view only = pickle_of(files);
  const bool trainer = std::ranges::find(files, "trainer_state.json") != files.end();
  for (const std::string& file : files) {
    if (file == only) continue;
    std::string lower = file;
    std::ranges::transform(lower, lower.begin(), to_lower);
    if (file == "adapter_config.json" || file == "adapter_model.safetensors" ||
        file == "model.sig" ||  // as `gatehouse sign` calls it
        lower == "readme.md" || lower == ".gitattributes" || lower.starts_with("license")) {
      continue;
    }
    const bool dangerous =
        !(trainer && is_of_trainer(file)) && !(in_model && is_of_model(file)) &&
        ends_with_any(lower, {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".safetensors",
                              ".tensors", ".gguf", ".npz", ".h5", ".py", ".pyc", ".so", ".dll",
                              ".dylib", ".sh", ".exe", ".ipynb"});
    tensors::note(examination, dangerous ? kOtherWeights : kOtherFile, 0,
                  [&] { return fmt::format("{} is in the folder", quoted(file)); });
  }
}

void check_links(const std::vector<std::string>& links, findings::Examination& examination) {
  for (const std::string& link : links)
    tensors::note(examination, kLinkedFile, 0, [&] { return fmt::format("{}", quoted(link)); });
}

}  // namespace gh::adapter
