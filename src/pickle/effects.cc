// What opcodes do to values: calls, and changes of containers and objects.

#include <fmt/format.h>

#include <algorithm>

#include "pickle/allowed.h"
#include "pickle/call_rules.h"
#include "pickle/import_rules.h"
#include "pickle/machine.h"
#include "pickle/stream_rules.h"

namespace gh::pickle {

// Calls.

Value Machine::call(Value callable, Value arguments, bool instantiate) {
  called_ = true;
  const auto call_text = [&] {
    return fmt::format("The stream calls {} with {}.", values_.describe(callable),
                       values_.describe_arguments(arguments));
  };
  if (callable.is(Kind::global)) weigh(callable, arguments);
  if (callable.is(Kind::global))
    return instantiate ? calls_.instantiate(callable.payload(), arguments)
                       : calls_.call(callable.payload(), arguments);
  report_.add(is_lost(callable) ? kRefusedCall : kForeignCall, call_text);
  return Value(Kind::unknown);
}

bool Machine::call_top(bool instantiate) {
  if (above_mark() < 2) return broken("there are too few values");
  const Value arguments = stack_.back();
  stack_.pop_back();
  stack_.back() = call(stack_.back(), arguments, instantiate);
  return true;
}

bool Machine::call_above_mark(Value callable, std::size_t from) {
  return replace_above(from, call(callable, values_.tuple(above(from)), false));
}

// No type on the lists takes names in __new__.
bool Machine::newobj_with_names() {
  if (above_mark() < 3) return broken("there are too few values");
  const std::size_t from = stack_.size() - 3;
  const Value callable = stack_[from];
  called_ = true;
  report_.add(is_lost(callable) ? kRefusedCall : kForeignCall, [&] {
    return fmt::format("The stream instantiates {} with {} and names.", values_.describe(callable),
                       values_.describe_arguments(stack_[from + 1]));
  });
  return replace_above(from, Value(Kind::unknown));
}

bool Machine::step_rare(const Token& token) {
  std::size_t from = 0;
  switch (token.opcode) {
    case Opcode::inst: {
      // Python's loader imports before it looks for the MARK, C the other way round.
      const Value callable = token.kept ? import(std::string(token.text), std::string(token.second))
                                        : import_of_long(token);
      return take_mark(from) && call_above_mark(callable, from);
    }
    case Opcode::obj: {
      if (!take_mark(from)) return false;
      if (from == stack_.size()) return broken("there is nothing to call");
      const Value callable = stack_[from];
      const Value result = call(callable, values_.tuple(above(from + 1)), false);
      return replace_above(from, result);
    }
    case Opcode::ext1:
    case Opcode::ext2:
    case Opcode::ext4:
      nameless_ = true;
      // Codes are registered by few, and the next opcodes show whether one is meant.
      if (is_tried()) return push(values_.refused("a name behind an extension code"));
      imported_ = true;
      report_.add(kExtensionImport, [&] {
        return fmt::format("The stream imports by extension code {}.",
                           static_cast<std::int64_t>(token.number));
      });
      return push(values_.refused("a name behind an extension code"));
    case Opcode::readonly_buffer:
      if (!is_tried()) report_.add(kOutOfBand, [] { return "The stream uses READONLY_BUFFER."; });
      return above_mark() != 0 || broken("there is no value");
    default:  // NEXT_BUFFER
      if (!is_tried()) report_.add(kOutOfBand, [] { return "The stream uses NEXT_BUFFER."; });
      return push(Value(Kind::unknown));
  }
}

// Containers.

void Machine::fill(Value target, std::span<const Value> elements) {
  if (elements.empty()) return;
  if (target.is(Kind::list)) return values_.extend(target, elements);
  std::uint8_t contents = 0;
  for (const Value element : elements) contents |= values_.contribution(element);
  values_.put_into(target, contents);
}

void Machine::set_items(Value target, std::span<const Value> items) {
  if (items.empty()) return;
  const Value metadata = values_.text("_metadata");
  // What was filled before there are any is filled with what is not known.
  const bool arrays = calls_.has_arrays();
  const bool generators = calls_.generators().are_there();
  const std::uint16_t before = arrays ? values_.contents(target) : std::uint16_t{0};
  std::uint16_t contents = 0;
  Load load;
  bool hashable = true;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const Value key = items[i];
    const Value value = items[i + 1];
    hashable = hashable && values_.is_hashable(key);
    hash(key);
    load += values_.load_by(key);
    if (key.is(Kind::big_integer)) contents |= kLongNumbers;
    contents |= values_.contribution(key);
    contents |= values_.contribution(value);
    if (key != metadata) contents |= kOtherKeys;
    if (!Values::may_name_attribute(key)) contents |= kOddKeys;
    if (!key.is_text() || !value.is(Kind::boolean))
      contents |= kNoFlag;
    else if (values_.is_text(key, "conj"))
      contents |= kConjugate;
    if (arrays) {
      contents |= array_state_.set(target, key, value, before | contents);
      dtypes_.set(target, key, value, before | contents);
    }
    if (generators) calls_.generators().set(target, key, value);
    contents |= kFilled;
  }
  if (entries_) entries_->set(target, items);
  if (values_.is_sealed(target)) tell_late(target);
  if (!hashable) broken("a key is a container that can change");
  values_.put_into(target, contents, load);
}

