#pragma once
// What it costs a loader to hash a value. CPython remembers the hash of texts, bytes and frozen
// sets; of a tuple it is computed anew each time, through every tuple inside it (Objects/
// tupleobject.c, 3.8 to 3.14), by recursion without a limit. So sixty tuples of two, each twice in
// the next, take for ever, and 200,000 within each other overflow the stack.

#include <cstdint>

namespace gh::pickle {

// Steps, rounded up to a power of 16, in three bits: what a tuple keeps of its cost.
class HashCost {
 public:
  static constexpr std::uint8_t kEndless = 7;  // 16^6 steps or more, or as many levels

  static constexpr std::uint8_t class_of(std::uint64_t steps) {
    std::uint8_t powers = 0;
    for (std::uint64_t most = 1; most < steps && powers < kEndless; most *= 16) ++powers;
    return powers;
  }
  static constexpr std::uint64_t steps_of(std::uint8_t powers) {
    return std::uint64_t{1} << 4 * powers;
  }
};

// Of the keys and elements of one stream.
class Hashes {
 public:
  // A second or two of a loader's time, as the classes round up.
  static constexpr std::uint64_t kMostSteps = std::uint64_t{1} << 28;
  // Of keys whose hashes whoever makes the file can foresee, and make equal.
  static constexpr std::uint64_t kMostForeseen = 10'000;

  enum class Verdict : std::uint8_t { fine, endless, foreseen };

  // What more of them make, `foreseen` of which are so; `endless` and `foreseen` once each.
  Verdict add(std::uint64_t steps, std::uint64_t foreseen) {
    if (steps_ < kMostSteps) {
      steps_ += steps;
      if (steps_ >= kMostSteps) return Verdict::endless;
    }
    const bool known = foreseen_ > kMostForeseen;
    foreseen_ += foreseen;
    return foreseen_ > kMostForeseen && !known ? Verdict::foreseen : Verdict::fine;
  }

 private:
  std::uint64_t steps_ = 0;
  std::uint64_t foreseen_ = 0;
};

// What the calls of one stream go through: elements, entries, bytes. Pickled objects are made once
// of what stands before them, so that all that is far less than the stream is long.
class Work {
 public:
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 26;  // of a short stream
  static constexpr std::uint64_t kMostForByte = 64;

  bool told() const { return told_; }
  // Whether this is more than a stream of that many bytes has need of; true once.
  bool add(std::uint64_t steps, std::uint64_t bytes) {
    const std::uint64_t most = kMost + kMostForByte * bytes;
    if (told_) return false;
    steps_ += steps;
    told_ = steps_ > most;
    return told_;
  }

 private:
  std::uint64_t steps_ = 0;
  bool told_ = false;
};

}  // namespace gh::pickle
