#include "openai/answer_id.h"

#include <algorithm>

#include "base/ids.h"

namespace gh::openai {

bool names_another_request(json::Value answer, std::string_view ours) {
  constexpr std::string_view kPrefix = "req_";
  const json::Value id = answer["id"];
  if (ours.empty() || !id.is_string() || id.string().contains(ours)) return false;
  const std::string_view text = id.string();
  for (auto at = text.find(kPrefix); at != std::string_view::npos;
       at = text.find(kPrefix, at + 1)) {
    const std::string_view rest = text.substr(at).substr(0, RequestId::kSize);
    const bool shaped = std::ranges::all_of(rest.substr(kPrefix.size()), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    if (rest.size() == RequestId::kSize && shaped) return true;
  }
  return false;
}

}  // namespace gh::openai
