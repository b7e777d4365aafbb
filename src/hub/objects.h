#pragma once
// Objects that settings describe by several keys together, and that a loader makes of them.

#include "hub/input.h"
#include "json/json.h"

namespace gh::hub {

// jsonpickle, fiddle (NeMo 2), Keras, skops, mmengine and sentence-transformers. What is not of
// their form is nothing.
void examine_object(const Input& input, json::Value object);

}  // namespace gh::hub
