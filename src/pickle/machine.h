#pragma once
// The abstract interpreter: stack, marks, memo, protocol and frame as C `_pickle` has them, values
// only as far as they decide what is imported, called and changed. Every finding about a stream of
// opcodes is made here or below.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pickle/arrays.h"
#include "pickle/calls.h"
#include "pickle/dtypes.h"
#include "pickle/entries.h"
#include "pickle/hashes.h"
#include "pickle/lexer.h"
#include "pickle/memo.h"
#include "pickle/pickle.h"
#include "pickle/report.h"
#include "pickle/storages.h"
#include "pickle/values.h"

namespace gh::pickle {

struct ImportedName {
  std::string_view module, name;

  bool operator==(const ImportedName&) const = default;
};

// Only after a finding; what happens to it needs no other.
inline bool is_lost(Value value) {
  return value.is(Kind::unknown) || value.is(Kind::refused);
}

class Machine {
 public:
  static constexpr std::uint64_t kOpcodes = 500'000'000;
  static constexpr std::size_t kStack = std::size_t{1} << 22;  // values, and as many marks

  // What becomes of the bytes that joblib puts between opcodes: joblib passes over them, a plain
  // loader would run them.
  enum class ArrayBytes : std::uint8_t {
    passed_over,
    run,
    tried,  // run, in bytes that may be none: what every loader refuses ends it without a finding
  };

  Machine(Lexer& lexer, Layout layout, Profile profile, ArrayBytes array_bytes,
          findings::Examination& examination, std::uint64_t most_opcodes = kOpcodes);

  // Before `run`: that the tensors of a dictionary are kept.
  void keep_entries() {
    values_.keep_all_strides();
    entries_.emplace(values_, storages_);
  }
  // After it, of the dictionary that the pickle gave.
  std::optional<std::vector<NamedTensor>> take_entries();

  // Follows one pickle to its STOP; false where a loader, or this machine, cannot go on.
  bool run();

  // Of the pickle that `run` followed.
  Value result() const { return result_; }
  std::uint64_t opcodes() const { return opcodes_ - opcodes_before_; }
  // Whether it imported anything that could exist, or called, so far; for telling pickles from
  // other bytes.
  bool acted() const { return imported_ || called_ || built_; }
  bool imported() const { return imported_; }
  bool called() const { return called_; }  // what it imported or made
  bool built() const { return built_; }    // gave a state to something
  // Opcodes that a loader goes past, other than imports; after `run`.
  std::uint64_t passed() const {
    const std::uint64_t others = imports_ + (failed_ ? 1 : 0);
    return opcodes() - std::min(opcodes(), others);
  }
  // Whether an import was reached that gives no name: by a code, or of values that are no text.
  bool nameless() const { return nameless_; }
  bool has_array_bytes() const { return has_array_bytes_; }
  bool has_object_arrays() const { return has_object_arrays_; }

  const Values& values() const { return values_; }
  const Storages& storages() const { return storages_; }
  Report& report() { return report_; }

 private:
  // machine.cc
  bool step();
  bool step_text(const Token& token);
  bool step_number(const Token& token);
  bool step_rare(const Token& token);
  bool stopped_reading();
  void import_cut(const Token& token);
  bool stop();
  void tell_refused_opcode();
  void pass_frame_end();
  void enter_frame();
  void set_protocol();
  bool broken(std::string_view what);
  bool limit(const findings::Rule& rule, std::string_view what);
  bool push(Value value) {
    if (stack_.size() == stack_.capacity()) [[unlikely]]
      return grow(value);
    stack_.push_back(value);
    return true;
  }
  bool grow(Value value);
  bool pop();
  bool get(std::uint64_t index);
  bool duplicate();
  bool put(std::uint64_t index);
  // How many values lie above the last MARK.
  std::size_t above_mark() const { return stack_.size() - fence(); }
  std::size_t fence() const { return marks_.empty() ? 0 : marks_.back(); }
  // Removes the last MARK; false, and broken, without one. `from` is the first value above it.
  bool take_mark(std::size_t& from);
  std::span<const Value> above(std::size_t from) const { return std::span(stack_).subspan(from); }
  bool replace_above(std::size_t from, Value value) {
    stack_.resize(from);
    return push(value);
  }
  bool make_tuple(std::size_t count);

  bool is_tried() const { return array_bytes_ == ArrayBytes::tried; }

  // imports.cc
  Value import(const std::string& module, const std::string& name);
  Value refuse_import(const ImportedName& written, const ImportedName& current);
  Value import_of_long(const Token& token);
  Value import_of_forgotten(std::string_view what);
  bool stack_global();

  // work.cc: what it takes.
  void hash(Value key);  // an element of a set, too
  void tell_hashes(Hashes::Verdict verdict);
  void weigh(Value callable, Value arguments);
  void weigh(Value state);
  void spend(std::uint64_t steps);
  std::uint64_t steps_through(Value argument, bool hashed);
  std::uint64_t foreseen_in(Value argument);

  // effects.cc: what a value or a call does.
  bool make_container(Kind kind, std::size_t from);
  bool append(std::size_t from);
  bool set_items(std::size_t from);
  bool add_items(std::size_t from);
  void fill(Value target, std::span<const Value> elements);
  void tell_late(Value target);
  void set_items(Value target, std::span<const Value> items);
  bool build();
  void build_state(Value target, Value state);
  void tell_state(Value target, Value state);
  bool pass_array(Value state);
  bool array_of_objects();
  Value call(Value callable, Value arguments, bool instantiate);
  bool call_top(bool instantiate);
  bool call_above_mark(Value callable, std::size_t from);
  bool newobj_with_names();

  Lexer& lexer_;
  Profile profile_;
  Report report_;
  Values values_;
  Storages storages_;
  Dtypes dtypes_;
  Calls calls_;
  ArrayState array_state_;
  std::optional<Entries> entries_;

  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  Memo memo_;
  std::uint64_t frame_end_ = UINT64_MAX;
  Value result_;
  std::uint64_t opcodes_ = 0;
  std::uint64_t opcodes_before_ = 0;
  std::array<bool, 256> quiet_{};  // opcodes that need no finding, or have had it
  bool imported_ = false;
  bool called_ = false;
  bool built_ = false;
  bool nameless_ = false;
  bool failed_ = false;  // at the last opcode, which was no import
  std::uint64_t imports_ = 0;
  Hashes hashes_;
  Work work_;
  std::uint64_t most_opcodes_;
  ArrayBytes array_bytes_;
  bool has_far_entries_ = false;  // in the memo, which does not keep them
  bool has_array_bytes_ = false;
  bool has_object_arrays_ = false;
  bool nested_ = false;               // in an array of objects
  std::uint64_t wrappers_built_ = 0;  // the number of the latest one
};

}  // namespace gh::pickle
