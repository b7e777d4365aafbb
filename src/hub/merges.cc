#include "hub/merges.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/siphash.h"
#include "base/text.h"
#include "hub/lines.h"
#include "hub/tokenizer_rules.h"

namespace gh::hub {

namespace {

constexpr std::size_t kQuoted = 64;

enum class Form : std::uint8_t { nothing, pair, counted, other };

struct Line {
  Form form = Form::nothing;
  std::string_view left;
  std::string_view right;
};

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// As the library splits, at each space: two of them have an empty word between them.
Line read(std::string_view text) {
  if (text.empty() || text.starts_with("#version")) return {};
  const std::size_t first = text.find(' ');
  if (first == 0 || first == std::string_view::npos) return {Form::other, {}, {}};
  Line line{Form::pair, text.substr(0, first), text.substr(first + 1)};
  const std::size_t second = line.right.find(' ');
  if (second != std::string_view::npos)
    line.form =
        second > 0 && is_number(line.right.substr(second + 1)) ? Form::counted : Form::other;
  else if (line.right.empty())
    line.form = Form::other;
  return line;
}

// Of fastBPE, which counts every pair.
bool has_counts(std::string_view text) {
  bool any = false;
  bool all = true;
  for_each_line(text, [&](std::string_view line) {
    const Form form = read(line).form;
    any = any || form == Form::counted;
    all = all && (form == Form::counted || form == Form::nothing);
  });
  return any && all;
}

std::string no_pair(std::size_t number) {
  return fmt::format("line {} is no pair of tokens", number);
}

// Those that have a merges.txt: "CTRLTokenizer", or "ctrl" as a type of model.
bool is_written_in_python(std::string_view reader) {
  static constexpr auto kReaders = std::to_array<std::string_view>(
      {"BioGptTokenizer", "BlenderbotSmallTokenizer", "CTRLTokenizer", "ClvpTokenizer",
       "FSMTTokenizer", "FlaubertTokenizer", "Speech2Text2Tokenizer", "XLMTokenizer", "biogpt",
       "blenderbot-small", "clvp", "ctrl", "flaubert", "fsmt", "speech_to_text_2", "xlm"});
  return std::ranges::find(kReaders, reader) != kReaders.end();
}

// What transformers reads them with: the settings of the tokenizer come first.
std::string_view reader_of(std::span<const TokenFile> files) {
  std::string_view reader;
  for (const TokenFile& file : files)
    if (!file.reader.empty() && (reader.empty() || file.name == "tokenizer_config.json"))
      reader = file.reader;
  return reader;
}

struct Hash {
  SipKey key = random_sip_key();
  std::size_t operator()(std::string_view text) const { return siphash(key, text); }
};
using Words = std::unordered_set<std::string_view, Hash>;

}  // namespace

void examine_merges(const Input& input) {
  if (has_counts(input.text)) return;
  std::size_t number = 0;
  for_each_line(input.text, [&](std::string_view line) {
    ++number;
    const Form form = read(line).form;
    if (form == Form::counted || form == Form::other)
      input.add(rule::kUnknownMerge, no_pair(number), line);
  });
}

void compare_merges(std::span<const TokenFile> files, findings::Examination& examination) {
  const auto named = [&](std::string_view name) {
    const auto found = std::ranges::find(files, name, &TokenFile::name);
    return found == files.end() ? nullptr : &*found;
  };
  const TokenFile* const merges = named("merges.txt");
  const TokenFile* const vocabulary = named("vocab.json");
  const std::string_view reader = reader_of(files);
  // Alone it belongs to nobody who could be asked.
  if (merges == nullptr || is_written_in_python(reader) ||
      (vocabulary == nullptr && reader.empty()))
    return;
  // Where there is a tokenizer.json the library reads that.
  const bool whole = named("tokenizer.json") != nullptr;
  const bool counts = has_counts(merges->text);
  Words words;
  if (vocabulary != nullptr) {
    words.reserve(vocabulary->tokens.size());
    for (const Token& token : vocabulary->tokens) words.insert(token.text);
  }
  std::size_t number = 0;
  std::string joined;
  // `message` is made where it is kept: a hostile file has millions of such lines.
  const auto add = [&](const auto& message, std::string_view evidence) {
    if (examination.count(rule::kUnknownMerge) < findings::Examination::kKeptPerRule)
      examination.add(rule::kUnknownMerge, "merges.txt: " + message(), {.evidence = evidence});
    else
      examination.add(rule::kUnknownMerge, {});
  };
  for_each_line(merges->text, [&](std::string_view text) {
    ++number;
    const Line line = read(text);
    if (!whole && (text.empty() || (counts && line.form == Form::counted)))
      return add([&] { return no_pair(number); }, text);
    if (line.form != Form::pair || vocabulary == nullptr) return;
    joined = line.left;
    joined += line.right;
    if (words.contains(line.left) && words.contains(line.right) && words.contains(joined)) return;
    add(
        [&] {
          return fmt::format(
              "\"{}\" and \"{}\" on line {}, of which vocab.json lacks one or what "
              "they become",
              escape(line.left, kQuoted), escape(line.right, kQuoted), number);
        },
        joined);
  });
}

}  // namespace gh::hub
