#pragma once
// What one file of a model folder states, as far as it can be held against the others. Plain
// values; a file that states nothing leaves them empty.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gh::hub {

enum class DocumentKind : std::uint8_t {
  unknown,        // nothing here knows it
  config,         // a JSON object that a loader takes settings from, or JSON of no known use
  tokenizer,      // tokenizer.json
  vocabulary,     // vocab.json, vocab.txt, added_tokens.json
  merges,         // merges.txt
  sentencepiece,  // tokenizer.model
  chat_template,  // chat_template.jinja, chat_template.json, additional_chat_templates/
  index,          // *.index.json
  yaml,
  text,
  image,
  recording,
  record,  // what a tool keeps for itself: events of a training, a window's settings
  code,    // found by content or by name; a finding says so
};

// One chat template and who carries it.
struct TemplateFact {
  std::string carrier;  // file, and the key where it has several: "tokenizer_config.json"
  std::string name;     // which template it is: "default", "tool_use"
  std::string digest;   // jinja::template_digest
};

// A tensor that an index names: the mark of its name (shards.h), and the place of its file in
// `shards`.
struct NamedTensor {
  std::uint64_t name = 0;
  std::uint32_t shard = 0;

  auto operator<=>(const NamedTensor&) const = default;
};

struct DocumentFacts {
  DocumentKind kind = DocumentKind::unknown;
  std::vector<TemplateFact> templates;
  std::optional<std::uint64_t> vocab_size;    // that a config states, top level or text_config
  std::optional<std::uint64_t> highest_id;    // of any token that a tokenizer file knows
  std::optional<std::uint64_t> highest_base;  // of those that no file adds to the vocabulary
  std::optional<std::uint64_t> base_tokens;   // entries of its vocabulary without added tokens
  std::optional<std::uint64_t> end_id;        // the highest that settings state to end an answer
  bool nameless = false;     // a config.json that says neither architectures nor model_type
  bool has_adapter = false;  // a config.json that says that its model has an adapter beside it
  std::vector<std::string> shards;   // file names that an index refers to, each once
  std::vector<NamedTensor> named;    // tensors of an index
  std::vector<std::string> modules;  // Python files that auto_map refers to: "modeling.py"
  std::optional<std::vector<std::uint64_t>> tensors;  // of safetensors: marks of their names
};

struct FileFacts {
  std::string path;  // relative to the folder, with '/'
  std::uint64_t bytes = 0;
  // Of the file system: one file may have two names, by links. 0 where it is not known.
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  DocumentFacts document;
};

// One model folder: every regular file in it. The `document` of weights has no more than
// `tensors`.
struct FolderFacts {
  std::vector<FileFacts> files;
  // Templates that weights carry: a GGUF's `tokenizer.chat_template` and its named variants.
  std::vector<TemplateFact> weight_templates;
  // Rows of the token embedding, when a weight file states them; see `embedding_rows`.
  std::optional<std::uint64_t> embedding_rows;
};

}  // namespace gh::hub
