#include "artifacts/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "adapter/rules.h"
#include "archive/members.h"
#include "artifacts/cache_reference.h"
#include "artifacts/content_digest.h"
#include "artifacts/git.h"
#include "artifacts/open.h"
#include "artifacts/system_rules.h"
#include "artifacts/torch_table.h"
#include "crypto/crypto.h"
#include "crypto/digest.h"
#include "hub/folder.h"

namespace gh::artifacts {

namespace {

constexpr std::array<const Rule*, 13> kRules = {
    &kUnreadable, &kOutOfTime, &kOutOfMemory, &kCrashed,  &kForbiddenCall, &kNoAnswer, &kNoFilter,
    &kTooMuch,    &kChanged,   &kNotStarted,  &kNoDigest, &kNothingThere,  &kKilled};

bool wants_digest(const findings::Examination& examination, const Digests& digests) {
  if (digests.all) return true;
  if (examination.findings().empty()) return false;
  return digests.noted ||
         findings::judge(examination.findings(), digests.fail_on) != findings::Verdict::clean;
}

// By what lies on the disk: holes cost whoever makes the file nothing.
std::chrono::seconds time_for(const FileLimits& limits, int descriptor) {
  constexpr std::uint64_t kMost = 8640;  // GiB: a day
  const std::uint64_t bytes = descriptor < 0 ? 0 : bytes_on_disk(descriptor);
  return limits.time + std::chrono::seconds(10 * std::min(bytes >> 30, kMost));
}

// Asked before the child starts, which may not.
bool is_mostly_holes(int descriptor, std::uint64_t size) {
  constexpr std::uint64_t kLarge = 16ull << 30;
  return size > kLarge && bytes_on_disk(descriptor) < size / 16;
}

// A digest goes over holes, too, byte by byte: none of what is little else, and a note.
std::string digest_of(source::FileSource& file, bool mostly_holes,
                      findings::Examination& examination) {
  if (!mostly_holes) return sha256_of(file);
  examination.add(kNoDigest, fmt::format("{} bytes", file.size()));
  return {};
}

sandbox::Limits child_limits(const FileLimits& limits, std::chrono::seconds time) {
  return {.address_space = limits.memory,
          .cpu_seconds = static_cast<std::uint64_t>(time.count()) + 1};
}

const Rule& rule_of(sandbox::End end) {
  switch (end) {
    case sandbox::End::not_started:
      return kNotStarted;
    case sandbox::End::refused:
      return kForbiddenCall;
    case sandbox::End::out_of_time:
      return kOutOfTime;
    case sandbox::End::out_of_memory:
      return kOutOfMemory;
    case sandbox::End::too_long:
    case sandbox::End::answered:
      return kNoAnswer;
    case sandbox::End::killed:
      return kKilled;
    case sandbox::End::crashed:
      break;
  }
  return kCrashed;
}

std::vector<int> descriptors_of(const FolderState& folder, const Comparison& comparison) {
  std::vector<int> descriptors;
  if (folder.adapter.config.descriptor.valid())
    descriptors = descriptors_of(folder.adapter, comparison);
  for (const NamedFile& file : folder.tokens)
    if (file.file.descriptor.valid()) descriptors.push_back(file.file.descriptor.get());
  return descriptors;
}

void check_configuration_is_there(const FolderState& folder, findings::Examination& examination) {
  if (!lacks_configuration(folder)) return;
  examination.add(
      adapter::kNoConfig,
      fmt::format("{} is not there, or was not examined: excluded, or a link", kAdapterConfig));
}

// Of an adapter of the bank; what keeps it from being read is a finding.
std::optional<tensors::TensorTable> bank_table(const NamedFile& weights,
                                               findings::Examination& examination) {
  if (weights.name == kAdapterWeights) return safetensors_table(weights.file, examination);
  source::FileSource source(weights.file.descriptor.get(), weights.file.node.bytes);
  auto table = read_torch_table(source, weights.name);
  if (table) return std::move(*table);
  examination.add(adapter::kBankFault, fmt::format("{}: {}", weights.name, table.error().message));
  return std::nullopt;
}

Answer without_answer(const Rule& rule, std::string message) {
  findings::Finding finding;
  finding.rule = &rule;
  finding.message = std::move(message);
  Answer answer;
  answer.findings.push_back(std::move(finding));
  return answer;
}

}  // namespace

std::span<const Rule* const> system_rules() {
  return kRules;
}

sandbox::Job file_job(FileTask file, const Options& options, const FileLimits& limits,
                      const Digests& digests) {
  const int descriptor = file.descriptor;
  const auto time = time_for(limits, descriptor);
  const bool mostly_holes = is_mostly_holes(descriptor, file.size);
  return {.work =
              [=, file = std::move(file)] {
                findings::Examination examination(limits.unpacked);
                source::FileSource source(file.descriptor, file.size);
                Facts facts;
                Context context{.examination = examination,
                                .options = options,
                                .facts = file.compared ? &facts : nullptr};
                if (file.git.empty())
                  examine_any(source, file.name, context);
                else
                  examine_in_git(source, file.git, context);
                if (file.reference) examine_cache_reference(source, examination);
                if (file.adapter_limits != nullptr)
                  examine_adapter_config(source, *file.adapter_limits, examination);
                if (file.size == 0 && source.has_more())
                  examination.add(kChanged, "it has bytes, and the system says that it has none");
                const std::uint64_t seen = source.bytes_seen();
                const std::string sha256 = wants_digest(examination, digests)
                                               ? digest_of(source, mostly_holes, examination)
                                               : std::string();
                return write_answer(examination, seen, sha256, facts);
              },
          .descriptors = {descriptor},
          .limits = child_limits(limits, time),
          .wall = time};
}

sandbox::Job folder_job(const FolderState& folder, const Comparison& comparison,
                        const FileLimits& limits, const Digests& digests) {
  const bool is_adapter = folder.adapter.config.descriptor.valid();
  const auto time = time_for(limits, is_adapter ? folder.adapter.weights.descriptor.get() : -1);
  return {.work =
              [&folder, &comparison, is_adapter, digests] {
                findings::Examination examination(0);
                examination.set_kind(is_adapter || lacks_configuration(folder) ? "adapter folder"
                                                                               : "model folder");
                hub::examine_folder(folder.facts, examination);
                folder.tensors.examine(folder.facts, examination);
                examine_token_files(folder.tokens, is_adapter ? &comparison : nullptr, examination);
                check_configuration_is_there(folder, examination);
                std::vector<adapter::ModuleNumbers> numbers;
                if (is_adapter) {
                  std::vector<std::string> names;
                  bool in_model = false;
                  for (const hub::FileFacts& file : folder.facts.files) {
                    names.push_back(file.path);
                    in_model |= file.document.has_adapter;
                  }
                  numbers = examine_adapter_files(folder.adapter, comparison, std::move(names),
                                                  folder.links, in_model, examination);
                }
                const std::string sha256 =
                    wants_digest(examination, digests) ? folder_digest(folder, comparison) : "";
                return write_answer(examination, 0, sha256, {}, numbers);
              },
          .descriptors = descriptors_of(folder, comparison),
          .limits = child_limits(limits, time),
          .wall = time};
}

bool has_changed(const FolderState& folder, const Comparison& comparison) {
  return std::ranges::any_of(folder.tokens,
                             [](const NamedFile& file) { return has_changed(file.file); }) ||
         (folder.adapter.config.descriptor.valid() && any_changed(folder.adapter, comparison));
}

sandbox::Job bank_job(const NamedFile& weights, const FileLimits& limits) {
  const int descriptor = weights.file.descriptor.get();
  const auto time = time_for(limits, descriptor);
  return {.work =
              [&weights, descriptor] {
                findings::Examination examination(0);
                std::vector<adapter::ModuleNumbers> numbers;
                const auto table = bank_table(weights, examination);
                if (table && findings::judge(examination.findings(), findings::Severity::high) ==
                                 findings::Verdict::clean) {
                  source::FileSource source(descriptor, weights.file.node.bytes);
                  numbers = adapter::measure_weights(source, *table, examination);
                }
                return write_answer(examination, 0, "", {}, numbers);
              },
          .descriptors = {descriptor},
          .limits = child_limits(limits, time),
          .wall = time};
}

sandbox::Job digest_job(int descriptor, std::uint64_t size, const FileLimits& limits) {
  const auto time = time_for(limits, descriptor);
  const bool mostly_holes = is_mostly_holes(descriptor, size);
  return {.work =
              [=] {
                source::FileSource file(descriptor, size);
                findings::Examination examination(0);
                const std::string sha256 = digest_of(file, mostly_holes, examination);
                return write_answer(examination, 0, sha256, {});
              },
          .descriptors = {descriptor},
          .limits = child_limits(limits, time),
          .wall = time};
}

Answer answer_of(const sandbox::Outcome& outcome, const findings::Catalogue& catalogue) {
  if (outcome.end == sandbox::End::answered) {
    auto answer = read_answer(outcome.answer, catalogue);
    if (answer) return std::move(*answer);
    return without_answer(kNoAnswer,
                          "the examiner's answer cannot be read: " + answer.error().message);
  }
  const Rule& rule = rule_of(outcome.end);
  return without_answer(rule, outcome.end == sandbox::End::crashed && outcome.signal != 0
                                  ? fmt::format("{} (signal {})", rule.title, outcome.signal)
                                  : std::string(rule.title));
}

void prepare_children() {
  archive::prepare();
  (void)crypto::sha256("");
  (void)crypto::RunningDigest(crypto::HashAlgorithm::sha256).finish();
}

}  // namespace gh::artifacts
