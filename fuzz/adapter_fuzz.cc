// gh-link: gh_adapter
// Whatever an adapter's configuration, the base's and the names of tensors are, there is an answer
// in bounded time, and what is said is fit for a terminal. The parts of the input end with a zero
// byte.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/adapter.h"
#include "base/check.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = gh::split({reinterpret_cast<const char*>(data), size}, '\0');
  gh::adapter::Facts facts;
  gh::tensors::TensorTable table;
  facts.config = parts[0];
  if (parts.size() > 1) facts.base.config = parts[1];
  for (std::size_t i = 2; i < parts.size(); ++i) {
    const std::uint64_t rank = parts[i].size() % 9;
    table.tensors.push_back(
        {.name = std::string(parts[i]), .dtype = "F16", .shape = {rank, i}, .begin = 0, .end = 0});
    facts.files.emplace_back(parts[i]);
  }
  facts.table = &table;
  gh::findings::Examination examination(0);
  gh::adapter::examine_adapter(facts, {}, examination);
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message));
    for (const char c : finding.message) GH_CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
  return 0;
}
