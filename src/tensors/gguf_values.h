#pragma once
// The key–value section of a GGUF file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "findings/examination.h"
#include "tensors/gguf_reader.h"

namespace gh::tensors {

// GGUF's own value types.
enum class GgufType : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64,
  count,
};
std::string_view name(GgufType type);

// An array of `tokenizer.ggml.…`.
struct VocabularyArray {
  std::string_view key;  // a constant
  GgufType wanted;       // of the elements
  std::optional<GgufType> found;
  std::uint64_t length = 0;
};

// What the later checks need of the keys.
struct GgufValues {
  std::uint64_t alignment = 32;
  std::vector<std::pair<std::string, std::string>> chat_templates;

  VocabularyArray tokens{"tokenizer.ggml.tokens", GgufType::string, {}};
  VocabularyArray scores{"tokenizer.ggml.scores", GgufType::f32, {}};
  VocabularyArray token_types{"tokenizer.ggml.token_type", GgufType::i32, {}};
  VocabularyArray merges{"tokenizer.ggml.merges", GgufType::string, {}};
  std::vector<bool> written_as_byte;  // per token: its text is <0xHH>
  std::vector<bool> typed_as_byte;    // per token: its type is BYTE

  // `tokenizer.ggml.…_token_id` and `….block_count`: the key and, of an integer, the value.
  struct Number {
    std::string key;
    GgufType type;
    std::int64_t value;
  };
  std::vector<Number> special_tokens;
  std::vector<Number> block_counts;
};

inline constexpr std::uint64_t kMaxGgufRecords = 1U << 20;

// Reads `count` pairs; nothing when ggml would refuse them or a limit is reached.
std::optional<GgufValues> read_values(GgufReader& reader, std::uint64_t count,
                                      findings::Examination& examination);

// Rule 10: what the values say of the vocabulary and the layers.
void check_values(const GgufValues& values, findings::Examination& examination);

}  // namespace gh::tensors
