#include "pickle/sniff.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "pickle/lexer.h"
#include "pickle/machine.h"
#include "pickle/pickle.h"
#include "source/bytes.h"
#include "source/reader.h"

namespace gh::pickle {

namespace {

constexpr int kHighestProtocol = 5;
constexpr int kTrials = 16;
// Opcodes of one trial. What has gone so far without an error is no text.
constexpr std::uint64_t kTried = 1'000'000;
// As many in a row with an import among them are none by chance.
constexpr std::uint64_t kNoChance = 3;
// That are looked at as a text, in bytes.
constexpr std::size_t kText = std::size_t{64} * 1024;

bool begins_with_protocol(std::string_view head) {
  return head.size() >= 2 && static_cast<unsigned char>(head[0]) == 0x80 && head[1] >= 0 &&
         head[1] <= kHighestProtocol;
}

// What running the bytes shows.
struct Trial {
  bool stopped = false;   // a STOP was reached
  bool cut = false;       // all bytes were fine, and there were no more
  bool limited = false;   // this machine stopped, where a loader goes on
  bool imported = false;  // or called, or built
  bool called = false;
  bool built = false;
  bool dangerous = false;  // an import that is known to be
  bool nameless = false;   // an import without a name, which bytes by chance reach later or never
  bool more = false;       // opcodes besides imports that a loader goes past
  std::uint64_t end = 0;   // offset after the STOP
};

// Most texts begin with no opcode.
bool begins_with_opcode(std::string_view begin) {
  return !begin.empty() &&
         facts(static_cast<Opcode>(static_cast<unsigned char>(begin[0]))).argument !=
             Argument::unknown;
}

Trial run(source::Source& source, std::uint64_t offset) {
  findings::Examination scratch(0);
  source::Reader reader(source, offset);
  Lexer lexer(reader);
  Machine machine(lexer, Layout::stream, Profile::data, Machine::ArrayBytes::tried, scratch,
                  kTried);
  Trial trial;
  trial.stopped = machine.run();
  trial.cut = !trial.stopped && (lexer.problem() == Lexer::Problem::truncated ||
                                 lexer.problem() == Lexer::Problem::end);
  trial.imported = machine.acted();
  trial.called = machine.called();
  trial.built = machine.built();
  trial.nameless = machine.nameless() && machine.opcodes() >= kNoChance;
  trial.more = machine.passed() > 0;
  trial.end = lexer.position();
  for (const findings::Finding& finding : scratch.findings()) {
    trial.dangerous = trial.dangerous || finding.rule->severity == findings::Severity::critical;
    trial.limited = trial.limited || finding.rule->id.starts_with("PKL-4");
  }
  return trial;
}

constexpr std::uint64_t kBegin = 16;

// What no text begins with, whatever follows.
bool imports_builtin(std::string_view bytes) {
  constexpr std::string_view kImports[] = {"c__builtin__\n", "cbuiltins\n", "ccopy_reg\n",
                                           "ccopyreg\n"};
  return std::ranges::any_of(kImports,
                             [&](std::string_view import) { return bytes.starts_with(import); });
}

// Nothing but lines of letters, digits and spaces: labels, words.
bool is_words(source::Source& source) {
  const std::string bytes = source::bytes_at(source, 0, kText);
  return std::ranges::all_of(bytes, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == ' ' || c == '\n' || c == '\r';
  });
}

// Lines as people and programs write them: labels, vocabularies, requirements.
bool is_text(std::string_view bytes) {
  return std::ranges::all_of(
      bytes, [](char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\n' || c == '\r'; });
}

}  // namespace

bool continues_as_pickle(source::Source& source, std::uint64_t offset) {
  if (begins_with_protocol(source::bytes_at(source, offset, 2))) return true;
  const Trial trial = run(source, offset);
  return trial.stopped || trial.imported || trial.limited || trial.nameless;
}

// A list of labels can be the opcodes of imports, and of giving one a state: "cow", "bus", "car",
// "train", "bird". So in words those count only when what is imported is known to be dangerous; a
// call always counts. In another text an import counts when a single opcode is beside it, before it
// or behind: hardly any text that begins like an import has one.
// A STOP without any import counts when nothing follows it, or another pickle does.
bool looks_like_pickle(source::Source& source) {
  std::uint64_t at = 0;
  for (int i = 0; i < kTrials; ++i) {
    const std::string begin = source::bytes_at(source, at, kBegin);
    if (begins_with_protocol(begin) || imports_builtin(begin)) return true;
    if (!begins_with_opcode(begin)) return false;
    const Trial trial = run(source, at);
    if (trial.dangerous || trial.called || trial.nameless || trial.limited) return true;
    if (!trial.stopped && is_words(source)) return false;
    if (trial.built) return true;
    if (trial.imported)
      return trial.stopped || trial.cut || trial.more ||
             !is_text(source::bytes_at(source, at, kText));
    if (!trial.stopped) return false;
    at = trial.end;
    if (at >= source.size()) return true;
  }
  return true;
}

}  // namespace gh::pickle
