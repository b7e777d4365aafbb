#pragma once
// JSON as loaders of this folder read it: strictly, but with two habits of Python that published
// files have: integers beyond 64 bits, and NaN and Infinity.

#include <expected>
#include <optional>

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

class JsonDocument {
 public:
  JsonDocument();
  // The root; what hinders it is a finding. Valid while this object lives.
  std::optional<json::Value> parse(const Input& input);
  // The same without findings, for a file that need not be JSON.
  std::optional<json::Value> try_parse(std::string_view text);
  // And with what hinders it.
  std::expected<json::Document, json::ParseError> read(std::string_view text);

 private:
  json::Parser parser_;
  bool python_only_ = false;
};

}  // namespace gh::hub
