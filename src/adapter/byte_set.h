#pragma once
// Sets of bytes that characters of a regular expression may begin with or consist of. Both cases,
// always: a flag may ask for it, and sets may be too large, never too small. Beyond ASCII any
// byte may be of the other case of any character, and so may be that of i, k and s.

#include <bitset>
#include <optional>

namespace gh::adapter {

using ByteSet = std::bitset<256>;

bool is_beyond_ascii(char c);
ByteSet beyond_ascii();

void put(ByteSet& set, char c);
void put_range(ByteSet& set, char from, char to);  // both ends included

// "\w" and the like; bytes beyond ASCII are letters to Python.
std::optional<ByteSet> class_of(char name);

}  // namespace gh::adapter
