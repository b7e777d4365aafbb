#include "openai/inspection.h"

#include "base/text.h"
#include "openai/estimate.h"

namespace gh::openai {
namespace {

// Names longer than any field's are not worth a proposal.
constexpr std::size_t kLongestName = 40;
constexpr std::size_t kShownName = 64;

std::string_view with_article(json::Type type) {
  switch (type) {
    case json::Type::null:
      return "null";
    case json::Type::boolean:
      return "a boolean";
    case json::Type::integer:
    case json::Type::unsigned_integer:
      return "an integer";
    case json::Type::real:
      return "a number with a fraction or exponent";
    case json::Type::string:
      return "a string";
    case json::Type::array:
      return "an array";
    case json::Type::object:
      return "an object";
  }
  return "";
}

}  // namespace

std::string Path::text() const {
  std::string out = parent_ == nullptr ? std::string() : parent_->text();
  if (is_index_) {
    fmt::format_to(std::back_inserter(out), "[{}]", index_);
  } else {
    if (!out.empty()) out += '.';
    out += escape(name_, kShownName);
  }
  return out;
}

void Inspection::add_chat_text(std::string_view text) {
  chat_weight += token_weight(text);
}

bool Inspection::wrong_type(const Path& at, std::string_view wanted, json::Value value) {
  return invalid(at, "must be {}, not {}", wanted, with_article(value.type()));
}

bool Inspection::unsupported(const Path& at) {
  return refuse(policy::Code::unknown_field, at, "is not supported by this model's server",
                "request.fields");
}

bool Inspection::unknown(const Path& at, std::string_view name,
                         std::span<const std::string_view> candidates) {
  std::string message = "is not a field of this request";
  if (name.size() <= kLongestName) {
    if (const auto close = did_you_mean(name, candidates)) {
      fmt::format_to(std::back_inserter(message), "; did you mean `{}`?", *close);
    }
  }
  return refuse(policy::Code::unknown_field, at, message, "request.fields");
}

bool Inspection::refuse(policy::Code code, const Path& at, std::string_view message,
                        std::string_view rule) {
  refusal_.code = code;
  refusal_.param = at.text();
  refusal_.message = fmt::format("`{}` {}", refusal_.param, message);
  refusal_.rule = rule;
  return false;
}

}  // namespace gh::openai
