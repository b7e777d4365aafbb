#pragma once
// PyTorch files from before 1.6: five pickles in a row (torch/serialization.py, `_legacy_save`),
// then a count of 8 bytes and the elements of each storage.

#include "pickle/machine.h"
#include "pickle/pickle.h"

namespace gh::pickle {

// `machine` reads from `lexer`, which is at the first byte.
Outcome examine_legacy(Lexer& lexer, Machine& machine);

}  // namespace gh::pickle
