#include "pickle/legacy.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "pickle/stream_rules.h"
#include "source/reader.h"

namespace gh::pickle {

namespace {

constexpr std::int64_t kProtocolVersion = 1001;
constexpr std::uint64_t kCountBytes = 8;
// PROTO, perhaps FRAME, the number, STOP.
constexpr std::uint64_t kOpcodesOfNumber = 4;
// Of the first three pickles, whatever makes their values.
constexpr std::uint64_t kShort = 10'000;

bool is_number_only(const Machine& machine) {
  return !machine.acted() && machine.opcodes() <= kOpcodesOfNumber;
}

// The key list is read by itself: a list of texts and nothing else, in the opcodes that PyTorch's
// pickler writes and its weights_only reads.
class KeyList {
 public:
  explicit KeyList(Lexer& lexer) : lexer_(lexer) {}

  // False when it is anything else, or cut.
  bool read() {
    while (lexer_.next()) {
      if (lexer_.token().opcode == Opcode::stop) return listed_ && !marked_ && waiting_ == 0;
      if (!take(lexer_.token())) return false;
    }
    return false;
  }

  const std::vector<std::string>& keys() const { return keys_; }

 private:
  // What lies on the stack is the list, perhaps a MARK, and texts that wait to be appended.
  bool take(const Token& token) {
    switch (token.opcode) {
      case Opcode::proto:
        return true;
      case Opcode::mark:
        return waiting_ == 0 && !std::exchange(marked_, true);
      case Opcode::binput:
      case Opcode::long_binput:
        return marked_ ? waiting_ > 0 : listed_;
      case Opcode::appends:
        waiting_ = 0;
        return listed_ && std::exchange(marked_, false);
      case Opcode::append:
        return listed_ && !marked_ && std::exchange(waiting_, 0) == 1;
      case Opcode::empty_list:
        return !marked_ && !std::exchange(listed_, true);
      case Opcode::binunicode:
      case Opcode::short_binstring:
        if (!listed_ || !token.kept || keys_.size() == Storages::kMost) return false;
        keys_.emplace_back(token.text);
        ++waiting_;
        return true;
      default:
        return false;
    }
  }

  Lexer& lexer_;
  std::vector<std::string> keys_;
  bool listed_ = false;
  bool marked_ = false;
  std::size_t waiting_ = 0;
};

class Legacy {
 public:
  Legacy(Lexer& lexer, Machine& machine) : lexer_(lexer), machine_(machine) {}

  Outcome examine() {
    if (!magic() || !protocol() || !system() || !machine_.run()) return outcome();
    if (!key_list()) return outcome();
    outcome_.complete = true;
    storages();
    return outcome();
  }

 private:
  void refuse(const Rule& rule, std::string message) {
    machine_.report().add_at(begin_, rule, std::move(message));
  }

  // Runs the next pickle; what it leaves is judged by the caller.
  bool next() {
    begin_ = lexer_.position();
    return machine_.run();
  }

  bool magic() {
    const bool whole = next();
    if (!whole || !machine_.result().is(Kind::magic) || !is_number_only(machine_))
      refuse(kLegacyMagic, "The first pickle is not PyTorch's magic number, written as such.");
    return whole;
  }

  bool protocol() {
    const bool whole = next();
    if (whole && (machine_.result().as_integer() != kProtocolVersion || !is_number_only(machine_)))
      refuse(kLegacyHeader,
             fmt::format("The second pickle is {}, not the number {}.",
                         machine_.values().describe(machine_.result()), kProtocolVersion));
    return whole;
  }

  bool system() {
    const bool whole = next();
    if (whole && (!machine_.result().is(Kind::dict) || machine_.acted()))
      refuse(kLegacyHeader, fmt::format("The third pickle is {}, not a plain dictionary.",
                                        machine_.values().describe(machine_.result())));
    return whole;
  }

  bool key_list() {
    begin_ = lexer_.position();
    KeyList list(lexer_);
    const bool plain = list.read();
    keys_ = list.keys();
    if (plain) return keys_are_those_used();
    refuse(kLegacyKeys, "The fifth pickle is not a plain list of keys.");
    // PyTorch unpickles it like the others, whatever it is: what it imports and calls is to be
    // said.
    lexer_.rewind(begin_);
    machine_.run();
    return false;
  }

  bool keys_are_those_used() {
    std::vector<std::string> sorted = keys_;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end()) {
      refuse(kLegacyKeys, "The key list names a storage twice.");
      return false;
    }
    for (const Storage& storage : machine_.storages().all())
      if (!std::ranges::binary_search(sorted, storage.key))
        refuse(kLegacyKeys, fmt::format("The key list lacks storage '{}'.", escape(storage.key)));
    for (const std::string& key : keys_)
      if (machine_.storages().find(key) == nullptr) {
        refuse(kLegacyKeys,
               fmt::format("No tensor uses storage '{}' of the key list.", escape(key)));
        return false;
      }
    return true;
  }

  // Each: how many elements, then the elements.
  void storages() {
    for (const std::string& key : keys_) {
      begin_ = lexer_.position();
      const Storage& storage = *machine_.storages().find(key);
      std::uint64_t count = 0;
      bool counted = true;
      for (unsigned i = 0; i < kCountBytes; ++i) {
        const auto byte = lexer_.peek_byte();
        counted = counted && byte && lexer_.skip(1);
        count |= std::uint64_t{byte.value_or(0)} << (8 * i);
      }
      if (counted && count != storage.elements) {
        refuse(kLegacyStorages,
               fmt::format("Storage '{}' has {} elements, and {} by its persistent id.",
                           escape(key), count, storage.elements));
        return;
      }
      place(storage) = lexer_.position();
      std::uint64_t size = 0;
      if (!counted || __builtin_mul_overflow(count, storage.element_bytes, &size) ||
          !lexer_.skip(size)) {
        refuse(kLegacyStorages, fmt::format("The file ends inside storage '{}'.", escape(key)));
        return;
      }
    }
    begin_ = lexer_.position();
    if (const std::uint64_t left = lexer_.left(); left != 0)
      refuse(kLegacyStorages, fmt::format("{} bytes follow the last storage.", left));
  }

  // Where its elements begin.
  std::uint64_t& place(const Storage& storage) {
    const std::vector<Storage>& all = machine_.storages().all();
    places_.resize(all.size());
    return places_[static_cast<std::size_t>(&storage - all.data())];
  }

  Outcome outcome() {
    outcome_.end = lexer_.position();
    outcome_.storages = machine_.storages().all();
    for (std::size_t i = 0; i < places_.size(); ++i) outcome_.storages[i].at = places_[i];
    outcome_.followed = machine_.storages().followed();
    return std::move(outcome_);
  }

  Lexer& lexer_;
  Machine& machine_;
  Outcome outcome_;
  std::vector<std::string> keys_;
  std::vector<std::uint64_t> places_;  // of the storages
  std::uint64_t begin_ = 0;
};

}  // namespace

bool looks_like_torch_legacy(source::Source& source) {
  findings::Examination scratch(0);
  source::Reader reader(source);
  Lexer lexer(reader);
  Machine machine(lexer, Layout::torch_legacy, Profile::data, Machine::ArrayBytes::tried, scratch,
                  kShort);
  return machine.run() && machine.run() && machine.result().as_integer() == kProtocolVersion &&
         is_number_only(machine) && machine.run() && machine.result().is(Kind::dict);
}

Outcome examine_legacy(Lexer& lexer, Machine& machine) {
  return Legacy(lexer, machine).examine();
}

}  // namespace gh::pickle
