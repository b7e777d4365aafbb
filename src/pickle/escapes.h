#pragma once
// The two ways in which protocol 0 writes text, undone.

#include <string>
#include <string_view>

namespace gh::pickle {

// STRING, without its quotes: Python 2's escapes. False where CPython refuses.
bool undo_string_escapes(std::string_view text, std::string& out);
// UNICODE, "raw-unicode-escape": \uXXXX and \UXXXXXXXX, all else Latin-1. `out` is UTF-8.
bool undo_unicode_escapes(std::string_view text, std::string& out);

}  // namespace gh::pickle
