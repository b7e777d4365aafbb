#pragma once
// How many weights a Keras model has to have by its configuration. Keras makes all layers, full of
// numbers, before it looks at what the file holds.

#include <cstdint>

#include "json/json.h"

namespace gh::artifacts {

// At least that many, by the sizes that layers of Keras state; others count nothing. Of a layer
// that does not say what it is given, that follows from the layers before it, or is 1.
double weights_of(json::Value root);

// Whether they take more than a GiB and sixteen times what the file holds in bytes: a number is
// kept in half a byte at least, and made in four.
bool ask_for_too_much(double weights, std::uint64_t held);

}  // namespace gh::artifacts
