#pragma once
// Pictures: nothing in them runs. Each is followed from part to part to its end; what its parts
// hold is not looked at.

#include <string_view>

#include "hub/input.h"
#include "source/source.h"

namespace gh::hub {

// "PNG", by the first bytes; "" for none.
std::string_view picture(std::string_view head);

// Whether the parts are whole and lead to an end, and whether anything follows it. Time is linear
// in the bytes.
void examine_picture(std::string_view kind, source::Source& source, const Input& input);

}  // namespace gh::hub
