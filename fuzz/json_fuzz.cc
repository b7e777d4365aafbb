// gh-link: gh_json
// Whatever the parser accepts, the writer writes so that it is accepted again and written alike.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "json/json.h"

namespace {

using gh::json::Document;
using gh::json::ParseErrorKind;
using gh::json::Value;

// Every accessor agrees with every other; returns the number of values.
std::size_t check(Value value) {
  std::size_t values = 1;
  std::size_t children = 0;
  if (value.is_string()) GH_CHECK(gh::is_utf8(value.string()));
  for (const auto [key, member] : value.members()) {
    GH_CHECK(gh::is_utf8(key));
    if (value.size() <= 32) GH_CHECK(value[key].exists());
    values += check(member);
    ++children;
  }
  for (const Value element : value.elements()) {
    values += check(element);
    ++children;
  }
  GH_CHECK(children == value.size());
  return values;
}

std::string written(Document document) {
  std::string text;
  gh::json::Writer(text).value(document.root());
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static gh::json::Parser parser;
  const auto first = parser.parse({reinterpret_cast<const char*>(data), size});
  if (!first) {
    GH_CHECK(gh::is_utf8(first.error().path));
    GH_CHECK(first.error().kind == ParseErrorKind::duplicate_key || first.error().path.empty());
    return 0;
  }
  const std::size_t values = check(first->root());
  const std::string text = written(*first);
  const auto second = parser.parse(text);
  GH_CHECK(second.has_value());
  GH_CHECK(check(second->root()) == values);
  GH_CHECK(written(*second) == text);
  return 0;
}
