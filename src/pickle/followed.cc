#include "pickle/followed.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string>

#include "base/text.h"
#include "pickle/call_rules.h"
#include "pickle/stream_rules.h"

namespace gh::pickle {

namespace {

constexpr std::size_t kWindow = std::size_t{64} << 10;  // bytes

// The numbers of one part, at random, though mostly one after the other.
class Reader {
 public:
  Reader(const Numbers& numbers, const OpenStorage& open, bool big_endian)
      : numbers_(numbers), source_(open(numbers.storage)), swap_(big_endian) {}

  // None when it is not there.
  std::optional<std::int64_t> at(std::uint64_t row, std::uint64_t column) {
    // In range: the pickle's examiner has held the reach of the tensor against 63 bits.
    const std::uint64_t index =
        numbers_.offset + row * numbers_.row_step + column * numbers_.column_step;
    const std::uint64_t byte = index * numbers_.bytes;
    if (byte < begin_ || byte + numbers_.bytes > begin_ + window_.size()) {
      if (source_ == nullptr) return std::nullopt;
      // Many small tensors may share a large storage.
      window_.resize(
          std::min<std::uint64_t>(kWindow, numbers_.rows * numbers_.columns * numbers_.bytes));
      begin_ = byte;
      window_.resize(source_->read_at(byte, window_));
      if (window_.size() < numbers_.bytes) return std::nullopt;
    }
    return decode(window_.data() + (byte - begin_));
  }

 private:
  template <class Integer>
  std::int64_t decode_as(const char* bytes) const {
    Integer value = 0;
    std::memcpy(&value, bytes, sizeof value);
    if (swap_) value = std::byteswap(value);
    return value;
  }
  std::int64_t decode(const char* bytes) const {
    static_assert(std::endian::native == std::endian::little);
    return numbers_.bytes == 4 ? decode_as<std::int32_t>(bytes) : decode_as<std::int64_t>(bytes);
  }

  const Numbers& numbers_;
  std::unique_ptr<source::Source> source_;
  bool swap_;
  std::string window_;
  std::uint64_t begin_ = 0;  // of the window
};

bool is_below(std::int64_t value, std::uint64_t bound) {
  return value >= 0 && static_cast<std::uint64_t>(value) < bound;
}

class Check {
 public:
  Check(const Outcome& outcome, const Followed& followed, const OpenStorage& open, bool big_endian,
        findings::Examination& examination)
      : outcome_(outcome), followed_(followed), examination_(examination) {
    for (std::size_t i = 0; i < followed.numbers.size(); ++i)
      if (followed.numbers[i].bytes != 0)
        readers_[i].emplace(followed.numbers[i], open, big_endian);
  }

  // False when a number could not be read.
  bool run() {
    switch (followed_.form) {
      case Followed::Form::coordinates:
        coordinates();
        break;
      case Followed::Form::compressed:
        compressed();
        break;
      case Followed::Form::nested:
        nested();
        break;
    }
    return !unreadable_;
  }

 private:
  // Calls `use(row, column, number)` until it gives false.
  template <class Use>
  void each(std::size_t part, Use&& use) {
    const Numbers& numbers = followed_.numbers[part];
    for (std::uint64_t row = 0; row < numbers.rows; ++row)
      for (std::uint64_t column = 0; column < numbers.columns; ++column) {
        const auto number = read(part, row, column);
        if (!number || !use(row, column, *number)) return;
      }
  }

  std::optional<std::int64_t> read(std::size_t part, std::uint64_t row, std::uint64_t column) {
    const auto number = readers_[part]->at(row, column);
    unreadable_ = unreadable_ || !number;
    return number;
  }

  bool wrong(std::size_t part, std::int64_t number, std::string_view why) {
    const Storage& storage = outcome_.storages[followed_.numbers[part].storage];
    examination_.add(kNumbersBeyond, fmt::format("The number {} in storage '{}' {}.", number,
                                                 escape(storage.key), why));
    return false;
  }

  // A row for each dimension.
  void coordinates() {
    each(0, [&](std::uint64_t row, std::uint64_t, std::int64_t number) {
      return is_below(number, followed_.bounds[row]) ||
             wrong(0, number, fmt::format("is no index below {}", followed_.bounds[row]));
    });
  }

