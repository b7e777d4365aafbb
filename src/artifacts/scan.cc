#include "artifacts/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "adapter/rules.h"
#include "artifacts/bank.h"
#include "artifacts/cached_facts.h"
#include "artifacts/clean_answers.h"
#include "artifacts/folders.h"
#include "artifacts/git.h"
#include "artifacts/kind.h"
#include "artifacts/kind_rules.h"
#include "artifacts/slot.h"
#include "artifacts/system_rules.h"
#include "artifacts/unknown_files.h"
#include "artifacts/walk.h"
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/crypto.h"

namespace gh::artifacts {

namespace {

using findings::FileReport;
using findings::Finding;
using findings::Verdict;

constexpr std::chrono::milliseconds kTick{200};

constexpr std::size_t kShownPath = 4096;  // bytes

// Results that wait for an earlier file: beyond this many no more are started. More of them where
// that one waits for its folder, which may be large.
constexpr std::size_t kLookAhead = 4096;
constexpr std::size_t kFolderAhead = 65'536;
// And no more beyond this many bytes of findings in them.
constexpr std::size_t kMostHeld = std::size_t{128} << 20;

Finding finding_of(const Rule& rule, std::string message) {
  Finding finding;
  finding.rule = &rule;
  finding.message = std::move(message);
  return finding;
}

class Scanner {
 public:
  Scanner(const ScanOptions& options, const findings::Catalogue& catalogue,
          findings::Suppressions& suppressions, findings::ReportWriter& writer,
          sandbox::Children children, Comparison comparison, std::vector<Finding> remarks)
      : options_(options),
        catalogue_(catalogue),
        suppressions_(suppressions),
        writer_(writer),
        children_(std::move(children)),
        comparison_(std::move(comparison)),
        tally_(options.fail_on) {
    for (Finding& remark : remarks) tally_.add(std::move(remark));
  }

  Result<findings::Tally> run(const std::function<bool(const Progress&)>& progress) {
    for (const std::string& path : options_.paths) {
      root_ = path;
      prefix_ = options_.paths.size() > 1 ? path : "";
      while (prefix_.size() > 1 && prefix_.ends_with('/')) prefix_.pop_back();
      Walk walk(path, options_.exclude, options_.report_is_new ? options_.report : std::nullopt);
      folders_ = {};
      bool has_file = false;
      for (bool more = true; more || !slots_.empty();) {
        while (more && children_.running() < options_.jobs && has_room()) {
          start_folders();
          std::optional<Found> found = walk.next();
          more = found.has_value();
          if (!found) continue;
          has_file |= found->what != Found::What::folder;
          if (is_report(*found)) {
            return fail(
                "{} is one of the files that the report is about, and would be written over: name "
                "another, or remove it if it is an old report",
                shown(found->path, found->named));
          }
          take(std::move(*found));
        }
        start_folders();
        if (children_.running() == 0 && waits_for_folder())
          settle_unknown(*slots_.front()->places.front().folder);
        children_.wait(kTick);
        start_folders();
        write_what_is_done();
        if (!progress(progress_)) return fail("stopped");
      }
      if (!has_file) without_files_.push_back(path);
    }
    finish();
    return tally_;
  }

 private:
  Slot& add_slot(const std::string& path, bool named = false) {
    auto slot = std::make_shared<Slot>();
    slot->path = path;
    slot->report.file = shown(path, named);
    slots_.push_back(slot);
    return *slot;
  }

  std::string shown(const std::string& path, bool named) const {
    if (prefix_.empty()) return escape(path, kShownPath);
    return escape(named || path == "." ? prefix_ : prefix_ + "/" + path, kShownPath);
  }

  bool is_report(const Found& found) const {
    return options_.report && found.what == Found::What::file &&
           found.file.node.state.same_file(*options_.report);
  }

