#include "policy/report.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/text.h"

namespace gh::policy {

std::uint32_t Report::add_file(std::string name) {
  files_.push_back(std::move(name));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

void Report::effective(std::string path, std::string value, std::string origin) {
  if (!keep_effective_) return;
  const auto [at, is_new] = effective_index_.emplace(path, effective_.size());
  if (is_new) effective_.emplace_back();
  effective_[at->second] = {std::move(path), std::move(value), std::move(origin)};
}

std::string Report::where(yaml::Position at) const {
  GH_DCHECK(at.file < files_.size());
  return fmt::format("{}:{}:{}", escape(files_[at.file], 512), at.line, at.column);
}

void Report::add(std::vector<Remark>& remarks, yaml::Position at, std::string message) {
  if (remarks.size() < kMostRemarks) remarks.push_back({at, std::move(message)});
}

std::vector<Problem> Report::sorted(std::vector<Remark> remarks) const {
  const auto key = [](const Remark& r) {
    return std::tie(r.at.file, r.at.line, r.at.column, r.message);
  };
  const bool full = remarks.size() == kMostRemarks;
  std::ranges::sort(remarks, {}, key);
  // What is wrong in `defaults` is found again for each tenant.
  const auto repeated = std::ranges::unique(remarks, {}, key);
  remarks.erase(repeated.begin(), repeated.end());
  std::vector<Problem> out;
  for (Remark& remark : remarks) {
    out.push_back(
        {files_[remark.at.file], remark.at.line, remark.at.column, std::move(remark.message)});
  }
  if (full) {
    Problem last = out.back();
    last.message = "and perhaps more like these";
    out.push_back(std::move(last));
  }
  return out;
}

std::string format(const Problem& problem) {
  return fmt::format("{}:{}:{}: {}", escape(problem.file, 512), problem.line, problem.column,
                     problem.message);
}

}  // namespace gh::policy
