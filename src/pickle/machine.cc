#include "pickle/machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "pickle/stream_rules.h"

namespace gh::pickle {

namespace {

constexpr int kHighestProtocol = 5;
constexpr std::size_t kFirstStack = 1024;
// PyTorch's magic number, as the argument of LONG1.
constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

// Opcodes that hide what a stream does, beyond being refused.
constexpr std::array kHiding = {Opcode::pop,  Opcode::pop_mark, Opcode::dup,
                                Opcode::inst, Opcode::obj,      Opcode::persid};
// Opcodes with a rule of their own.
constexpr std::array kOwnRule = {Opcode::ext1, Opcode::ext2, Opcode::ext4, Opcode::next_buffer,
                                 Opcode::readonly_buffer};

bool is_import(Opcode opcode) {
  return opcode == Opcode::global || opcode == Opcode::inst;
}

bool is_one_of(Opcode opcode, std::span<const Opcode> list) {
  return std::ranges::find(list, opcode) != list.end();
}

}  // namespace

Machine::Machine(Lexer& lexer, Layout layout, Profile profile, ArrayBytes array_bytes,
                 findings::Examination& examination, std::uint64_t most_opcodes)
    : lexer_(lexer),
      profile_(profile),
      report_(examination, lexer.token().at),
      storages_(values_, report_, layout),
      dtypes_(values_),
      calls_(values_, storages_, dtypes_, report_),
      array_state_(values_),
      most_opcodes_(most_opcodes),
      array_bytes_(array_bytes) {
  for (std::size_t i = 0; i < quiet_.size(); ++i) {
    // Any byte: most have no name.
    const auto opcode =
        static_cast<Opcode>(i);  // NOLINT(clang-analyzer-optin.core.EnumCastOutOfRange)
    quiet_[i] =
        profile == Profile::data || facts(opcode).in_weights_only || is_one_of(opcode, kOwnRule);
  }
}

// Part of the loop of `run`: its only caller, for every opcode.
[[gnu::always_inline]] inline bool Machine::step() {
  const Token& token = lexer_.token();
  std::size_t from = 0;
  switch (token.opcode) {
    case Opcode::mark:
      if (marks_.size() == kStack) return limit(kDeepStack, "marks");
      marks_.push_back(stack_.size());
      return true;
    case Opcode::none:
      return push(Value(Kind::none));
    case Opcode::newtrue:
      return push(Value(Kind::boolean, 1));
    case Opcode::newfalse:
      return push(Value(Kind::boolean, 0));
    case Opcode::binint1:
    case Opcode::binint2:
      return push(Value::integer(static_cast<std::int64_t>(token.number)));
    case Opcode::binint:
      return push(Value::integer(static_cast<std::int32_t>(token.number)));
    case Opcode::binfloat:
      return push(Value(Kind::real));
    case Opcode::binget:
    case Opcode::long_binget:
      return get(token.number);
    case Opcode::binput:
    case Opcode::long_binput:
      return put(token.number);
    case Opcode::memoize:
      return put(memo_.count());
    case Opcode::tuple:
      return take_mark(from) && replace_above(from, values_.tuple(above(from)));
    case Opcode::empty_tuple:
      return push(values_.tuple({}));
    case Opcode::tuple1:
      return make_tuple(1);
    case Opcode::tuple2:
      return make_tuple(2);
    case Opcode::tuple3:
      return make_tuple(3);
    case Opcode::empty_list:
      return push(values_.container(Kind::list));
    case Opcode::empty_dict:
      return push(values_.container(Kind::dict));
    case Opcode::empty_set:
      return push(values_.container(Kind::set));
    case Opcode::list:
      return take_mark(from) && make_container(Kind::list, from);
    case Opcode::dict:
      return take_mark(from) && make_container(Kind::dict, from);
    case Opcode::frozenset:
      return take_mark(from) && make_container(Kind::frozenset, from);
    case Opcode::append:
      return above_mark() < 2 ? broken("there are too few values") : append(stack_.size() - 1);
    case Opcode::appends:
      return take_mark(from) && append(from);
    case Opcode::setitem:
      return above_mark() < 3 ? broken("there are too few values") : set_items(stack_.size() - 2);
    case Opcode::setitems:
      return take_mark(from) && set_items(from);
    case Opcode::additems:
      return take_mark(from) && add_items(from);
    case Opcode::build:
      return build();
    case Opcode::reduce:
      return call_top(false);
    case Opcode::newobj:
      return call_top(true);
    case Opcode::newobj_ex:
      return newobj_with_names();
    case Opcode::global:
      return step_text(token);
    case Opcode::stack_global:
      return stack_global();
    case Opcode::pop:
      return pop();
    case Opcode::pop_mark:
      if (!take_mark(from)) return false;
      stack_.resize(from);
      return true;
    case Opcode::dup:
      return duplicate();
    case Opcode::proto:
      set_protocol();
      return true;
    case Opcode::frame:
      enter_frame();
      return true;
    case Opcode::binpersid:
      if (above_mark() == 0) return broken("there is no value");
      stack_.back() = storages_.load(stack_.back());
      return true;
    case Opcode::get:
    case Opcode::put:
    case Opcode::int_:
    case Opcode::long_:
    case Opcode::float_:
    case Opcode::long1:
    case Opcode::long4:
      return step_number(token);
    default:
      return step_text(token);
  }
}

bool Machine::run() {
  stack_.clear();
  marks_.clear();
  memo_.clear();
  frame_end_ = UINT64_MAX;
  result_ = Value(Kind::unknown);
  opcodes_before_ = opcodes_;
  imported_ = called_ = built_ = nameless_ = failed_ = false;
  imports_ = 0;
  while (lexer_.next()) {
    const Token& token = lexer_.token();
    if (++opcodes_ > most_opcodes_) return limit(kManyOpcodes, "opcodes");
    if (!quiet_[static_cast<std::size_t>(token.opcode)]) tell_refused_opcode();
    if (lexer_.position() > frame_end_) pass_frame_end();
    if (token.opcode == Opcode::stop) return stop();
    const std::uint64_t imports = imports_;
    if (!step()) {
      failed_ = imports_ == imports;
      return false;
    }
  }
  return stopped_reading();
}

bool Machine::stopped_reading() {
  const Token& token = lexer_.token();
  switch (lexer_.problem()) {
    case Lexer::Problem::unknown_opcode:
      report_.add(kUnreadable, [&] {
        return fmt::format("There is no opcode {:#04x}.", static_cast<unsigned>(token.opcode));
      });
      break;
    case Lexer::Problem::bad_argument:
      report_.add(kUnreadable,
                  fmt::format("No loader reads the argument of {}.", facts(token.opcode).name),
                  token.text);
      break;
    case Lexer::Problem::truncated:
      report_.add(kTruncated, [&] {
        return fmt::format("The stream ends inside {}.", facts(token.opcode).name);
      });
      if (is_import(token.opcode) && token.cut_name) import_cut(token);
      break;
    default:
      report_.add(kTruncated, "The stream ends without STOP.");
  }
  return false;
}

// Only a loader in Python takes it; for telling pickles from text it is no import.
void Machine::import_cut(const Token& token) {
  const bool imported = imported_;
  import(std::string(token.text), std::string(token.second));
  imported_ = imported;
}

bool Machine::broken(std::string_view what) {
  report_.add(kBroken,
              [&] { return fmt::format("{}: {}.", facts(lexer_.token().opcode).name, what); });
  return false;
}

bool Machine::grow(Value value) {
  if (stack_.size() == kStack) return limit(kDeepStack, "values on the stack");
  stack_.reserve(std::clamp(2 * stack_.size(), kFirstStack, kStack));
  stack_.push_back(value);
  return true;
}

bool Machine::limit(const findings::Rule& rule, std::string_view what) {
  report_.add(rule, [&] { return fmt::format("The limit of {} is reached.", what); });
  return false;
}

void Machine::tell_refused_opcode() {
  const Opcode opcode = lexer_.token().opcode;
  quiet_[static_cast<std::size_t>(opcode)] = true;
  const std::string_view name = facts(opcode).name;
  if (is_one_of(opcode, kHiding))
    report_.add(kHidingOpcode, [&] { return fmt::format("The stream uses {}.", name); });
  else
    report_.add(kOtherProtocol,
                [&] { return fmt::format("PyTorch's weights_only refuses the opcode {}.", name); });
}

void Machine::pass_frame_end() {
  if (lexer_.token().at < frame_end_)
    report_.add(kFrameCrossed, [&] {
      return fmt::format("{} crosses the end of its frame at offset {}.",
                         facts(lexer_.token().opcode).name, frame_end_);
    });
  frame_end_ = UINT64_MAX;
}

void Machine::enter_frame() {
  const std::uint64_t position = lexer_.position();
  if (frame_end_ != UINT64_MAX && position < frame_end_)
    report_.add(kFrameNested, [&] {
      return fmt::format("A frame begins inside the one that ends at offset {}.", frame_end_);
    });
  const std::uint64_t size = lexer_.token().number;
  const std::uint64_t left = lexer_.left();
  if (size > left)
    report_.add(kFrameTooLong,
                [&] { return fmt::format("A frame of {} bytes has {} bytes left.", size, left); });
  frame_end_ = size > left ? UINT64_MAX : position + size;
}

void Machine::set_protocol() {
  const std::uint64_t protocol = lexer_.token().number;
  if (protocol > kHighestProtocol)
    report_.add(kProtocolUnknown,
                [&] { return fmt::format("The stream states protocol {}.", protocol); });
  if (opcodes() != 1)
    report_.add(kProtocolAgain, [&] {
      return fmt::format("Protocol {} is stated as opcode {} of the stream.", protocol, opcodes());
    });
}

bool Machine::stop() {
  if (above_mark() == 0) {
    failed_ = true;
    return broken("there is no value");
  }
  if (frame_end_ != UINT64_MAX && lexer_.position() != frame_end_)
    report_.add(kFrameCrossed, [&] {
      return fmt::format("STOP comes before the frame's end at offset {}.", frame_end_);
    });
  result_ = stack_.back();
  return true;
}

bool Machine::take_mark(std::size_t& from) {
  if (marks_.empty()) return broken("there is no MARK");
  from = marks_.back();
  marks_.pop_back();
  return true;
}

// As C has it: a MARK on top goes like a value.
bool Machine::pop() {
  if (!marks_.empty() && marks_.back() == stack_.size()) {
    marks_.pop_back();
    return true;
  }
  if (above_mark() == 0) return broken("there is no value");
  stack_.pop_back();
  return true;
}

bool Machine::get(std::uint64_t index) {
  const Value value = memo_.get(index);
  if (value.is(Kind::absent) && has_far_entries_ && index >= Memo::kEntries)
    return push(Value(Kind::unknown));
  if (value.is(Kind::absent)) return broken(fmt::format("nothing was memoized as {}", index));
  return push(value.is_container() ? values_.recalled(value) : value);
}

// No pickler writes two of a container: what becomes of the one is not followed to the other.
bool Machine::duplicate() {
  if (above_mark() == 0) return broken("there is no value");
  const Value value = stack_.back();
  return push(value.is_container() ? Values::aged(value) : value);
}

bool Machine::put(std::uint64_t index) {
  if (above_mark() == 0) return broken("there is no value");
  if (memo_.put(index, stack_.back())) return true;
  // "Nr. 5" is one, too: what follows tells a text from a pickle.
  has_far_entries_ = is_tried();
  return has_far_entries_ || limit(kManyEntries, "memo entries");
}

bool Machine::make_tuple(std::size_t count) {
  if (above_mark() < count) return broken("there are too few values");
  const std::size_t from = stack_.size() - count;
  return replace_above(from, values_.tuple(above(from)));
}

bool Machine::step_number(const Token& token) {
  if (token.odd_number)
    report_.add(kOddNumber, [&] {
      return fmt::format("{} writes its number oddly.", facts(token.opcode).name);
    });
  if (token.opcode == Opcode::get) return get(token.number);
  if (token.opcode == Opcode::put) return put(token.number);
  if (token.opcode == Opcode::float_) return push(Value(Kind::real));
  if (token.opcode == Opcode::int_ && token.boolean)
    return push(Value(Kind::boolean, token.integer == 1 ? 1 : 0));
  if (token.opcode == Opcode::long1 && token.text == kMagic) return push(Value(Kind::magic));
  const Value number =
      token.integer ? Value::integer(*token.integer) : Value(Kind::big_integer, token.length);
  // Wherever it goes, as what is made of a list may be a set. Once: the same one again is equal.
  if (number.is(Kind::big_integer)) tell_hashes(hashes_.add(0, 1));
  return push(number);
}

// What has text or bytes as its argument.
bool Machine::step_text(const Token& token) {
  switch (token.opcode) {
    case Opcode::string:
    case Opcode::binstring:
    case Opcode::short_binstring:
      if (token.not_utf8 && profile_ == Profile::weights)
        report_.add(kTextBytes, [&] {
          return fmt::format("The text of {} is not UTF-8.", facts(token.opcode).name);
        });
      if (token.not_utf8) return push(Values::long_text(false, token.characters));
      [[fallthrough]];
    case Opcode::binunicode:
    case Opcode::short_binunicode:
    case Opcode::binunicode8:
    case Opcode::unicode:
      return push(token.kept ? values_.text(token.text, token.beyond_latin1)
                             : Values::long_text(token.beyond_latin1, token.characters));
    case Opcode::bytearray8:
      return push(Values::bytes(Kind::bytearray, token.length));
    case Opcode::binbytes:
    case Opcode::short_binbytes:
    case Opcode::binbytes8:
      return push(Values::bytes(Kind::bytes, token.length));
    case Opcode::persid:
      return push(storages_.load(values_.text(token.text)));
    case Opcode::global:
      if (!token.kept) return push(import_of_long(token));
      return push(import(std::string(token.text), std::string(token.second)));
    default:
      return step_rare(token);
  }
}

}  // namespace gh::pickle
