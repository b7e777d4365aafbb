#pragma once
// SentencePiece models (sentencepiece_model.proto, read 2026-11): pieces, whose ids are their
// positions, and how text is normalised before.

#include <string_view>
#include <vector>

#include "hub/input.h"

namespace gh::hub {

// Whether the bytes are fields of a ModelProto to their end and none of another message, with a
// piece at the beginning.
bool looks_like_sentencepiece(std::string_view bytes);

// The texts of its pieces, up to the first that cannot be read.
std::vector<std::string_view> pieces_of(std::string_view bytes);

// Whether the bytes are a compiled table of characters, as models and normalizers have them: the
// size of a trie, the trie, and the texts that it leads to.
bool is_characters_table(std::string_view bytes);

// `input.text` holds the bytes, which are no text.
void examine_sentencepiece(const Input& input);

}  // namespace gh::hub
