#pragma once
// What the payloads of values refer to: short texts, the elements of tuples, and flags of
// containers. All of it lives in rings: what has been overwritten is no longer known, and whoever
// needs it refuses. Words (names of the lists, and a few more) are known for ever.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pickle/ring.h"
#include "pickle/value.h"

namespace gh::pickle {

// What is known of the contents of a container or tuple: bits.
inline constexpr std::uint8_t kFilled = 1;       // something was put in
inline constexpr std::uint8_t kComposed = 2;     // something that is no constant
inline constexpr std::uint8_t kCallable = 4;     // something that could be called, at any depth
inline constexpr std::uint8_t kOtherKeys = 8;    // of a dictionary: a key other than "_metadata"
inline constexpr std::uint8_t kUnhashable = 16;  // of a tuple: it cannot be a key
// Of a dictionary: something was made that shares it, and that was judged by its contents.
inline constexpr std::uint8_t kSealed = 32;
inline constexpr std::uint8_t kForeignKeys =
    64;  // of a dictionary: a key that joblib's wrapper lacks
// Of a dictionary: a key that cannot become an attribute of a tensor.
inline constexpr std::uint8_t kOddKeys = 128;
// Of a dictionary: an entry other than a text and a boolean; one whose text is "conj".
inline constexpr std::uint16_t kNoFlag = 256;
inline constexpr std::uint16_t kConjugate = 512;
inline constexpr std::uint16_t kAnything = 0xffff;

// Of a list or a dictionary: a call went through it; an element, or the key of a pair, is a whole
// number beyond 2^55.
inline constexpr std::uint16_t kGoneThrough = 1024;
inline constexpr std::uint16_t kLongNumbers = 2048;

// Of a list other bits, of a dictionary's, say whether it is one of pairs, or a pair itself.
inline constexpr std::uint8_t kNoPairs = 8;  // an element is no tuple or list of two
inline constexpr std::uint8_t kFirstNoKey = 16;
// An element, or the key of a pair, that nobody has the time to hash.
inline constexpr std::uint8_t kEndlessKey = 128;
inline constexpr std::uint8_t kLength = 32 | 64;      // 0 to 3; 3: or more
inline constexpr std::uint16_t kFirstForeseen = 256;  // the first: see `has_foreseen_hash`

// Of a tuple, beside the first three and `kUnhashable`: something in it whose hash Python salts, so
// that nobody can foresee the tuple's; and what hashing it costs, a class of `HashCost`.
inline constexpr std::uint8_t kSalted = 8;
inline constexpr unsigned kHashCostShift = 5;

// Of a tensor, beside what its elements are (allowed.h): that they lie in memory, by strides, and
// that these leave nothing out.
inline constexpr std::uint8_t kStrided = 128;
inline constexpr std::uint8_t kContiguous = 64;

// How much is in a list or a dictionary: what a call that goes through it takes. Each number stops
// at its greatest.
struct Load {
  std::uint32_t count = 0;     // of elements or entries
  std::uint32_t steps = 0;     // to hash all elements, keys or keys of pairs; at least as many
  std::uint16_t foreseen = 0;  // of these, what `has_foreseen_hash` says

  Load& operator+=(const Load& more);
};

class Values {
 public:
  static constexpr std::size_t kLongestTuple = 254;

  // At most 255 bytes. `beyond_latin1`: it has a character that Latin-1 lacks.
  Value text(std::string_view bytes, bool beyond_latin1 = false);
  // `characters`: none when they were not counted.
  static Value long_text(bool beyond_latin1, std::optional<std::uint64_t> characters = {});
  static Value bytes(Kind kind, std::optional<std::uint64_t> size);
  // How many bytes they are, or a text is when each character is one; none when not known.
  std::optional<std::uint64_t> size_of(Value bytes) const;
  static bool is_latin1(Value text);
  // None when it is not kept.
  std::optional<std::string> text_of(Value value) const;
  bool is_text(Value value, std::string_view text) const;

  Value tuple(std::span<const Value> elements);
  static Value empty_tuple() { return Value(Kind::tuple); }
  // None when they are not kept.
  std::optional<std::span<const Value>> elements(Value tuple) const;

