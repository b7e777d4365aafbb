#include "hub/token_file.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "hub/json_document.h"
#include "hub/lines.h"
#include "hub/sentencepiece.h"
#include "hub/vocabulary.h"

namespace gh::hub {

namespace {

using json::Value;

constexpr auto kNames = std::to_array<std::string_view>(
    {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json",
     "added_tokens.json", "vocab.txt", "merges.txt", "config.json", "spiece.model",
     "tokenizer.model", "sentencepiece.bpe.model"});

// Those that every loader of text needs; the others are for tasks that most models do not have.
constexpr std::array<std::string_view, 4> kRoles = {"bos_token", "eos_token", "pad_token",
                                                    "unk_token"};

// What transformers takes for special whatever else is said of it.
constexpr std::array<std::string_view, 9> kSpecial = {
    "bos_token",           "eos_token", "pad_token",  "unk_token",
    "sep_token",           "cls_token", "mask_token", "additional_special_tokens",
    "extra_special_tokens"};

void add(TokenFile& file, std::string_view text, std::uint64_t id,
         std::optional<bool> special = std::nullopt) {
  if (!text.empty() && id <= kHighestId) file.tokens.push_back({std::string(text), id, special});
}

void add(TokenFile& file, std::string_view text, Value id,
         std::optional<bool> special = std::nullopt) {
  const auto number = id.is_integer() ? id.int64() : std::nullopt;
  if (number && *number >= 0) add(file, text, static_cast<std::uint64_t>(*number), special);
}

std::optional<bool> special_of(Value token) {
  return token["special"].is_bool() ? std::optional(token["special"].boolean()) : std::nullopt;
}

// {"token": id, …}
void read_ids(TokenFile& file, Value ids) {
  for (const auto [text, id] : ids.members()) add(file, text, id);
}

void read_tokenizer(TokenFile& file, Value root) {
  const Value vocab = root["model"]["vocab"];
  read_ids(file, vocab);
  std::uint64_t position = 0;
  for (const Value piece : vocab.elements()) {  // Unigram: [["token", score], …]
    const Value text = piece.size() == 2 ? *piece.elements().begin() : Value();
    if (text.is_string()) add(file, text.string(), position);
    ++position;
  }
  for (const Value token : root["added_tokens"].elements())
    if (token["content"].is_string())
      add(file, token["content"].string(), token["id"], special_of(token));
}

// `added_tokens_decoder`: {"32000": {"content": "<s>", …}, …}
void read_decoder(TokenFile& file, Value decoder) {
  for (const auto [key, token] : decoder.members()) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error == std::errc() && end == key.data() + key.size() && token["content"].is_string())
      add(file, token["content"].string(), id, special_of(token));
  }
}

// "<s>" or {"content": "<s>"}. An empty one is none: files of the first LLaMA have them.
std::string_view content_of(Value named) {
  const Value text = named.is_object() ? named["content"] : named;
  return text.is_string() ? text.string() : std::string_view();
}

void read_named(TokenFile& file, Value root) {
  for (const std::string_view role : kRoles)
    if (const std::string_view text = content_of(root[role]); !text.empty())
      file.named.emplace_back(role, text);
  for (const auto [key, named] : root.members()) {
    // "image_token" and its like are of one class: what it makes of them is its own matter.
    if (std::ranges::find(kSpecial, key) == kSpecial.end()) continue;
    if (const std::string_view text = content_of(named); !text.empty())
      file.special.emplace_back(key, text);
    for (const Value one : named.elements())
      if (const std::string_view text = content_of(one); !text.empty())
        file.special.emplace_back(key, text);
  }
}

// "token 12345": a dictionary of fairseq, which is sorted by how often each was seen. Tokenizers
// that read it (PhoBERT, BERTweet) put their own tokens before the first.
bool has_count(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  return space != std::string_view::npos && space > 0 && space + 1 < line.size() &&
         std::ranges::all_of(line.substr(space + 1), [](char c) { return c >= '0' && c <= '9'; });
}

// The class that transformers takes first; without one the type of the model stands for it.
void read_reader(TokenFile& file, Value root) {
  for (const std::string_view key : {"tokenizer_class", "model_type"})
    if (file.reader.empty() && root[key].is_string()) file.reader = root[key].string();
}

void read_lines(TokenFile& file, std::string_view text) {
  std::uint64_t id = 0;
  bool counts = true;
  for_each_line(text, [&](std::string_view line) {
    counts = counts && has_count(line);
    add(file, line, id++);
  });
  if (counts) file.tokens.clear();
}

}  // namespace

bool is_token_file(std::string_view name) {
  return std::ranges::find(kNames, name) != kNames.end();
}

std::optional<TokenFile> read_token_file(std::string_view name, std::string_view bytes) {
  TokenFile file{.name = std::string(name),
                 .positions = false,
                 .tokens = {},
                 .named = {},
                 .special = {},
                 .reader = {},
                 .text = {}};
  if (name.ends_with(".model")) {
    if (looks_like_ranks(bytes)) return file;  // of tiktoken, in bytes of their own: not compared
    if (!looks_like_sentencepiece(bytes)) return std::nullopt;
    file.positions = true;
    std::uint64_t position = 0;
    for (const std::string_view piece : pieces_of(bytes)) add(file, piece, position++);
    return file;
  }
  if (name == "merges.txt") {
    file.text = bytes;
    return file;
  }
  if (name.ends_with(".txt")) {
    read_lines(file, bytes);
    return file;
  }
  JsonDocument document;
  const auto root = document.try_parse(bytes);
  if (!root) return std::nullopt;
  if (name == "tokenizer.json") {
    read_tokenizer(file, *root);
  } else if (name == "vocab.json" || name == "added_tokens.json") {
    read_ids(file, *root);
  } else if (name == "config.json") {
    read_reader(file, *root);
  } else {
    read_reader(file, *root);
    read_decoder(file, (*root)["added_tokens_decoder"]);
    read_named(file, *root);
  }
  return file;
}

}  // namespace gh::hub
