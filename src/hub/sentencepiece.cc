#include "hub/sentencepiece.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "base/text.h"
#include "hub/tokenizer_rules.h"
#include "hub/tokenizer_text.h"
#include "hub/vocabulary.h"
#include "hub/wire.h"

namespace gh::hub {

namespace {

// Field numbers of ModelProto, SentencePiece, TrainerSpec and NormalizerSpec.
constexpr std::uint32_t kPieces = 1;
constexpr std::uint32_t kTrainer = 2;
constexpr std::uint32_t kNormalizer = 3;
constexpr std::uint32_t kDenormalizer = 5;
constexpr std::uint32_t kPieceText = 1;
constexpr std::uint32_t kPieceScore = 2;
constexpr std::uint32_t kPieceType = 3;
constexpr std::uint32_t kInput = 1;
constexpr std::uint32_t kPrefix = 2;
constexpr std::uint32_t kModelType = 3;
constexpr std::uint32_t kByteFallback = 35;
constexpr std::uint32_t kUnknownSurface = 44;
constexpr std::uint32_t kCharacterMap = 2;
constexpr std::uint32_t kRules = 6;
constexpr std::uint64_t kUnknownType = 2;
constexpr std::uint64_t kControlType = 3;  // left out of what is decoded
constexpr std::uint64_t kUserType = 4;
constexpr std::uint64_t kByteType = 6;
constexpr std::uint64_t kUnigram = 1;  // of the model

// What the library refuses to load (0.2.3): pieces of that many bytes, tables of other sizes.
constexpr std::size_t kTooLong = 65'535;
constexpr std::size_t kTrieBlock = 1024;

struct Piece {
  std::string_view text;
  std::uint64_t type = 1;
  bool counts = true;  // its score is a number
};

// What a model says of itself, and what is held against it at the end.
struct Claims {
  std::uint64_t type = kUnigram;
  bool byte_fallback = false;
  bool all_count = true;             // the scores of its pieces
  std::set<std::string> bytes = {};  // the names of its pieces for bytes
};

// An IEEE number of four bytes whose exponent is not all ones.
bool is_finite(std::string_view bytes) {
  return bytes.size() != 4 || (bytes[3] & 0x7F) != 0x7F || (bytes[2] & 0x80) == 0;
}

std::optional<Piece> piece(std::string_view bytes) {
  Piece out;
  bool has_text = false;
  Wire wire(bytes);
  while (const auto field = wire.next()) {
    if (field->number == kPieceText && field->delimited) {
      out.text = field->bytes;
      has_text = true;
    }
    if (field->number == kPieceScore && !field->delimited) out.counts = is_finite(field->bytes);
    if (field->number == kPieceType && !field->delimited) out.type = field->value;
  }
  if (wire.broken() || !has_text) return std::nullopt;
  return out;
}

constexpr std::uint32_t kExtensions = 200;  // from here on, in every message

// Other messages of protobuf keep lists in field 1, too: what TensorFlow reads as a node says in
// field 2 what it does.
bool is_of_piece(std::string_view bytes) {
  Wire wire(bytes);
  while (const auto field = wire.next()) {
    const bool text = field->number == kPieceText;
    const bool number = field->number == kPieceScore || field->number == kPieceType;
    if (field->number < kExtensions && !(field->delimited ? text : number)) return false;
  }
  return true;
}

// A SavedModel keeps its graphs where the trainer is here, and those what they do where it names
// its files: messages, in which the numbers of fields are characters below a space.
bool is_of_trainer(std::string_view bytes) {
  Wire wire(bytes);
  while (const auto field = wire.next())
    if ((field->number == kInput || field->number == kPrefix) && field->delimited &&
        std::ranges::any_of(field->bytes,
                            [](char c) { return static_cast<unsigned char>(c) < ' '; }))
      return false;
  return true;
}

bool is_of_model(const WireField& field) {
  if (field.number >= kExtensions) return true;
  if (field.number > kDenormalizer || !field.delimited) return false;
  if (field.number == kTrainer) return is_of_trainer(field.bytes);
  return field.number != kPieces || is_of_piece(field.bytes);
}

// "<0x41>"
bool is_byte_name(std::string_view text) {
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
  return text.size() == 6 && text.starts_with("<0x") && hex(text[3]) && hex(text[4]) &&
         text[5] == '>';
}

// What the library refuses of a piece, or nothing.
std::string_view fault_of(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.contains('\0')) return "holds a zero byte";
  return text.size() >= kTooLong ? "is too long" : "";
}

// A table of the normalizer is usual; one of the denormalizer changes every answer.
void normalizer(const Input& input, std::string_view which, std::string_view bytes) {
  Wire wire(bytes);
  while (const auto field = wire.next()) {
    if (field->number == kCharacterMap && !field->bytes.empty()) {
      input.add(which == "denormalizer" ? rule::kRewrites : rule::kCharsMap,
                fmt::format("the {} has a table", which));
      if (!is_characters_table(field->bytes))
        input.add(rule::kBroken, fmt::format("the table of the {}", which));
    }
    if (field->number == kRules && !field->bytes.empty())
      input.add(rule::kRewrites, fmt::format("the {} has rules of its own", which), field->bytes);
  }
  if (wire.broken()) input.add(rule::kBroken, fmt::format("the {} is cut", which));
}

// What an unknown piece is shown as: two question marks if nothing else is said.
void trainer(const Input& input, std::string_view bytes, Claims& claims) {
  Wire wire(bytes);
  while (const auto field = wire.next()) {
    if (field->number == kModelType && !field->delimited) claims.type = field->value;
    if (field->number == kByteFallback && !field->delimited)
      claims.byte_fallback = field->value != 0;
    if (field->number == kUnknownSurface && holds_words(field->bytes) &&
        !field->bytes.contains('<') && !field->bytes.contains('['))
      input.add(rule::kRewrites,
                fmt::format("what is unknown is shown as \"{}\"", escape(field->bytes, 64)),
                field->bytes);
  }
  if (wire.broken()) input.add(rule::kBroken, "the settings of the trainer are cut");
}

// What the library refuses of the pieces together (0.2.3).
void check_claims(const Input& input, const Claims& claims) {
  if (claims.type == kUnigram && !claims.all_count)
    input.add(rule::kBroken, "the score of a piece is no number");
  if (claims.byte_fallback && claims.bytes.size() < 256)
    input.add(rule::kBroken,
              fmt::format("{} pieces stand for bytes, and all of 256 should", claims.bytes.size()));
  if (!claims.byte_fallback && !claims.bytes.empty())
    input.add(rule::kBroken, "pieces stand for bytes, where no byte is to be shown by one");
}

}  // namespace