std::optional<std::vector<NamedTensor>> Machine::take_entries() {
  if (!entries_ || calls_.made_of_types()) return std::nullopt;
  return entries_->take(result_);
}

// What was made of the dictionary shares it.
void Machine::tell_late(Value target) {
  const bool hooks = target.is(Kind::ordered_dict);
  report_.add(hooks ? kTensorArguments : kArrayArguments, [&] {
    return fmt::format("The stream fills {} that a {} was made with.", values_.describe(target),
                       hooks ? "tensor" : "dtype");
  });
}

bool Machine::make_container(Kind kind, std::size_t from) {
  const Value made = values_.container(kind);
  const std::span<const Value> elements = above(from);
  if (kind == Kind::dict) {
    if (elements.size() % 2 != 0) return broken("a key has no value");
    set_items(made, elements);
  } else {
    if (kind == Kind::frozenset)
      for (const Value element : elements) hash(element);
    fill(made, elements);
  }
  return replace_above(from, made);
}

bool Machine::append(std::size_t from) {
  if (from <= fence()) return broken("there is nothing to append to");
  const Value target = stack_[from - 1];
  if (target.is(Kind::list))
    fill(target, above(from));
  else if (!is_lost(target))
    report_.add(kAppendTarget,
                [&] { return fmt::format("The stream appends to {}.", values_.describe(target)); });
  stack_.resize(from);
  return true;
}

bool Machine::set_items(std::size_t from) {
  if (from <= fence()) return broken("there is nothing to set items of");
  if ((stack_.size() - from) % 2 != 0) return broken("a key has no value");
  const Value target = stack_[from - 1];
  if (target.is_dict())
    set_items(target, above(from));
  else if (!is_lost(target))
    report_.add(kItemTarget, [&] {
      return fmt::format("The stream sets items of {}.", values_.describe(target));
    });
  stack_.resize(from);
  return true;
}

bool Machine::add_items(std::size_t from) {
  if (from <= fence()) return broken("there is nothing to add to");
  const Value target = stack_[from - 1];
  const std::span<const Value> elements = above(from);
  const auto hashable = [&](Value element) { return values_.is_hashable(element); };
  if (!std::ranges::all_of(elements, hashable)) broken("an element is a container that can change");
  for (const Value element : elements) hash(element);
  if (target.is(Kind::set))
    fill(target, elements);
  else if (!is_lost(target))
    report_.add(kAddTarget,
                [&] { return fmt::format("The stream adds to {}.", values_.describe(target)); });
  stack_.resize(from);
  return true;
}

// State.

bool Machine::build() {
  if (above_mark() < 2) return broken("there are too few values");
  const Value state = stack_.back();
  stack_.pop_back();
  const Value target = stack_.back();
  built_ = true;
  if (target.is(Kind::wrapper)) return pass_array(state);
  if (!is_lost(target)) build_state(target, state);
  return true;
}

