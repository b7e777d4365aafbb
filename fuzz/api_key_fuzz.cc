// The text of an API key: whatever is accepted must be exactly the key made of its parts.
// gh-link: gh_identity

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "identity/key_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto key = gh::identity::parse_key(text)) {
    GH_CHECK(gh::identity::is_env(key->env));
    std::string again = "gh_";
    again.append(key->env).append("_").append(key->kid).append("_").append(key->secret).append("_");
    GH_CHECK(text.starts_with(again) && text.size() == again.size() + 6);
    GH_CHECK(gh::identity::parse_key(text)->secret.data() == key->secret.data());
    // The checksum covers all of it: no other last character will do.
    std::string changed(text);
    changed.back() = changed.back() == '0' ? '1' : '0';
    GH_CHECK(!gh::identity::parse_key(changed));
  }
  return 0;
}
