#pragma once
// Why simdjson refused a text, in our terms. simdjson has one error for all numbers and one for
// all strings; this reads the text again to tell a slip of grammar from a value out of range.
// Linear time; only refused texts pay it.

#include <simdjson.h>

#include <string_view>

#include "json/json.h"

namespace gh::json {

ParseErrorKind diagnose(simdjson::error_code code, std::string_view text);

// A byte order mark, or a zero byte where UTF-16 and UTF-32 have one: what Python's json.loads
// would decode as something other than plain UTF-8.
bool is_marked_or_wide(std::string_view text);

}  // namespace gh::json
