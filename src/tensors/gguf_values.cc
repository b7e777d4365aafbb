#include "tensors/gguf_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "tensors/gguf_rules.h"
#include "tensors/name_set.h"
#include "tensors/note.h"

namespace gh::tensors {

namespace {

constexpr std::size_t kMaxKey = 65'535;          // bytes
constexpr std::uint64_t kMaxArray = 1ULL << 30;  // elements; ggml's own limit
constexpr std::uint64_t kMaxTokens = 1ULL << 24;
constexpr std::uint64_t kMaxTemplate = 16ULL << 20;  // bytes, of all of them
constexpr std::size_t kMaxTemplates = 256;
constexpr std::int32_t kByteToken = 6;  // LLAMA_TOKEN_TYPE_BYTE
constexpr std::string_view kTemplate = "tokenizer.chat_template";

struct Type {
  std::string_view name;
  std::uint8_t bytes;  // 0: not of one size
};
constexpr std::array<Type, static_cast<std::size_t>(GgufType::count)> kTypes{{
    {"u8", 1},
    {"i8", 1},
    {"u16", 2},
    {"i16", 2},
    {"u32", 4},
    {"i32", 4},
    {"f32", 4},
    {"bool", 1},
    {"string", 0},
    {"array", 0},
    {"u64", 8},
    {"i64", 8},
    {"f64", 8},
}};
const Type& facts(GgufType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

// <0xHH> with two hexadecimal digits.
bool is_byte_text(std::string_view token) {
  const auto hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return token.size() == 6 && token.starts_with("<0x") && hex(token[3]) && hex(token[4]) &&
         token[5] == '>';
}

// Lower-case ASCII words joined by dots. Architectures bring '-' ("command-r.block_count").
bool is_ordinary(std::string_view key) {
  return std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
}

std::int64_t as_integer(GgufType type, std::uint64_t raw) {
  switch (type) {
    case GgufType::i8:
      return static_cast<std::int8_t>(raw);
    case GgufType::i16:
      return static_cast<std::int16_t>(raw);
    case GgufType::i32:
      return static_cast<std::int32_t>(raw);
    default:
      return static_cast<std::int64_t>(raw);
  }
}

class ValueReader {
 public:
  ValueReader(GgufReader& reader, findings::Examination& examination)
      : reader_(reader), examination_(examination) {}

  bool pair();
  GgufValues values;

 private:
  bool key();
  bool value();
  bool scalar(GgufType type);
  bool string();
  bool is_template() const;
  bool chat_template(std::uint64_t length);
  bool array();
  bool strings(std::uint64_t length);
  bool booleans(std::uint64_t length);
  bool token_types(std::uint64_t length);
  VocabularyArray* vocabulary_array();
  std::optional<GgufType> type();

  bool refuse(const Rule& rule, std::string message) {
    examination_.add(rule, std::move(message), {.offset = reader_.position()});
    return false;
  }
  bool cut() { return refuse(kGgfCounts, "the file ends inside its keys and values"); }
  bool too_long(std::string_view what) {
    return refuse(kGgfLength,
                  fmt::format("{} of {} is longer than allowed or than the file", what, quoted()));
  }
  std::string quoted() const { return fmt::format("\"{}\"", escape(key_, 100)); }

  GgufReader& reader_;
  findings::Examination& examination_;
  NameSet keys_;
  std::string key_;
  std::uint64_t template_bytes_ = 0;
};

bool ValueReader::pair() {
  return key() && value();
}

bool ValueReader::key() {
  const auto length = reader_.string_length();
  if (!length) {
    key_.clear();
    return too_long("a key");
  }
  if (*length == 0) return refuse(kGgfKey, "a key is empty");
  if (*length > kMaxKey) {
    return refuse(kGgfKey, fmt::format("a key has {} bytes, more than {}", *length, kMaxKey));
  }
  key_ = reader_.take(*length);
  if (key_.find('\0') != std::string::npos) {
    return refuse(kGgfKey, fmt::format("the key {} has a zero byte", quoted()));
  }
  if (!keys_.insert(key_).second) {
    return refuse(kGgfKey, fmt::format("the key {} is there twice", quoted()));
  }
  if (!is_utf8(key_)) {
    note(examination_, kGgfNotUtf8, reader_.position(),
         [this] { return fmt::format("the key {}", quoted()); });
  }
  if (!is_ordinary(key_)) {
    note(examination_, kGgfKeyText, reader_.position(), [this] {
      return fmt::format("the key {} has other characters than a-z, 0-9, '_', '-' and '.'",
                         quoted());
    });
  }
  return true;
}

std::optional<GgufType> ValueReader::type() {
  const auto id = reader_.number<std::uint32_t>();
  if (!id) {
    cut();
    return std::nullopt;
  }
  if (*id < static_cast<std::uint32_t>(GgufType::count)) return static_cast<GgufType>(*id);
  refuse(kGgfValueType, fmt::format("the value of {} has the type {}", quoted(), *id));
  return std::nullopt;
}

bool ValueReader::value() {
  const auto kind = type();
  if (!kind) return false;
  if (*kind != GgufType::array && vocabulary_array() != nullptr) {
    examination_.add(kGgfVocabulary,
                     fmt::format("{} is of type {}, not an array", quoted(), facts(*kind).name));
  }
  if (*kind != GgufType::string && is_template()) {
    examination_.add(kGgfTemplateType,
                     fmt::format("{} is of type {}", quoted(), facts(*kind).name));
  }
  if (*kind == GgufType::string) return string();
  if (*kind == GgufType::array) return array();
  return scalar(*kind);
}

bool ValueReader::scalar(GgufType type) {
  const std::size_t size = facts(type).bytes;
  std::uint64_t raw = 0;
  if (reader_.left() < size) return cut();
  const std::string bytes = reader_.take(size);
  bytes.copy(reinterpret_cast<char*>(&raw), sizeof raw);
  if (type == GgufType::boolean && raw > 1) {
    return refuse(kGgfValueType, fmt::format("the boolean {} is {}", quoted(), raw));
  }
  const GgufValues::Number number{key_, type, as_integer(type, raw)};
  if (key_ == "general.alignment") {
    if (type != GgufType::u32 || raw == 0 || !std::has_single_bit(raw)) {
      return refuse(kGgfAlignment, fmt::format("general.alignment is {}, of type {}", number.value,
                                               facts(type).name));
    }
    if (raw % 8 != 0) {
      examination_.add(kGgfSmallAlignment, fmt::format("general.alignment is {}", raw));
    }
    values.alignment = raw;
  } else if (key_.starts_with("tokenizer.ggml.") && key_.ends_with("_token_id")) {
    values.special_tokens.push_back(number);
  } else if (key_.ends_with(".block_count")) {
    values.block_counts.push_back(number);
  }
  return true;
}

bool ValueReader::string() {
  if (key_ == "general.alignment") {
    return refuse(kGgfAlignment, "general.alignment is no unsigned integer of 32 bits");
  }
  const auto length = reader_.string_length();
  if (!length) return too_long("the string");
  return is_template() ? chat_template(*length) : reader_.skip(*length);
}

bool ValueReader::is_template() const {
  return key_.starts_with(kTemplate) &&
         (key_.size() == kTemplate.size() || key_[kTemplate.size()] == '.');
}

// The next bytes are one. Of an array each text is, and the bytes of one of numbers.
bool ValueReader::chat_template(std::uint64_t length) {
  template_bytes_ += length;
  if (template_bytes_ > kMaxTemplate || values.chat_templates.size() >= kMaxTemplates) {
    return refuse(kGgfLimit,
                  fmt::format("with the chat template {} there are {}, of {} bytes", quoted(),
                              values.chat_templates.size() + 1, template_bytes_));
  }
  values.chat_templates.emplace_back(key_, reader_.take(length));
  return true;
}

bool ValueReader::array() {
  const auto element = type();
  if (!element) return false;
  const auto length = reader_.number<std::uint64_t>();
  if (!length) return cut();
  if (key_ == "general.alignment") {
    return refuse(kGgfAlignment, "general.alignment is no unsigned integer of 32 bits");
  }
  if (*element == GgufType::array) {
    return refuse(kGgfLength, fmt::format("{} is an array of arrays", quoted()));
  }
  // A string takes 8 bytes at least.
  const std::uint64_t size = *element == GgufType::string ? 8 : facts(*element).bytes;
  if (*length > kMaxArray || *length > reader_.left() / size) return too_long("the array");
  if (VocabularyArray* const known = vocabulary_array()) {
    if (*length > kMaxTokens) {
      return refuse(kGgfLimit, fmt::format("{} has {} elements", quoted(), *length));
    }
    known->found = element;
    known->length = *length;
  }
  if (*element == GgufType::string) return strings(*length);
  if (is_template() && facts(*element).bytes == 1) return chat_template(*length);
  if (*element == GgufType::boolean) return booleans(*length);
  if (*element == GgufType::i32 && key_ == values.token_types.key) return token_types(*length);
  return reader_.skip(*length * size) || cut();
}

VocabularyArray* ValueReader::vocabulary_array() {
  for (VocabularyArray* const known :
       {&values.tokens, &values.scores, &values.token_types, &values.merges}) {
    if (key_ == known->key) return known;
  }
  return nullptr;
}

bool ValueReader::strings(std::uint64_t length) {
  const bool tokens = key_ == values.tokens.key;
  for (std::uint64_t i = 0; i < length; ++i) {
    const auto size = reader_.string_length();
    if (!size) return too_long("a string in the array");
    if (is_template()) {
      if (!chat_template(*size)) return false;
      continue;
    }
    if (tokens && *size == 6) {
      values.written_as_byte.push_back(is_byte_text(reader_.take(*size)));
      continue;
    }
    if (tokens) values.written_as_byte.push_back(false);
    reader_.skip(*size);
  }
  return true;
}

bool ValueReader::booleans(std::uint64_t length) {
  bool sound = true;
  const bool whole = reader_.run(length, [&sound](std::string_view bytes) {
    sound = sound && std::ranges::all_of(bytes, [](char c) { return c == 0 || c == 1; });
  });
  if (!whole) return cut();
  return sound ||
         refuse(kGgfValueType, fmt::format("a boolean in {} is neither 0 nor 1", quoted()));
}

bool ValueReader::token_types(std::uint64_t length) {
  return reader_.run(length * 4, [this](std::string_view bytes) {
    for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
      std::int32_t type = 0;
      bytes.copy(reinterpret_cast<char*>(&type), sizeof type);
      values.typed_as_byte.push_back(type == kByteToken);
    }
  }) || cut();
}

void check_vocabulary(const GgufValues& values, findings::Examination& examination) {
  for (const VocabularyArray* array :
       {&values.tokens, &values.scores, &values.token_types, &values.merges}) {
    if (!array->found) continue;
    if (*array->found != array->wanted) {
      examination.add(kGgfVocabulary, fmt::format("{} has elements of type {}, not {}", array->key,
                                                  name(*array->found), name(array->wanted)));
    }
    const bool per_token = array == &values.scores || array == &values.token_types;
    if (per_token && array->length != values.tokens.length) {
      examination.add(kGgfVocabulary, fmt::format("{} has {} elements, {} tokens", array->key,
                                                  array->length, values.tokens.length));
    }
  }
  const std::size_t both = std::min(values.written_as_byte.size(), values.typed_as_byte.size());
  for (std::size_t token = 0; token < both; ++token) {
    if (!values.typed_as_byte[token] || values.written_as_byte[token]) continue;
    note(examination, kGgfByteToken, 0,
         [token] { return fmt::format("token {} is a byte and not written <0xHH>", token); });
  }
}

}  // namespace

std::string_view name(GgufType type) {
  return facts(type).name;
}

std::optional<GgufValues> read_values(GgufReader& reader, std::uint64_t count,
                                      findings::Examination& examination) {
  ValueReader pairs(reader, examination);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!pairs.pair()) return std::nullopt;
  }
  return std::move(pairs.values);
}

void check_values(const GgufValues& values, findings::Examination& examination) {
  check_vocabulary(values, examination);
  for (const GgufValues::Number& token : values.special_tokens) {
    const bool inside = token.type == GgufType::u32 && values.tokens.found &&
                        static_cast<std::uint64_t>(token.value) < values.tokens.length;
    if (inside || !values.tokens.found) continue;
    note(examination, kGgfSpecialToken, 0, [&] {
      return fmt::format("{} is {} ({}), of {} tokens", escape(token.key, 100), token.value,
                         name(token.type), values.tokens.length);
    });
  }
  constexpr std::int64_t kMaxLayers = 512;
  for (const GgufValues::Number& layers : values.block_counts) {
    if (layers.value >= 0 && layers.value <= kMaxLayers) continue;
    note(examination, kGgfBlockCount, 0, [&] {
      return fmt::format("{} is {}, more than {}", escape(layers.key, 100), layers.value,
                         kMaxLayers);
    });
  }
}

}  // namespace gh::tensors
