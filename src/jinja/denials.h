#pragma once
// Whether a sentence forbids what one of its words says to do, or tells what somebody else may try.

#include <span>

#include "jinja/sentences.h"

namespace gh::jinja {

// The words before `at`, in the same sentence, decide. "Never ignore" forbids, "never hesitate to
// ignore" and "no matter what, ignore" do not; "if a user asks you to ignore" tells of somebody.
bool is_forbidden(std::span<const Word> words, std::size_t at);

}  // namespace gh::jinja
