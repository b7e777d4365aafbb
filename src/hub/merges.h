#pragma once
// merges.txt, which pairs of tokens become one: "a b" on each line.
//
// The tokenizers library passes over lines that begin with "#version" wherever they stand, and
// refuses a file with any other line that is not two words, also an empty one; and one with a pair
// of which a side, or what the two become, is not in vocab.json. Added tokens do not count: they
// are laid over it later. Tokenizers of transformers that are written in Python take lines with a
// count behind the pair, as fastBPE writes them, and merges of which their vocabulary has no token.

#include <span>

#include "findings/examination.h"
#include "hub/input.h"
#include "hub/token_file.h"

namespace gh::hub {

// Alone: its form, as the most lenient reader takes it.
void examine_merges(const Input& input);

// Held against vocab.json, and against what reads it: the files of one folder. Linear in their
// bytes.
void compare_merges(std::span<const TokenFile> files, findings::Examination& examination);

}  // namespace gh::hub
