#include "cli/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "artifacts/catalogue.h"
#include "artifacts/reach.h"
#include "artifacts/scan.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/descriptor_limit.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/report_file.h"
#include "findings/report_writer.h"
#include "findings/summary.h"
#include "policy/units.h"

namespace gh::cli {
namespace {

using std::chrono::seconds;

// The time that it ends at has to be one that can be counted, too.
constexpr Duration kLongestTimeout = std::chrono::days(365);

std::size_t jobs_of(const Scan& command) {
  return command.jobs > 0 ? command.jobs : std::max(1u, std::thread::hardware_concurrency());
}

Result<artifacts::ScanOptions> options_of(const Scan& command) {
  const auto time = policy::parse_duration(command.timeout);
  if (!time) return fail("--timeout: {}", time.error().message);
  if (*time < seconds(1) || *time > kLongestTimeout) {
    return fail("--timeout `{}` is too {}: write a duration from a second to 365d, like 90s or 5m",
                escape(command.timeout, 64), *time < seconds(1) ? "short" : "long");
  }
  const auto bytes = policy::parse_bytes(command.max_bytes);
  if (!bytes) return fail("--max-bytes: {}", bytes.error().message);
  artifacts::ScanOptions options;
  options.paths = command.paths;
  options.exclude = command.exclude;
  options.allow_unsupported = command.allow_unsupported;
  options.fail_on = findings::severity_from(command.fail_on).value_or(findings::Severity::medium);
  options.jobs = jobs_of(command);
  options.digest = command.digest;
  options.options.profile =
      command.profile == "data" ? pickle::Profile::data : pickle::Profile::weights;
  options.options.statistics = command.statistics;
  options.options.read_data = command.read_data;
  options.base = command.base;
  options.bank = command.bank;
  if (command.max_lora_rank > 0) options.adapter.rank = command.max_lora_rank;
  options.adapter.scaling = command.max_lora_scaling;
  options.adapter.bases = command.allowed_bases;
  options.limits.time = std::chrono::ceil<seconds>(*time);
  options.limits.unpacked = *bytes;
  return options;
}

// Says itself what is wrong with the file.
std::optional<findings::Suppressions> suppressions_of(const Scan& command,
                                                      const findings::Catalogue& catalogue) {
  if (command.suppress.empty()) return findings::Suppressions();
  errno = 0;
  std::ifstream file(command.suppress, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    complain(kUsage, fmt::format("--suppress {}: cannot be read: {}", escape(command.suppress),
                                 errno_text(errno)));
    return std::nullopt;
  }
  auto parsed = findings::Suppressions::parse(text, catalogue, system_clock().wall());
  if (parsed) return std::move(*parsed);
  for (const yaml::Problem& problem : parsed.error()) {
    say(fmt::format("{}:{}:{}: {}\n", escape(command.suppress), problem.at.line, problem.at.column,
                    problem.message));
  }
  return std::nullopt;
}

// A model's file that was named by mistake must not become the report on it.
Result<> check_output(const Scan& command) {
  if (command.output.empty()) return {};
  const auto is_among = [&](const std::string& path, const std::vector<std::string>& exclude) {
    return !path.empty() && artifacts::is_reached(path, exclude, command.output);
  };
  const bool is_scanned = std::ranges::any_of(
      command.paths, [&](const std::string& path) { return is_among(path, command.exclude); });
  if (!is_scanned && !is_among(command.base, {}) && !is_among(command.bank, {})) return {};
  return fail(
      "--output {}: this is one of the files that the report is about; name another, or remove it "
      "if it is an old report",
      escape(command.output));
}

}  // namespace

int run(const Scan& command) {
  auto options = options_of(command);
  if (!options) return complain(kUsage, options.error().message);
  const findings::Catalogue catalogue = artifacts::catalogue();
  auto suppressions = suppressions_of(command, catalogue);
  if (!suppressions) return kUsage;
  if (const auto apart = check_output(command); !apart) {
    return complain(kUndecided, apart.error().message);
  }
  auto output = ReportFile::open(command.output);
  if (!output) return complain(kUndecided, output.error().message);
  options->report = output->state();
  options->report_is_new = output->is_new();
  raise_descriptor_limit();  // the files of a folder are open until all of them were examined
  ProgressLine line(command.quiet);
  const auto format = findings::format_from(command.format).value_or(findings::Format::text);
  const bool shown = command.output.empty();  // and no file, which has all of it
  const findings::Style style = {
      .version = GH_VERSION, .colour = shown && wants_colour(), .quiet = shown && command.quiet};
  const auto writer = findings::make_report(format, style, [&](std::string_view text) {
    line.clear();
    output->write(text);
  });
  const auto tally = artifacts::scan(
      *options, catalogue, *suppressions, *writer, [&](const artifacts::Progress& now) {
        line.show(fmt::format("{} files, {:.1f} MiB", now.files,
                              static_cast<double>(now.bytes) / (1 << 20)));
        return output->takes_more();
      });
  line.clear();
  // A report that has no end is none.
  if (!tally && output->takes_more()) return complain(kUndecided, tally.error().message);
  if (const auto closed = output->close(); !closed)
    return complain(kUndecided, closed.error().message);
  if (!tally) return complain(kUndecided, tally.error().message);
  if (!shown) say(findings::summary_line(*tally) + '\n');
  return tally->exit_code();
}

}  // namespace gh::cli
