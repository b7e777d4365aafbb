// What keys and calls take of a loader's time.

#include <fmt/format.h>

#include "pickle/allowed.h"
#include "pickle/machine.h"
#include "pickle/stream_rules.h"

namespace gh::pickle {

namespace {

// Of what is made of them, hashes are computed.
bool makes_keys(Role role) {
  return role == Role::set || role == Role::ordered_dict || role == Role::counter;
}

}  // namespace

void Machine::hash(Value key) {
  if (key.is_text()) return;
  // Of data there are many pairs of numbers, as edges and places.
  const bool foreseen = profile_ == Profile::weights && values_.has_foreseen_hash(key);
  tell_hashes(hashes_.add(values_.hash_cost(key), foreseen ? 1 : 0));
}

void Machine::tell_hashes(Hashes::Verdict verdict) {
  if (verdict == Hashes::Verdict::endless)
    report_.add(kEndlessHashes, "Keys of the stream are tuples within tuples, or very long.");
  if (verdict == Hashes::Verdict::foreseen)
    report_.add(kForeseenHashes,
                fmt::format("The stream has more than {} of them.", Hashes::kMostForeseen));
}

// Steps of a call that goes through all of an argument; of a tuple, through what is in it.
std::uint64_t Machine::steps_through(Value argument, bool hashed) {
  if (argument.is_container()) {
    const Load load = values_.load_of(argument);
    return hashed ? load.steps : load.count;
  }
  // Numbers in decimal, and back: each digit by all others.
  if (argument.is(Kind::big_integer)) return argument.payload() * argument.payload() / 64;
  if (argument.is(Kind::tuple) && hashed) return values_.hash_cost(argument);
  const bool is_short = argument.is(Kind::text) || argument.is(Kind::numeral);
  return is_short ? 0 : values_.size_of(argument).value_or(0);
}

// What is in it that has a hash which whoever made the file could foresee. A pickler makes a list
// for one call: of another one the numbers count again, and pairs in data, too.
std::uint64_t Machine::foreseen_in(Value argument) {
  if (argument.is_container()) {
    const Load load = values_.load_of(argument);
    const std::uint16_t contents = values_.contents(argument);
    values_.put_into(argument, kGoneThrough);
    const bool again = (contents & kGoneThrough) != 0;
    if (again && (contents & kLongNumbers) != 0) return load.count;
    return again || profile_ == Profile::weights ? load.foreseen : 0;
  }
  if (!argument.is(Kind::tuple)) return 0;
  const auto elements = values_.elements(argument);
  if (!elements) return values_.hash_cost(argument);
  std::uint64_t foreseen = 0;
  for (const Value element : *elements)
    foreseen += element.is(Kind::big_integer) || values_.load_by(element).foreseen != 0 ? 1U : 0U;
  return foreseen;
}

void Machine::weigh(Value callable, Value arguments) {
  const auto given = values_.elements(arguments);
  if (!given || work_.told()) return;
  const bool hashed = makes_keys(name_of(callable.payload()).role);
  std::uint64_t steps = 0;
  for (const Value argument : *given) {
    steps += steps_through(argument, hashed);
    if (hashed) tell_hashes(hashes_.add(0, foreseen_in(argument)));
    // States, and what another function is called with.
    if (const auto inside = hashed ? std::nullopt : values_.elements(argument)) {
      steps += inside->size();
      for (const Value element : *inside) steps += steps_through(element, false);
    }
  }
  spend(steps);
}

void Machine::weigh(Value state) {
  if (work_.told()) return;
  std::uint64_t steps = steps_through(state, false);
  if (const auto parts = values_.elements(state))
    for (const Value part : *parts) steps += steps_through(part, false);
  spend(steps);
}

void Machine::spend(std::uint64_t steps) {
  if (!work_.add(steps, lexer_.position())) return;
  report_.add(kRepeatedWork,
              fmt::format("Up to offset {} calls and states have more than {} elements and bytes.",
                          lexer_.position(), Work::kMost));
}

}  // namespace gh::pickle
