#include "openai/values.h"

#include <algorithm>
#include <array>

namespace gh::openai {
namespace {

constexpr std::size_t kLongestToolName = 64;
constexpr std::size_t kLongestModel = 256;

constexpr auto kBase64Digits = [] {
  std::array<bool, 256> digits{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789+/")) {
    digits[static_cast<unsigned char>(c)] = true;
  }
  return digits;
}();

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

}  // namespace

bool is_tool_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestToolName && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

bool is_base64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return std::ranges::all_of(text,
                             [](char c) { return kBase64Digits[static_cast<unsigned char>(c)]; });
}

std::string_view model_fault(json::Value model) {
  if (!model.exists() || model.is_null()) return "is required";
  if (!model.is_string()) return "must be a string";
  const std::string_view name = model.string();
  if (name.empty()) return "must not be empty";
  if (name.size() > kLongestModel) return "must be at most 256 bytes long";
  if (std::ranges::any_of(name, is_control)) return "must not contain control characters";
  return "";
}

bool check_model(Inspection& in, const Path& at, json::Value model) {
  const std::string_view fault = model_fault(model);
  return fault.empty() || in.invalid(at, "{}", fault);
}

}  // namespace gh::openai
