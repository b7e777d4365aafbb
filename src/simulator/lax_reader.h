#pragma once
// Reads fields of a JSON object as pydantic does in its lax mode: "3", 3.0 and true are integers,
// "yes" and 1 are true, null is absent. The first field that cannot be read is remembered, and
// reads go on with nothing. vLLM reports all of them; the first is what decides the answer's shape.
// Lives as long as the document.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/json.h"
#include "simulator/api_error.h"

namespace gh::simulator {

class LaxReader {
 public:
  // `where` prefixes field names in errors: "body".
  explicit LaxReader(json::Value object, std::string where = "body")
      : object_(object), where_(std::move(where)) {}

  std::optional<std::int64_t> integer(std::string_view name);
  std::optional<double> number(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::string_view> string(std::string_view name);

  json::Value operator[](std::string_view name) const { return object_[name]; }
  void fail(std::unexpected<ApiError> error);
  const std::optional<ApiError>& problem() const { return problem_; }
  std::string path(std::string_view name) const;

 private:
  json::Value object_;
  std::string where_;
  std::optional<ApiError> problem_;
};

// How pydantic's messages show a value: "5", "<list of 2 items>".
std::string show(json::Value value);

}  // namespace gh::simulator