  // A row for each of a batch: where each compressed row begins among the plain indices.
  void compressed() {
    const std::uint64_t bound = followed_.bounds[0];
    const std::uint64_t count = followed_.numbers[1].columns;
    std::int64_t before = 0;
    bool good = true;
    each(0, [&](std::uint64_t, std::uint64_t column, std::int64_t number) {
      const bool last = column + 1 == followed_.numbers[0].columns;
      if (column == 0 && number != 0) {
        good = wrong(0, number, "is where rows begin, and not 0");
      } else if (last && !is_equal(number, count)) {
        good = wrong(0, number, fmt::format("is where rows end, and not {}", count));
      } else if (column != 0 && (number < before || !is_below(number - before, bound + 1))) {
        good = wrong(0, number, fmt::format("does not follow {}", before));
      }
      before = number;
      return good;
    });
    const std::uint64_t rows = followed_.numbers[0].columns;  // and one for the end
    for (std::uint64_t batch = 0; good && batch < followed_.numbers[0].rows; ++batch)
      for (std::uint64_t row = 1; good && row < rows; ++row) good = rises(batch, row, bound);
  }

  // The plain indices of a compressed row; where it begins and ends was held against their count.
  bool rises(std::uint64_t batch, std::uint64_t row, std::uint64_t bound) {
    const auto begin = read(0, batch, row - 1);
    const auto end = read(0, batch, row);
    if (!begin || !end) return false;
    std::int64_t before = -1;
    for (std::int64_t i = *begin; i < *end; ++i) {
      const auto number = read(1, batch, static_cast<std::uint64_t>(i));
      if (!number) return false;
      if (!is_below(*number, bound))
        return wrong(1, *number, fmt::format("is no index below {}", bound));
      if (*number <= before)
        return wrong(1, *number, fmt::format("does not come after {} in its row", before));
      before = *number;
    }
    return true;
  }

  static bool is_equal(std::int64_t value, std::uint64_t other) {
    return value >= 0 && static_cast<std::uint64_t>(value) == other;
  }

  // A row for each tensor: how far it reaches into the buffer.
  void nested() {
    const auto& [sizes, strides, offsets] = followed_.numbers;
    for (std::uint64_t row = 0; row < sizes.rows; ++row) {
      const auto offset = read(2, row, 0);
      if (!offset) return;
      bool empty = false;
      std::int64_t last = *offset;
      bool fits = last >= 0;
      for (std::uint64_t column = 0; column < sizes.columns; ++column) {
        const auto size = read(0, row, column);
        const auto stride = read(1, row, column);
        if (!size || !stride) return;
        empty = empty || *size == 0;
        std::int64_t far = 0;
        fits = fits && *size >= 0 && *stride >= 0 &&
               !__builtin_mul_overflow(std::max<std::int64_t>(*size, 1) - 1, *stride, &far) &&
               !__builtin_add_overflow(last, far, &last);
      }
      if (!fits || (!empty && !is_below(last, followed_.bounds[0]))) {
        wrong(
            2, *offset,
            fmt::format("begins a nested tensor that leaves its {} elements", followed_.bounds[0]));
        return;
      }
    }
  }

  const Outcome& outcome_;
  const Followed& followed_;
  findings::Examination& examination_;
  std::array<std::optional<Reader>, 3> readers_;
  bool unreadable_ = false;
};

// Saturates.
std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  return a + b < a ? UINT64_MAX : a + b;
}

std::uint64_t numbers_of(const Followed& followed) {
  std::uint64_t all = 0;
  for (const Numbers& numbers : followed.numbers) {
    std::uint64_t count = 0;
    all = __builtin_mul_overflow(numbers.rows, numbers.columns, &count) ? UINT64_MAX
                                                                        : sum(all, count);
  }
  return all;
}

// How many numbers are read in all. Tensors may share a storage, but a few KB of them could have
// the same megabytes read a thousand times.
constexpr std::uint64_t kAlways = std::uint64_t{1} << 24;

std::uint64_t budget_of(const Outcome& outcome) {
  std::uint64_t elements = 0;
  for (const Storage& storage : outcome.storages) elements = sum(elements, storage.elements);
  return sum(sum(elements, elements), kAlways);
}

}  // namespace

bool check_followed(const Outcome& outcome, const OpenStorage& open, bool big_endian,
                    findings::Examination& examination) {
  bool readable = true;
  std::uint64_t budget = budget_of(outcome);
  for (const Followed& followed : outcome.followed) {
    const std::uint64_t count = numbers_of(followed);
    if (count > budget) {
      examination.add(kRepeatedWork,
                      "Sparse or nested tensors share their numbers so often that PyTorch would go "
                      "through them for very long.");
      return readable;
    }
    budget -= count;
    readable &= Check(outcome, followed, open, big_endian, examination).run();
  }
  return readable;
}

}  // namespace gh::pickle