  void take(Found found) {
    if (found.what == Found::What::folder) return leave_folder(found.path);
    if (found.what == Found::What::file) return take_file(std::move(found));
    Slot& slot = add_slot(found.path, found.named);
    if (!found.named && is_unseen(found.what)) folders_.add_unseen(found.path);
    if (found.what == Found::What::excluded) {
      slot.report.verdict = Verdict::excluded;
      slot.report.bytes = found.file.node.bytes;
      slot.done = true;
      return;
    }
    if (found.what == Found::What::link_inside) folders_.add_link(found.path);
    slot.report.findings.push_back(finding_of(found));
    // A link is the text that it holds.
    if (!found.target.empty()) slot.report.sha256 = hex(crypto::view(crypto::sha256(found.target)));
    settle(slot);
  }

  // A finding about the name, or that it is a link, is not made by the child: it must not go by
  // its own findings then.
  Digests digests(const std::string& path, bool linked = false) const {
    const bool noted = !suppressions_.empty();
    const bool counts = noted || options_.fail_on <= kLinkInside.severity;
    return {.all = options_.digest || is_odd_name(path) || (linked && counts),
            .noted = noted,
            .fail_on = options_.fail_on};
  }

  void take_file(Found found) {
    // What marks that a file is absent has no name that could promise something, and no folder.
    if (found.absent) return examine_file(std::move(found), "", {});
    const std::string name = name_in_folder(found.path).name;
    if (found.blob) {
      if (!cached_.is_named(found.file.node.state)) examine_file(std::move(found), name, {});
      return;
    }
    if (found.named && !found.cached) return examine_file(std::move(found), name, {});
    const FolderPlace place = folders_.add(found.path, found.file);
    if (found.linked) folders_.add_link(found.path);
    // What is odd about a path is to be said of each.
    if (found.cached && !is_odd_name(found.path) && cached_.take(known_as(found, name), place))
      return;
    examine_file(std::move(found), name, {place});
  }

  // Without places it is judged by itself.
  void examine_file(Found found, const std::string& name, std::vector<FolderPlace> places) {
    Slot& slot = add_slot(found.path, found.named);
    const std::shared_ptr<Slot> kept = slots_.back();
    const std::string git = git_place_of(found);
    const NamedFileState known = known_as(found, name);
    if (found.cached) cached_.start(slot.known_as = known, kept);
    slot.places = std::move(places);
    slot.report.bytes = found.file.node.bytes;
    if (found.linked) slot.report.findings.push_back(finding_of(found));
    slot.file = std::move(found.file);
    const Digests wanted = digests(found.path, found.linked);
    // Named by the operator, a file may be held against more.
    const Answer* answer = found.named ? nullptr : clean_.find(known);
    if (answer != nullptr && (!wanted.all || !answer->sha256.empty())) return ended(slot, *answer);
    const bool lone_config = found.named && name == kAdapterConfig;
    slot.compared = !slot.places.empty();
    children_.start(
        file_job({.descriptor = slot.file.descriptor.get(),
                  .size = slot.file.node.bytes,
                  .name = name,
                  .git = git,
                  .reference = found.reference,
                  .compared = slot.compared,
                  .adapter_limits = lone_config ? &comparison_.limits : nullptr},
                 options_.options, options_.limits, wanted),
        [this, kept, known](const sandbox::Outcome& outcome) { examined(kept, known, outcome); });
  }

  std::string git_place_of(const Found& found) const {
    return git_place(found.named ? root_ : root_ + '/' + found.path);
  }

  // A reference, or a file of git by its place, says more than the same file elsewhere.
  NamedFileState known_as(const Found& found, const std::string& name) const {
    const std::string git = git_place_of(found);
    return {found.file.node.state,
            (found.reference ? "refs/" : "") + (git.empty() ? name : ".git/" + git)};
  }

