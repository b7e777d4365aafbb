#include "pickle/locations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gh::pickle {

namespace {

// These are compared as a whole: "cpu:0" is none.
constexpr auto kWhole = std::to_array<std::string_view>({"cpu", "meta"});
constexpr auto kBackends =
    std::to_array<std::string_view>({"cuda", "mps", "hpu", "xpu", "mtia", "privateuseone", "npu",
                                     "mlu", "musa", "gcu", "sdaa", "xla", "maia", "ipu"});
constexpr std::size_t kDigits = 3;  // of a device's number
constexpr int kCommon = 128;        // devices of a backend

}  // namespace

bool is_location(std::string_view text) {
  if (std::ranges::find(kWhole, text) != kWhole.end()) return true;
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (std::ranges::find(kBackends, text.substr(0, colon)) == kBackends.end()) return false;
  if (colon == text.size()) return true;
  const std::string_view number = text.substr(colon + 1);
  return !number.empty() && number.size() <= kDigits &&
         std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
}

const std::vector<std::string>& common_locations() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> names(kWhole.begin(), kWhole.end());
    for (const std::string_view backend : kBackends) {
      names.emplace_back(backend);
      for (int i = 0; i < (backend == "cuda" ? kCommon : kCommon / 8); ++i)
        names.push_back(fmt::format("{}:{}", backend, i));
    }
    return names;
  }();
  return all;
}

}  // namespace gh::pickle