  // A tensor whose shape is that tuple; `facts`: what its elements are, and `kStrided`.
  static Value tensor(Value shape, std::uint8_t facts);
  // Where one lies in memory, of whole numbers or with gaps. `bytes`: of an element.
  struct Strided {
    Value storage;
    std::uint64_t offset = 0;
    std::uint8_t bytes = 0;
    bool plain = false;  // what a storage's own type says, as it lies there
    std::span<const Value> steps;
  };
  // From now on of each tensor that has dimensions, for whoever reads its numbers.
  void keep_all_strides() { keeps_all_strides_ = true; }
  Value tensor(Value shape, const Strided& strided, std::uint8_t facts);
  // None when it is not kept, as of other tensors, or there is no dimension.
  std::optional<Strided> strided(Value tensor) const;
  static std::uint8_t facts_of(Value tensor);
  // None when it is not kept.
  std::optional<std::span<const Value>> shape_of(Value tensor) const;

  Value container(Kind kind);
  // Appends to a list.
  void extend(Value list, std::span<const Value> elements);
  // That something was put into it; nothing to do when it is no longer known.
  void put_into(Value container, std::uint16_t contents, const Load& load = {});
  // All 0 when not known.
  Load load_of(Value container) const;
  // What `element` adds to the load of what it is put into, as a key or an element.
  Load load_by(Value element) const;
  // `kAnything` when not known.
  std::uint16_t contents(Value value) const;
  void seal(Value dictionary);
  // Whether filling it is too late. What came out of the memo and is no longer known may be sealed.
  bool is_sealed(Value container) const;
  // A container as the memo gives it back: not known, for good, when it is not known by now.
  Value recalled(Value container) const {
    return contents_.at(container.payload()) == nullptr ? aged(container) : container;
  }
  // Whether it may be the name of an attribute that a tensor does not have by itself.
  static bool may_name_attribute(Value key);
  // What `element` makes of what it is put into.
  std::uint8_t contribution(Value element) const {
    const bool plain = element.kind() >= Kind::none && element.kind() <= Kind::bytes;
    return plain ? std::uint8_t{0} : contribution_of_composed(element);
  }
  // What hashing it takes, at most, in steps.
  std::uint64_t hash_cost(Value value) const;
  // Whether nobody has the time to hash it; of a list, one of its elements, or the key of a pair.
  bool has_endless_hash(Value value) const;
  // Whether whoever makes the file knows its hash, and can make many that have the same: complex
  // numbers, tuples without a text. Whole numbers are counted where they come from.
  bool has_foreseen_hash(Value value) const;
  bool is_hashable(Value value) const {
    return value.kind() < Kind::bytearray || is_hashable_composed(value);
  }

  // The same value without what it refers to, so that many of them are equal. Words, numbers and
  // allowed names stay.
  static Value aged(Value value);

  // An import that was refused, for later messages; of many the first are kept.
  Value refused(std::string name);
  bool keeps_refused() const { return refused_.size() < kRefused; }

  // For a message: `'cpu'`, `os.system`, "a tuple of 3 …". Escaped.
  std::string describe(Value value) const;
  std::string describe_arguments(Value tuple) const;

 private:
  static constexpr std::size_t kRefused = 256;

  bool keeps_strides(std::uint8_t facts) const;
  bool is_salted(Value value) const;

  using Parts = std::optional<std::span<const Value>>;  // what elements() says

  Parts sequence_of(Value value) const;
  // Neither long nor made of others: the key of nothing, and as quickly hashed as a number.
  static bool weighs_one(Value element) {
    return element.kind() < Kind::tuple && !element.is(Kind::big_integer);
  }
  // The parts of load_by, each for whoever knows the rest.
  std::uint32_t steps_by(Value element, bool endless) const;
  bool is_foreseen(Value element, const Parts& parts) const;
  bool is_pair(Value value, const Parts& parts) const;
  bool has_long_number(Value element, const Parts& parts) const;
  std::uint8_t contribution_of_composed(Value element) const;
  bool is_hashable_composed(Value value) const;

  Ring<char, std::size_t{1} << 20> texts_;  // each behind a byte with its length
  Ring<Value, std::size_t{1} << 18> elements_;
  struct Contents : Load {
    std::uint16_t flags = 0;
  };
  Ring<Contents, std::size_t{1} << 20> contents_;
  std::vector<Value> scratch_;
  std::vector<std::string> refused_;
  bool has_sealed_ = false;
  bool keeps_all_strides_ = false;
};

}  // namespace gh::pickle
