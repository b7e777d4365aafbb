#pragma once
// Remainders of division by a polynomial, over bytes: the sums in recordings and logs. They tell
// that a part is one, and defend against nobody. Private to this folder.

#include <array>
#include <cstdint>
#include <string_view>

namespace gh::hub {

// Highest bit first, as FLAC and Ogg have it.
template <class Word, Word kPolynomial>
class Remainder {
 public:
  void add(char byte) {
    constexpr int kShift = 8 * (sizeof(Word) - 1);
    const auto index =
        static_cast<std::uint8_t>((value_ >> kShift) ^ static_cast<std::uint8_t>(byte));
    value_ = static_cast<Word>((sizeof(Word) > 1 ? value_ << 8 : 0) ^ kTable[index]);
  }
  void add(std::string_view bytes) {
    for (const char byte : bytes) add(byte);
  }
  Word value() const { return value_; }

 private:
  static constexpr std::array<Word, 256> make() {
    constexpr Word kTop = static_cast<Word>(Word{1} << (8 * sizeof(Word) - 1));
    std::array<Word, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      auto value = static_cast<Word>(static_cast<Word>(i) << (8 * (sizeof(Word) - 1)));
      for (int bit = 0; bit < 8; ++bit)
        value = static_cast<Word>((value & kTop) != 0 ? value << 1 ^ kPolynomial : value << 1);
      table[i] = value;
    }
    return table;
  }
  static constexpr std::array<Word, 256> kTable = make();

  Word value_ = 0;
};

constexpr std::array<std::uint32_t, 256> castagnoli_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1U) != 0 ? value >> 1 ^ 0x82f63b78U : value >> 1;
    table[i] = value;
  }
  return table;
}

// Lowest bit first, begun and ended with ones (CRC-32C, Castagnoli).
class Castagnoli {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes)
      value_ = value_ >> 8 ^ kTable[(value_ ^ static_cast<std::uint8_t>(byte)) & 0xffU];
  }
  // As TensorFlow keeps it, so that a sum over sums is none.
  std::uint32_t masked() const {
    const std::uint32_t sum = ~value_;
    return (sum >> 15 | sum << 17) + 0xa282ead8U;
  }

 private:
  static constexpr std::array<std::uint32_t, 256> kTable = castagnoli_table();

  std::uint32_t value_ = 0xffffffffU;
};

}  // namespace gh::hub
