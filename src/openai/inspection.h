#pragma once
// One request body while it is being checked: the rules that it is held against, what is known of
// it so far, and the first thing that was wrong with it.
//
// Every check returns true, or false after it has said why through one of the refusing functions,
// which all return false: `return in.invalid(at, "must not be empty");`. Messages begin with the
// path of the value, which those functions write.

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "json/json.h"
#include "openai/path.h"
#include "openai/request.h"

namespace gh::openai {

class Inspection {
 public:
  Inspection(json::Value request_body, const RequestRules& request_rules)
      : body(request_body), rules(request_rules), caps(*request_rules.caps) {}

  const json::Value body;
  const RequestRules& rules;
  const policy::RequestCaps& caps;
  RequestFacts facts;
  std::uint64_t chat_weight = 0;   // of all text of a chat; openai/estimate.h has the unit
  std::uint64_t media_tokens = 0;  // estimate for images
  std::uint32_t media_parts = 0;
  std::string_view form;  // the field that says which form the answer has; "": none yet

  // Adds to the text of a chat.
  void add_chat_text(std::string_view text);

  // The value can never be accepted.
  template <class... Args>
  bool invalid(const Path& at, fmt::format_string<Args...> format, Args&&... args) {
    return refuse(policy::Code::invalid_value, at, fmt::format(format, std::forward<Args>(args)...),
                  "request.fields");
  }
  // … because it has another JSON type: "must be a string, not an integer".
  bool wrong_type(const Path& at, std::string_view wanted, json::Value value);
  // This product does not let clients use it.
  template <class... Args>
  bool denied(const Path& at, fmt::format_string<Args...> format, Args&&... args) {
    return refuse(policy::Code::field_not_allowed, at,
                  fmt::format(format, std::forward<Args>(args)...), "request.fields");
  }
  // A setting of the policy denies it; `setting` is its name there.
  template <class... Args>
  bool forbidden(const Path& at, std::string_view setting, fmt::format_string<Args...> format,
                 Args&&... args) {
    return refuse(policy::Code::field_not_allowed, at,
                  fmt::format(format, std::forward<Args>(args)...), setting);
  }
  // Above a cap of the policy; `setting` is its name there.
  template <class... Args>
  bool exceeds(const Path& at, std::string_view setting, fmt::format_string<Args...> format,
               Args&&... args) {
    return refuse(policy::Code::request_exceeds_limit, at,
                  fmt::format(format, std::forward<Args>(args)...), setting);
  }
  // A field that the model's vLLM version lacks.
  bool unsupported(const Path& at);
  // No such field; proposes a candidate that looks like it.
  bool unknown(const Path& at, std::string_view name, std::span<const std::string_view> candidates);

  policy::Refusal take_refusal() { return std::move(refusal_); }

 private:
  bool refuse(policy::Code code, const Path& at, std::string_view message, std::string_view rule);

  policy::Refusal refusal_;
};

}  // namespace gh::openai
