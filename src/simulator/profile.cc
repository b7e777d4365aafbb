#include "simulator/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "simulator/text.h"

namespace gh::simulator {
namespace {

constexpr vllm::Version kNestedErrors{0, 10, 1};
constexpr vllm::Version kModernFields{0, 21, 0};

}  // namespace

Result<Profile> Profile::make(Options options) {
  if (options.model.empty()) return fail("the model needs a name");
  const auto version = vllm::parse_version(options.version);
  if (!version) return fail("{}: not a vLLM version", escape(options.version));
  auto surface = vllm::surface(*version);
  if (!surface) return std::unexpected(surface.error());
  Profile profile;
  profile.version = *version;
  profile.surface = *std::move(surface);
  profile.nested_errors = *version >= kNestedErrors;
  profile.modern = *version >= kModernFields;
  profile.fingerprint = fmt::format("vllm-{}-{:08x}", options.version,
                                    static_cast<std::uint32_t>(text_hash(options.model)));
  profile.options = std::move(options);
  return profile;
}

bool Profile::is_adapter(std::string_view model) const {
  return std::ranges::find(options.adapters, model) != options.adapters.end();
}

}  // namespace gh::simulator
