#include "artifacts/bank.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "adapter/rules.h"
#include "artifacts/adapter_files.h"
#include "base/text.h"
#include "findings/report.h"

namespace gh::artifacts {

namespace {

constexpr std::size_t kMost = 4096;  // adapters
constexpr std::chrono::milliseconds kTick{200};

findings::Finding fault(std::string why) {
  findings::Finding finding;
  finding.rule = &adapter::kBankFault;
  finding.message = std::move(why);
  return finding;
}

// What vLLM would take of the folder.
Result<NamedFile> open_tensors(const std::string& folder) {
  std::string name(kAdapterWeights);
  for (const std::string_view other : kAdapterTensors) {
    if (look(AT_FDCWD, fmt::format("{}/{}", folder, other), true).kind != NodeKind::file) continue;
    name = other;
    break;
  }
  auto file = open_node(AT_FDCWD, fmt::format("{}/{}", folder, name), true);
  if (!file) return fail("{}: {}", name, file.error().message);
  return NamedFile{.name = std::move(name), .file = std::move(*file)};
}

}  // namespace

Result<Bank> measure_bank(const std::string& path, std::size_t jobs, const FileLimits& limits,
                          const findings::Catalogue& catalogue, sandbox::Children& children) {
  const auto names = names_in(path);
  if (!names) return fail("--bank {}", names.error().message);
  Bank bank;
  std::vector<Answer> answers(std::min(names->size(), kMost));
  std::vector<NamedFile> files(answers.size());
  for (std::size_t i = 0; i < names->size(); ++i) {
    const std::string& name = (*names)[i];
    if (i == kMost) {
      bank.remarks.push_back(
          fault(fmt::format("{} and what follows: the first {} of the folder were looked at",
                            escape(name, 200), kMost)));
      break;
    }
    if (look(AT_FDCWD, fmt::format("{}/{}", path, name), true).kind != NodeKind::folder) continue;
    auto file = open_tensors(fmt::format("{}/{}", path, name));
    if (!file) {
      answers[i].findings.push_back(fault(file.error().message));
      continue;
    }
    while (children.running() >= jobs) children.wait(kTick);
    files[i] = std::move(*file);
    children.start(bank_job(files[i], limits), [&, i](const sandbox::Outcome& outcome) {
      answers[i] = answer_of(outcome, catalogue);
      files[i] = {};
    });
  }
  while (children.running() > 0) children.wait(kTick);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    for (const findings::Finding& finding : answers[i].findings)
      bank.remarks.push_back(
          fault(fmt::format("{}: {}", escape((*names)[i], 200), finding.message)));
    std::ranges::move(answers[i].numbers, std::back_inserter(bank.numbers));
  }
  if (bank.numbers.empty()) {
    return fail("--bank {}: {}", escape(path),
                bank.remarks.empty()
                    ? fmt::format("no folder in it holds {}", kAdapterWeights)
                    : "no adapter in it can be used: " + bank.remarks.front().message);
  }
  return bank;
}

}  // namespace gh::artifacts
