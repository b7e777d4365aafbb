#include "pickle/pickle.h"

#include <fmt/format.h>

#include <algorithm>

#include "findings/report.h"
#include "pickle/legacy.h"
#include "pickle/lexer.h"
#include "pickle/machine.h"
#include "pickle/sniff.h"
#include "pickle/stream_rules.h"
#include "source/reader.h"

namespace gh::pickle {

namespace {

constexpr std::uint64_t kPickles = 10'000;

void tell_bytes_after(Machine& machine, std::uint64_t end, std::uint64_t left) {
  machine.report().add_at(end, kBytesAfter, fmt::format("{} bytes follow the last STOP.", left));
}

// One pickle, or as many as there are. Where one is wanted, what the file is follows from the
// first.
Outcome follow(source::Source& source, Layout layout, Lexer& lexer, Machine& machine) {
  Outcome outcome;
  const bool many = layout == Layout::stream;
  for (std::uint64_t count = 0;; ++count) {
    if (count == kPickles) {
      machine.report().add(kManyPickles, fmt::format("There are more than {} pickles.", kPickles));
      break;
    }
    const bool whole = machine.run();
    if (many || count == 0) outcome.end = lexer.position();
    if (!many && count == 0) {
      outcome.storages = machine.storages().all();
      outcome.followed = machine.storages().followed();
    }
    if (!whole) break;
    const std::uint64_t left = lexer.left();
    const bool goes_on = left != 0 && continues_as_pickle(source, lexer.position());
    const bool last = many ? !goes_on : count == 0;
    if (last) outcome.complete = true;
    if (last && left != 0) tell_bytes_after(machine, lexer.position(), left);
    if (!goes_on) break;
  }
  if (many) outcome.storages = machine.storages().all();
  return outcome;
}

// Whether bytes that joblib passes over would act for a loader that runs them.
void check_array_bytes(source::Source& source, Profile profile,
                       findings::Examination& examination) {
  findings::Examination scratch(0);
  source::Reader reader(source);
  Lexer lexer(reader);
  Machine machine(lexer, Layout::stream, profile, Machine::ArrayBytes::tried, scratch);
  follow(source, Layout::stream, lexer, machine);
  // An array of objects is a pickle, and full of imports: read with the memo of the one around it,
  // harmless names turn into others that no module has. There only what is known to act counts.
  const Severity least = machine.has_object_arrays() ? Severity::critical : Severity::high;
  const auto acts = [&](const findings::Finding& finding) {
    const std::string_view id = finding.rule->id;
    if (finding.rule->severity < least || !(id.starts_with("PKL-1") || id.starts_with("PKL-2")))
      return false;
    // What joblib does as well was said already.
    return std::ranges::none_of(examination.findings(), [&](const findings::Finding& known) {
      return known.rule == finding.rule && known.offset == finding.offset;
    });
  };
  const auto found = std::ranges::find_if(scratch.findings(), acts);
  if (found == scratch.findings().end()) return;
  examination.add(kArrayActs, fmt::format("Read by pickle.load: {}", found->message),
                  {.offset = found->offset});
}

}  // namespace

Outcome examine(source::Source& source, Layout layout, Profile profile,
                findings::Examination& examination) {
  source::Reader reader(source);
  Lexer lexer(reader);
  // joblib's files are bare; what PyTorch reads is read by a plain loader.
  const auto array_bytes =
      layout == Layout::stream ? Machine::ArrayBytes::passed_over : Machine::ArrayBytes::run;
  Machine machine(lexer, layout, profile, array_bytes, examination);
  if (layout == Layout::torch_legacy) return examine_legacy(lexer, machine);
  Outcome outcome = follow(source, layout, lexer, machine);
  if (array_bytes == Machine::ArrayBytes::passed_over && machine.has_array_bytes())
    check_array_bytes(source, profile, examination);
  return outcome;
}

std::optional<std::vector<NamedTensor>> named_tensors(source::Source& source) {
  findings::Examination own(0);
  source::Reader reader(source);
  Lexer lexer(reader);
  Machine machine(lexer, Layout::single, Profile::weights, Machine::ArrayBytes::run, own);
  machine.keep_entries();
  if (!machine.run() || lexer.left() != 0 ||
      findings::judge(own.findings(), Severity::medium) != findings::Verdict::clean)
    return std::nullopt;
  return machine.take_entries();
}

}  // namespace gh::pickle