  // A child that came to no answer has no digest either: another one makes it.
  void examined(const std::shared_ptr<Slot>& slot, const NamedFileState& known,
                const sandbox::Outcome& outcome) {
    Answer answer = answer_of(outcome, catalogue_);
    note(outcome);
    if (outcome.end == sandbox::End::answered && slot->compared) clean_.keep(known, answer);
    if (outcome.end == sandbox::End::answered || outcome.end == sandbox::End::not_started)
      return ended(*slot, std::move(answer));
    children_.start(digest_job(slot->file.descriptor.get(), slot->file.node.bytes, options_.limits),
                    [this, slot, answer](const sandbox::Outcome& second) {
                      note(second);
                      Answer whole = answer;
                      Answer digested = answer_of(second, catalogue_);
                      whole.sha256 = std::move(digested.sha256);
                      if (second.end == sandbox::End::answered)
                        std::ranges::move(digested.findings, std::back_inserter(whole.findings));
                      ended(*slot, std::move(whole));
                    });
  }

  void note(const sandbox::Outcome& outcome) {
    if (!outcome.confined && outcome.end != sandbox::End::not_started) unconfined_ = true;
  }

  void ended(Slot& slot, Answer answer) {
    slot.report.kind = std::move(answer.kind);
    slot.report.sha256 = std::move(answer.sha256);
    slot.report.bytes_read = std::min(answer.bytes_read, slot.report.bytes);
    std::ranges::move(answer.findings, std::back_inserter(slot.report.findings));
    if (slot.folder != nullptr) {
      // Offsets that a folder's findings have are those in an adapter's weights.
      for (Finding& finding : slot.report.findings)
        if (finding.offset && finding.member.empty())
          finding.member = name_of_weights(slot.folder->adapter);
      if (has_changed(*slot.folder, comparison_))
        slot.report.findings.push_back(
            finding_of(kChanged, "a file of its adapter, tokenizer or base is another now"));
      slot.hidden = slot.report.findings.empty() && answer.numbers.empty();
      slot.folder->let_go();
    } else {
      if (has_changed(slot.file))
        slot.report.findings.push_back(finding_of(kChanged, "its size or time is another now"));
      ++progress_.files;
      progress_.bytes += slot.report.bytes;
    }
    for (const adapter::ModuleNumbers& numbers : answer.numbers)
      slot.report.measured.push_back(measured_of(numbers));
    for (const FolderPlace& place : slot.places) place.settle(answer.facts);
    cached_.end(slot.known_as, std::move(answer.facts));
    slot.file = {};
    slot.examined = true;
    held_ += slot.held = bytes_of(slot.report);
    if (!unknown_.keep(slot)) settle(slot);
  }

  // Whether everything waits for what a folder's other files say of one.
  bool waits_for_folder() const {
    return !slots_.empty() && slots_.front()->examined && !slots_.front()->done;
  }

  bool has_room() const {
    return slots_.size() < (waits_for_folder() ? kFolderAhead : kLookAhead) && held_ < kMostHeld;
  }

  void settle_unknown(const FolderState& folder) {
    for (Slot* slot : unknown_.take(folder)) settle(*slot);
  }

  // Everything is known: the verdict.
  void settle(Slot& slot) {
    FileReport& report = slot.report;
    if (is_odd_name(slot.path))
      report.findings.push_back(
          finding_of(kOddName, fmt::format("is named {}", escape(slot.path))));
    report.verdict = findings::judge(report.findings, options_.fail_on);
    suppressions_.apply(report, options_.fail_on);
    report.allowed |= report.verdict == Verdict::unsupported &&
                      matches_any(options_.allow_unsupported, slot.path);
    slot.done = true;
  }

  void leave_folder(const std::string& path) {
    std::shared_ptr<FolderState> folder = folders_.leave(path);
    if (folder == nullptr) return;
    has_adapter_ |= folder->adapter.config.descriptor.valid();
    add_slot(path).folder = std::move(folder);
    waiting_.push_back(slots_.back());
  }

