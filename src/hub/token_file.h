#pragma once
// What one file of a tokenizer says of tokens, as far as it can be held against the folder's other
// files or a base model's: which id each has, and whether it is special.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gh::hub {

struct Token {
  std::string text;
  std::uint64_t id = 0;
  std::optional<bool> special = std::nullopt;  // nothing: the file does not say
};

struct TokenFile {
  std::string name;  // "tokenizer.json"
  // Of a SentencePiece model ids are positions: each class of tokenizer moves them in its own way,
  // so that they compare with another SentencePiece model only.
  bool positions = false;
  std::vector<Token> tokens;
  std::vector<std::pair<std::string, std::string>> named;  // ("bos_token", "<s>")
  // All that it names as special, those of tasks and additional ones besides: ("sep_token", "</s>")
  std::vector<std::pair<std::string, std::string>> special;
  std::string reader;  // whose class it names: "GPT2Tokenizer", or "gpt2" as a type of model
  std::string text;    // of merges.txt, as it is
};

// Whether a file of that name, without its folder, may have tokens or what is said of them.
// config.json says no more than which class reads the others.
bool is_token_file(std::string_view name);

// Nothing when it cannot be read, which its own examination says. Tokens whose id is no index are
// left out: that is said there, too.
std::optional<TokenFile> read_token_file(std::string_view name, std::string_view bytes);

}  // namespace gh::hub
