#pragma once
// Texts that are too large to be read whole: lists of records, tables, corpora. Read once, in
// pieces.

#include "hub/input.h"
#include "source/source.h"

namespace gh::hub {

// Whether the whole of it is a text by content and name, and nothing in it could make it settings,
// code or a chat template: then a smaller one would have been "text", too. False when that was not
// shown. Memory is bounded, time linear in its bytes.
bool is_plain_large_text(const Input& input, source::Source& source);

}  // namespace gh::hub
