// gh-link: gh_hub
// Any bytes under any of the names that a model folder has: they are judged, and what is said of
// them is fit for a report. The first byte chooses the name.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "hub/document.h"
#include "hub/folder.h"

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
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message));
    GH_CHECK(gh::is_utf8(finding.evidence));
    for (const char c : finding.message) GH_CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
  return 0;
}
