#include "pickle/sniff.h"

#include <algorithm>

#include "pickle/lexer.h"
#include "pickle/machine.h"
#include "pickle/pickle.h"
#include "source/reader.h"

namespace gh::pickle {

namespace {

constexpr int kHighestProtocol = 5;
constexpr int kTrials = 16;

bool begins_with_protocol(std::string_view head) {
  return head.size() >= 2 && static_cast<unsigned char>(head[0]) == 0x80 && head[1] >= 0 &&
         head[1] <= kHighestProtocol;
}

// What running the bytes shows.
struct Trial {
  bool stopped = false;   // a STOP was reached
  bool cut = false;       // all bytes were fine, and there were no more
  bool begun = false;     // an opcode was read with all of its argument
  bool limited = false;   // this machine stopped, where a loader goes on
  bool imported = false;  // or called
  bool called = false;
  bool dangerous = false;  // an import that is known to be
  std::uint64_t end = 0;   // offset after the STOP
};

Trial run(std::string_view bytes) {
  findings::Examination scratch(0);
  source::MemorySource source(bytes);
  source::Reader reader(source);
  Lexer lexer(reader);
  Machine machine(lexer, Layout::stream, Profile::data, Machine::ArrayBytes::run, scratch);
  Trial trial;
  trial.stopped = machine.run();
  trial.cut = !trial.stopped && (lexer.problem() == Lexer::Problem::truncated ||
                                 lexer.problem() == Lexer::Problem::end);
  trial.begun = machine.opcodes() > 0;
  trial.imported = machine.acted();
  trial.called = machine.called();
  trial.end = lexer.position();
  for (const findings::Finding& finding : scratch.findings()) {
    trial.dangerous = trial.dangerous || finding.rule->severity == findings::Severity::critical;
    trial.limited = trial.limited || finding.rule->id.starts_with("PKL-4");
  }
  return trial;
}

// Lines of words and numbers, as labels and vocabularies are.
bool is_list_of_words(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
           c == '-' || c == '\n' || c == '\r';
  });
}

}  // namespace

bool continues_as_pickle(std::string_view head) {
  if (begins_with_protocol(head)) return true;
  const Trial trial = run(head);
  return trial.stopped || trial.imported || trial.limited ||
         (trial.cut && head.size() >= kContinued);
}

// A list of labels can begin with the opcodes of an import: "cat\ndog\n". So among words an import
// alone counts only when what it imports is known to be dangerous, or when the bytes after it are
// opcodes as well. A STOP without any import counts when nothing follows it, or another pickle
// does.
// Where the head ends before a doubt does, it is a pickle: what comes behind it may act. One line
// that is longer than the head is no such doubt, as prose is written so too.
bool looks_like_pickle(std::string_view head) {
  const bool goes_on = head.size() >= kSniffed;
  for (int i = 0; i < kTrials; ++i) {
    if (begins_with_protocol(head)) return true;
    const Trial trial = run(head);
    if (trial.called || trial.dangerous || trial.limited || (trial.cut && trial.begun && goes_on))
      return true;
    if (trial.imported) return trial.stopped || trial.cut || !is_list_of_words(head);
    if (!trial.stopped) return false;
    head.remove_prefix(static_cast<std::size_t>(trial.end));
    if (head.empty()) return true;
  }
  return true;
}

}  // namespace gh::pickle
