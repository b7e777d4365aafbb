// Unpickling what is no pickle, to see how far it goes.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "pickle/lexer.h"
#include "pickle/machine.h"
#include "pickle/pickle.h"
#include "pickle/stream_rules.h"
#include "source/reader.h"

namespace gh::pickle {

namespace {

constexpr std::uint64_t kMostRead = std::uint64_t{64} << 20;  // bytes; as many opcodes
constexpr int kPickles = 10'000;

// Bytes of another source, up to so many of them.
class Metered final : public source::Source {
 public:
  Metered(source::Source& whole, std::uint64_t most) : whole_(whole), left_(most) {}

  std::uint64_t size() const override { return whole_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
    const auto granted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_));
    cut_ = cut_ || granted < into.size();
    left_ -= granted;
    return whole_.read_at(offset, into.first(granted));
  }
  const std::optional<Error>& error() const override { return whole_.error(); }

  bool cut() const { return cut_; }

 private:
  source::Source& whole_;
  std::uint64_t left_;
  bool cut_ = false;
};

bool is_of_group(const findings::Rule& rule, char group) {
  return rule.id.starts_with("PKL-") && rule.id[4] == group;
}

// A name that no text has by chance; and frames that lie across each other, where C's loader drops
// bytes that it has read, so that what it runs is not what was followed.
bool is_certain(const findings::Rule& rule) {
  return (is_of_group(rule, '1') && rule.severity == findings::Severity::critical) ||
         &rule == &kFrameNested || &rule == &kFrameCrossed;
}

// What of the findings says that it acts: they are the file's, if it does.
void pass_on(const findings::Examination& found, findings::Examination& examination) {
  const auto tells = [](const findings::Rule& rule) {
    return is_of_group(rule, '1') || is_of_group(rule, '2') || is_certain(rule);
  };
  for (const findings::Finding& finding : found.findings())
    if (tells(*finding.rule))
      examination.add(*finding.rule, finding.message, {.offset = finding.offset});
  constexpr std::uint64_t kKept = findings::Examination::kKeptPerRule;
  for (const findings::Rule* const rule : rules())
    if (tells(*rule))
      examination.add_count(*rule, found.count(*rule) - std::min(found.count(*rule), kKept));
}

// Opcodes that are there, by the first byte alone: most files end here.
bool begins(source::Source& source, Opcode& first) {
  std::array<char, 1> byte{};
  if (source.read_at(0, byte) != 1) return false;
  first = static_cast<Opcode>(static_cast<unsigned char>(byte[0]));
  return facts(first).argument != Argument::unknown;
}

}  // namespace

Attempt attempt(source::Source& source, Profile profile, bool lines,
                findings::Examination& examination) {
  Opcode first{};
  if (!begins(source, first)) return {};
  // No loader goes on behind it that is not made for texts as persistent ids; PyTorch's are tuples.
  lines = lines || first == Opcode::persid;

  Metered metered(source, kMostRead);
  source::Reader reader(metered);
  Lexer lexer(reader);
  findings::Examination found(0);
  Machine machine(lexer, Layout::stream, profile, Machine::ArrayBytes::tried, found, kMostRead);
  bool imported = false;
  bool called = false;
  bool stopped = true;
  for (int count = 0; stopped && count < kPickles && lexer.left() > 0; ++count) {
    stopped = machine.run();
    imported = imported || machine.imported();
    called = called || machine.called();
  }
  bool certain = false;
  bool limited = metered.cut() || (stopped && lexer.left() > 0);
  for (const findings::Finding& finding : found.findings()) {
    imported = imported || is_of_group(*finding.rule, '1');
    certain = certain || is_certain(*finding.rule);
    limited = limited || is_of_group(*finding.rule, '4');
  }
  const bool acts = certain || (imported && (called || !lines));
  if (!acts) return {.acts = false, .open = limited};
  pass_on(found, examination);
  return {.acts = true, .open = false};
}

}  // namespace gh::pickle
