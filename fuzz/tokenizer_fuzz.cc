// gh-link: gh_hub
// Any bytes under any of the names that a model folder has: they are judged, and what is said of
// them is fit for a report. The first byte chooses the name. As files of one tokenizer they are
// held against each other, too, and against a base's: nothing contradicts itself.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "hub/document.h"
#include "hub/folder.h"
#include "hub/token_comparison.h"

namespace {

void check_texts(const gh::findings::Examination& examination) {
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message));
    GH_CHECK(gh::is_utf8(finding.evidence));
    for (const char c : finding.message) GH_CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
}

// The bytes under every name that has tokens, in pairs with each other.
void compare(std::string_view bytes) {
  std::vector<gh::hub::TokenFile> files;
  for (const std::string_view name : {"tokenizer.json", "tokenizer_config.json", "vocab.json",
                                      "vocab.txt", "added_tokens.json", "tokenizer.model"}) {
    if (auto file = gh::hub::read_token_file(name, bytes)) files.push_back(std::move(*file));
  }
  gh::findings::Examination examination(0);
  gh::hub::compare_token_files(files, examination);
  gh::hub::compare_with_base(files, files, examination);
  check_texts(examination);
  for (const gh::hub::TokenFile& file : files) {
    gh::findings::Examination alone(0);
    gh::hub::compare_token_files({&file, 1}, alone);
    for (const gh::findings::Finding& finding : alone.findings())
      GH_CHECK(finding.rule->id == "TOK-206");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array<std::string_view, 16> kNames = {"tokenizer.json",
                                                              "tokenizer.model",
                                                              "vocab.json",
                                                              "vocab.txt",
                                                              "merges.txt",
                                                              "tokenizer_config.json",
                                                              "config.json",
                                                              "model.safetensors.index.json",
                                                              "model_config.yaml",
                                                              "README.md",
                                                              "chat_template.json",
                                                              "additional_chat_templates/rag.jinja",
                                                              "modules.json",
                                                              "model_index.json",
                                                              "picture",
                                                              "a.py"};
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  gh::source::MemorySource source(bytes);
  gh::findings::Examination examination(0);
  gh::hub::FolderFacts folder;
  folder.files.push_back({.path = std::string(kNames[data[0] % kNames.size()]), .document = {}});
  const bool known = gh::hub::examine_document(source, folder.files[0].path, examination,
                                               &folder.files[0].document);
  if (!known) GH_CHECK(examination.findings().empty());
  if (known) GH_CHECK(folder.files[0].document.kind != gh::hub::DocumentKind::unknown);
  gh::hub::examine_folder(folder, examination);
  check_texts(examination);
  compare(bytes);
  return 0;
}