bool looks_like_sentencepiece(std::string_view bytes) {
  Wire wire(bytes);
  bool first = true;
  while (const auto field = wire.next()) {
    if (!is_of_model(*field)) return false;
    if (first && (field->number != kPieces || !field->delimited || !piece(field->bytes)))
      return false;
    first = false;
  }
  return !first && !wire.broken();
}

bool is_characters_table(std::string_view bytes) {
  if (bytes.size() <= 4) return false;
  std::size_t trie = 0;
  for (std::size_t i = 4; i-- > 0;) trie = trie << 8 | static_cast<unsigned char>(bytes[i]);
  return trie > 0 && trie % kTrieBlock == 0 && trie < bytes.size() - 4;
}

std::vector<std::string_view> pieces_of(std::string_view bytes) {
  std::vector<std::string_view> texts;
  Wire wire(bytes);
  while (const auto field = wire.next()) {
    if (field->number != kPieces || !field->delimited) continue;
    const auto one = piece(field->bytes);
    if (!one) break;
    texts.push_back(one->text);
  }
  return texts;
}

void examine_sentencepiece(const Input& input) {
  Vocabulary vocabulary(input);
  Wire wire(input.text);
  std::uint64_t id = 0;
  std::size_t unknown = 0;
  Claims claims;
  while (const auto field = wire.next()) {
    if (field->number == kPieces && field->delimited) {
      const auto one = piece(field->bytes);
      if (!one || !is_utf8(one->text)) {
        input.add(rule::kBroken, fmt::format("piece {} cannot be read", id));
        return;
      }
      if (const std::string_view fault = fault_of(one->text); !fault.empty())
        input.add(rule::kBroken, fmt::format("piece {} {}", id, fault));
      claims.all_count = claims.all_count && one->counts;
      if (one->type == kByteType && is_byte_name(one->text)) claims.bytes.emplace(one->text);
      if (one->type == kUnknownType) ++unknown;
      if (one->type == kByteType && !is_byte_name(one->text))
        input.add(rule::kBadId,
                  fmt::format("piece {} stands for a byte and is named \"{}\"", id,
                              escape(one->text, 32)),
                  one->text);
      if (one->type == kControlType) check_special(input, one->text, true);
      if (one->type == kUserType) check_special(input, one->text, false);
      vocabulary.add(one->text, id++);
    } else if (field->number == kTrainer) {
      trainer(input, field->bytes, claims);
    } else if (field->number == kNormalizer) {
      normalizer(input, "normalizer", field->bytes);
    } else if (field->number == kDenormalizer) {
      normalizer(input, "denormalizer", field->bytes);
    }
  }
  if (wire.broken() || id == 0) input.add(rule::kBroken, "the model is cut, or has no pieces");
  if (unknown != 1)
    input.add(rule::kBroken, fmt::format("{} pieces stand for the unknown, not one", unknown));
  check_claims(input, claims);
  vocabulary.note();
}

}  // namespace gh::hub
