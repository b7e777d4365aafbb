#include "cli/scan.h"

#include <errno.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "artifacts/catalogue.h"
#include "artifacts/scan.h"
#include "base/text.h"
#include "cli/descriptor_limit.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "findings/report_writer.h"
#include "findings/summary.h"
#include "policy/units.h"

namespace gh::cli {
namespace {

using std::chrono::seconds;

// Where the report goes. The first error of a write is remembered, and asked for once at the end.
class Output {
 public:
  static Result<Output> open(const std::string& path) {
    if (path.empty()) return Output(stdout, "standard output");
    std::FILE* file = std::fopen(path.c_str(), "wbe");
    if (file == nullptr) return fail("--output {}: {}", escape(path), errno_text(errno));
    return Output(file, escape(path));
  }
  // At once, for who reads along through a pipe.
  void write(std::string_view text) {
    note(std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size());
    note(std::fflush(file_.get()) == 0);
  }
  bool takes_more() const { return error_ == 0; }
  // Nothing follows. An error when something did not reach the file: some say so at its end only.
  Result<> close() {
    std::FILE* file = file_.release();
    note(file == stdout || std::fclose(file) == 0);
    if (error_ == 0) return {};
    return fail("the report could not be written to {}: {}", name_, errno_text(error_));
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdout) (void)std::fclose(file);
    }
  };
  Output(std::FILE* file, std::string name) : file_(file), name_(std::move(name)) {}
  void note(bool good) {
    if (!good && error_ == 0) error_ = errno != 0 ? errno : EIO;
  }
  std::unique_ptr<std::FILE, Close> file_;
  std::string name_;
  int error_ = 0;  // of the system
};

std::size_t jobs_of(const Scan& command) {
  return command.jobs > 0 ? command.jobs : std::max(1u, std::thread::hardware_concurrency());
}

Result<artifacts::ScanOptions> options_of(const Scan& command) {
  const auto time = policy::parse_duration(command.timeout);
  if (!time || *time < seconds(1)) {
    return fail("--timeout `{}`: write a duration of at least a second, like 90s or 5m",
                escape(command.timeout, 64));
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
  std::ifstream file(command.suppress, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    complain(kUsage, fmt::format("--suppress {}: cannot be read", escape(command.suppress)));
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

}  // namespace

int run(const Scan& command) {
  const auto options = options_of(command);
  if (!options) return complain(kUsage, options.error().message);
  const findings::Catalogue catalogue = artifacts::catalogue();
  auto suppressions = suppressions_of(command, catalogue);
  if (!suppressions) return kUsage;
  auto output = Output::open(command.output);
  if (!output) return complain(kUndecided, output.error().message);
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
  if (const auto closed = output->close(); !closed)
    return complain(kUndecided, closed.error().message);
  if (!tally) return complain(kUndecided, tally.error().message);
  if (!shown) say(findings::summary_line(*tally) + '\n');
  return tally->exit_code();
}

}  // namespace gh::cli
