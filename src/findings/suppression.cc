#include "findings/suppression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/encoding.h"
#include "base/text.h"

namespace gh::findings {

namespace {

constexpr Rule kExpired = {
    .id = "SUP-001",
    .severity = Severity::low,
    .effect = Effect::finding,
    .title = "an accepted finding has expired",
    .why = "The day until which the finding was accepted is over, so it counts again.",
    .fix = "Look at the file again; write a new day and reason, or remove the entry.",
};
constexpr Rule kUnmatched = {
    .id = "SUP-002",
    .severity = Severity::info,
    .effect = Effect::finding,
    .title = "an accepted finding was not found",
    .why =
        "No file with that digest has such a finding: the file has changed or is gone, and the "
        "entry has no effect.",
    .fix = "Remove the entry, so that the list holds what is really accepted.",
};
constexpr std::array<const Rule*, 2> kRules = {&kExpired, &kUnmatched};

// "2027-01-31"
std::optional<std::chrono::sys_days> day_from(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [](std::string_view digits, auto& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (!number(text.substr(0, 4), year) || !number(text.substr(5, 2), month) ||
      !number(text.substr(8, 2), day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

}  // namespace

std::span<const Rule* const> suppression_rules() {
  return kRules;
}

class Suppressions::Parser {
 public:
  Parser(const Catalogue& catalogue, WallTime now)
      : catalogue_(catalogue),
        today_(std::chrono::floor<std::chrono::days>(
            std::chrono::sys_seconds(std::chrono::seconds(now.seconds())))) {}

  std::vector<Entry> read(const yaml::Node& root) {
    std::vector<Entry> entries;
    check_keys(root, kTopLevel);
    if (const yaml::Node* version = needed(root, "version");
        version != nullptr && version->text != "1") {
      problem(version->at, "this program reads `version: 1`");
    }
    const yaml::Node* list = needed(root, "suppressions");
    if (list != nullptr && list->kind != yaml::Kind::sequence) {
      problem(list->at, "`suppressions` is a list of entries with id, sha256, reason and expires");
    } else if (list != nullptr) {
      for (const auto& item : list->items) entries.push_back(read_entry(*item));
    }
    return entries;
  }

  std::vector<yaml::Problem> problems;

 private:
  static constexpr std::array<std::string_view, 2> kTopLevel = {"version", "suppressions"};
  static constexpr std::array<std::string_view, 4> kOfEntry = {"id", "sha256", "reason", "expires"};

  void problem(const yaml::Position& at, std::string message) {
    problems.push_back({.at = at, .message = std::move(message)});
  }

  void check_keys(const yaml::Node& node, std::span<const std::string_view> known) {
    if (node.kind != yaml::Kind::mapping) {
      return problem(node.at, "this must be a mapping: `key: value` lines");
    }
    for (const yaml::Entry& entry : node.entries) {
      if (std::ranges::find(known, entry.key) != known.end()) continue;
      const auto close = did_you_mean(entry.key, known);
      problem(entry.key_at, fmt::format("there is no setting `{}` here{}", escape(entry.key, 64),
                                        close ? fmt::format("; did you mean `{}`?", *close) : ""));
    }
  }

  const yaml::Node* needed(const yaml::Node& node, std::string_view key) {
    const yaml::Node* value = node.kind == yaml::Kind::mapping ? node.find(key) : nullptr;
    if (value == nullptr && node.kind == yaml::Kind::mapping) {
      problem(node.at, fmt::format("`{}` is missing", key));
    }
    return value;
  }

  std::string needed_text(const yaml::Node& node, std::string_view key, yaml::Position& at) {
    const yaml::Node* value = needed(node, key);
    if (value == nullptr) return {};
    at = value->at;
    if (value->kind != yaml::Kind::scalar || trim(value->text).empty()) {
      problem(value->at, fmt::format("`{}` must be a text, and not empty", key));
      return {};
    }
    return std::string(trim(value->text));
  }

  Entry read_entry(const yaml::Node& node) {
    check_keys(node, kOfEntry);
    Entry entry;
    entry.line = node.at.line;
    yaml::Position at;
    entry.id = needed_text(node, "id", at);
    if (!entry.id.empty()) {
      const Rule* rule = catalogue_.find_loosely(entry.id);
      if (rule == nullptr) {
        problem(at, fmt::format("there is no rule `{}`; `gatehouse rules list` has them all",
                                escape(entry.id, 64)));
      } else {
        entry.id = rule->id;
      }
    }
    entry.sha256 = needed_text(node, "sha256", at);
    if (!entry.sha256.empty()) {
      std::ranges::transform(entry.sha256, entry.sha256.begin(), to_lower);
      if (entry.sha256.size() != 64 || !unhex(entry.sha256)) {
        problem(at, "`sha256` is 64 hexadecimal digits, as the report of `scan` shows them");
      }
    }
    entry.reason = escape(needed_text(node, "reason", at), 400);
    entry.expires = needed_text(node, "expires", at);
    if (!entry.expires.empty()) {
      const auto day = day_from(entry.expires);
      if (day) {
        entry.expired = today_ > *day;
      } else {
        problem(at, "`expires` is a day like 2027-01-31; it is the last one on which this holds");
      }
    }
    return entry;
  }

  const Catalogue& catalogue_;
  std::chrono::sys_days today_;
};

namespace {

// What was not understood is not understood for being accepted: it passes, but not as clean.
void keep_doubt(FileReport& file) {
  const auto has = [&](Effect effect) {
    return std::ranges::any_of(file.suppressed, [effect](const Suppressed& accepted) {
      return accepted.finding.rule->effect == effect;
    });
  };
  if (has(Effect::inconclusive) || has(Effect::unexamined)) {
    file.verdict = Verdict::inconclusive;
  } else if (has(Effect::unsupported)) {
    file.verdict = Verdict::unsupported;
  }
  file.allowed = file.verdict != Verdict::clean;
}

}  // namespace

std::expected<Suppressions, std::vector<yaml::Problem>> Suppressions::parse(
    std::string_view text, const Catalogue& catalogue, WallTime now) {
  yaml::Tree tree = yaml::parse(text);
  if (!tree.problems.empty() || tree.root == nullptr) {
    return std::unexpected(std::move(tree.problems));
  }
  Parser parser(catalogue, now);
  Suppressions suppressions;
  suppressions.entries_ = parser.read(*tree.root);
  if (!parser.problems.empty()) return std::unexpected(std::move(parser.problems));
  return suppressions;
}

void Suppressions::apply(FileReport& file, Severity fail_on) {
  if (entries_.empty() || file.sha256.empty()) return;
  std::vector<Finding> kept;
  for (Finding& finding : file.findings) {
    const auto holds = [&](const Entry& candidate) {
      return candidate.sha256 == file.sha256 && candidate.id == finding.rule->id;
    };
    // What has expired may stand beside its renewal.
    auto entry = std::ranges::find_if(
        entries_, [&](const Entry& candidate) { return !candidate.expired && holds(candidate); });
    if (entry == entries_.end()) entry = std::ranges::find_if(entries_, holds);
    if (entry != entries_.end()) entry->used = true;
    if (entry == entries_.end() || entry->expired) {
      kept.push_back(std::move(finding));
      continue;
    }
    file.suppressed.push_back(
        {.finding = std::move(finding), .reason = entry->reason, .expires = entry->expires});
  }
  file.findings = std::move(kept);
  if (file.suppressed.empty()) return;
  file.verdict = judge(file.findings, fail_on);
  if (file.verdict == Verdict::clean) keep_doubt(file);
}

std::vector<Finding> Suppressions::remarks() const {
  std::vector<Finding> remarks;
  for (const Entry& entry : entries_) {
    const Rule* rule = entry.expired ? &kExpired : !entry.used ? &kUnmatched : nullptr;
    if (rule == nullptr) continue;
    Finding remark;
    remark.rule = rule;
    remark.message =
        fmt::format("{} in the file with sha256 {}, line {} of the suppression file: {}", entry.id,
                    entry.sha256, entry.line,
                    entry.expired ? "was accepted until " + entry.expires
                                  : std::string("matched nothing in this scan"));
    remarks.push_back(std::move(remark));
  }
  return remarks;
}

}  // namespace gh::findings