  void start_folders() {
    std::erase_if(waiting_, [this](const std::shared_ptr<Slot>& slot) {
      if (slot->folder->pending > 0) return false;
      settle_unknown(*slot->folder);
      if (slot->folder->too_much) {
        slot->report.findings.push_back(
            finding_of(kTooMuch, "its files state more than can be held against each other"));
        slot->folder->let_go();
        settle(*slot);
        return true;
      }
      if (!worth_comparing(*slot->folder)) {
        slot->folder->let_go();
        slot->hidden = slot->done = true;
        return true;
      }
      if (children_.running() >= options_.jobs) return false;
      children_.start(folder_job(*slot->folder, comparison_, options_.limits, digests(slot->path)),
                      [this, slot](const sandbox::Outcome& outcome) {
                        note(outcome);
                        ended(*slot, answer_of(outcome, catalogue_));
                      });
      return true;
    });
  }

  void write_what_is_done() {
    for (; !slots_.empty() && slots_.front()->done; slots_.pop_front()) {
      const Slot& slot = *slots_.front();
      held_ -= slot.held;
      if (slot.hidden) continue;
      tally_.add(slot.report);
      writer_.file(slot.report);
    }
  }

  void finish() {
    if (unconfined_) tally_.add(finding_of(kNoFilter, std::string(kNoFilter.title)));
    if (!has_adapter_ && !(options_.base.empty() && options_.bank.empty())) {
      tally_.add(
          finding_of(adapter::kNothingToCompare,
                     fmt::format("{} was given, and no folder with {} was found",
                                 options_.base.empty() ? "--bank" : "--base", kAdapterConfig)));
    }
    if (tally_.files() > 0)
      for (const std::string& path : without_files_)
        tally_.add(finding_of(kNothingThere, escape(path, kShownPath)));
    for (Finding& remark : suppressions_.remarks()) tally_.add(std::move(remark));
    writer_.end(tally_);
  }

  const ScanOptions& options_;
  const findings::Catalogue& catalogue_;
  findings::Suppressions& suppressions_;
  findings::ReportWriter& writer_;
  sandbox::Children children_;
  Comparison comparison_;
  findings::Tally tally_;
  Progress progress_;
  std::string root_;                        // the path that is walked, as it was given
  std::string prefix_;                      // of shown paths, when several were asked for
  std::vector<std::string> without_files_;  // of the paths
  bool unconfined_ = false;
  bool has_adapter_ = false;
  Folders folders_;
  CachedFacts cached_;
  std::size_t held_ = 0;  // bytes of findings in `slots_`
  CleanAnswers clean_;
  std::deque<std::shared_ptr<Slot>> slots_;     // in the order of the report
  UnknownFiles unknown_;                        // all in `slots_`
  std::vector<std::shared_ptr<Slot>> waiting_;  // folders whose files are not all known
};

}  // namespace

Result<findings::Tally> scan(const ScanOptions& options, const findings::Catalogue& catalogue,
                             findings::Suppressions& suppressions, findings::ReportWriter& writer,
                             const std::function<bool(const Progress&)>& progress) {
  prepare_children();
  auto children = sandbox::Children::make(kMaxAnswer);
  if (!children) return std::unexpected(children.error());
  auto comparison = open_comparison(options.base);
  if (!comparison) return std::unexpected(comparison.error());
  comparison->limits = options.adapter;
  comparison->statistics = options.options.statistics || !options.bank.empty();
  std::vector<Finding> remarks;
  if (!options.bank.empty()) {
    auto bank = measure_bank(options.bank, options.jobs, options.limits, catalogue, *children);
    if (!bank) return std::unexpected(bank.error());
    comparison->bank = std::move(bank->numbers);
    remarks = std::move(bank->remarks);
  }
  return Scanner(options, catalogue, suppressions, writer, std::move(*children),
                 std::move(*comparison), std::move(remarks))
      .run(progress);
}

}  // namespace gh::artifacts