void Machine::build_state(Value target, Value state) {
  const std::uint16_t contents = values_.contents(state);
  const bool callable = (values_.contribution(state) & kCallable) != 0;
  weigh(state);
  switch (target.kind()) {
    case Kind::ordered_dict:
      if (!state.is(Kind::dict) || callable || (contents & kOtherKeys) != 0)
        report_.add(kBuildAttributes, [&] {
          return fmt::format("The state of an OrderedDict is {}.",
                             state.is(Kind::dict) ? "a dict with other keys or with callables"
                                                  : values_.describe(state));
        });
      return;
    case Kind::dtype:
      if (callable || !dtypes_.set_state(target, state))
        report_.add(kArrayArguments, [&] {
          return fmt::format("The state of a dtype is {}.", values_.describe_arguments(state));
        });
      return;
    case Kind::array:
      if (callable || !calls_.is_array_state(target, state))
        report_.add(kArrayArguments, [&] {
          return fmt::format("The state of an array is {}.", values_.describe_arguments(state));
        });
      return;
    case Kind::object:
      if (!Generators::is_generator(target)) return tell_state(target, state);
      if (callable || !calls_.generators().is_state(target, state))
        report_.add(kArrayArguments, [&] {
          return fmt::format("The state of a generator of random numbers is {}.",
                             values_.describe_arguments(state));
        });
      return;
    default:
      tell_state(target, state);
  }
}

void Machine::tell_state(Value target, Value state) {
  report_.add(kBuildTarget, [&] {
    return fmt::format("The stream sets the state of {} to {}.", values_.describe(target),
                       values_.describe(state));
  });
}

// The bytes of a joblib array, which come after the BUILD of its wrapper.
bool Machine::pass_array(Value state) {
  const std::uint64_t number = stack_.back().payload();
  const bool again = number <= wrappers_built_;
  wrappers_built_ = std::max(wrappers_built_, number);
  stack_.back() = Value(Kind::array);
  has_array_bytes_ = true;
  const auto layout = array_state_.layout(values_, dtypes_, state);
  has_object_arrays_ = has_object_arrays_ || (layout && layout->objects);
  // In an array of objects a wrapper is an object as any other: that pickle is not joblib's to
  // read.
  if (array_bytes_ != ArrayBytes::passed_over || nested_) return true;
  if (state.is(Kind::dict) && (values_.contents(state) & kForeignKeys) != 0) {
    report_.add(kArrayArguments, "The state of joblib's array wrapper has keys that it never has.");
    return false;
  }
  if (!layout || again) {
    report_.add(kArrayBytes, "An array of joblib has no plain shape, dtype and wrapper.");
    return false;
  }
  if (frame_end_ != UINT64_MAX && lexer_.position() != frame_end_)
    report_.add(kFrameCrossed, "Array bytes come before the end of a frame.");
  frame_end_ = UINT64_MAX;
  if (layout->objects) return array_of_objects();
  std::uint64_t padding = 0;
  if (layout->padded) {
    const auto count = lexer_.peek_byte();
    padding = count ? std::uint64_t{1} + *count : 1;
  }
  if (lexer_.skip(padding) && lexer_.skip(layout->size)) return true;
  report_.add(kTruncated, [&] {
    return fmt::format("The stream ends inside an array of {} bytes.", layout->size);
  });
  return false;
}

// A pickle of its own between two opcodes, loaded without joblib.
bool Machine::array_of_objects() {
  auto stack = std::exchange(stack_, {});
  auto marks = std::exchange(marks_, {});
  auto memo = std::exchange(memo_, {});
  const std::uint64_t opcodes_before = opcodes_before_;
  nested_ = true;
  const bool whole = run();
  nested_ = false;
  stack_ = std::move(stack);
  marks_ = std::move(marks);
  memo_ = std::move(memo);
  opcodes_before_ = opcodes_before;
  frame_end_ = UINT64_MAX;
  imported_ = called_ = true;
  return whole;
}

}  // namespace gh::pickle
