#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr std::size_t kLongestToolName = 64;
constexpr std::size_t kLongestModel = 256;

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
