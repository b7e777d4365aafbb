#pragma once
// What shows when the files of one folder are held against each other: chat templates (`TPL-5xx`),
// ids of added tokens.

#include "findings/finding.h"

namespace gh::hub::rule {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kAddedBeyond{
    "TOK-213",
    Severity::low,
    Effect::finding,
    "has added tokens that the embedding has no row for",
    "vLLM loads the model and answers: published models have a few such tokens, which the model "
    "never writes. Where its table, which it makes of a multiple of 64 rows, has a row for the id, "
    "a prompt with the text of the token is answered as if zeroes stood there. Where the table "
    "ends before it, such a prompt fails inside the engine, which ends (vLLM 0.33).",
    "Take the tokens out of the tokenizer's files, or refuse prompts with their text."};
inline constexpr Rule kTemplatesDiffer{
    "TPL-501",
    Severity::medium,
    Effect::finding,
    "carries different chat templates under one name",
    "transformers prefers chat_template.jinja, older versions read tokenizer_config.json, "
    "llama.cpp the GGUF: what was tested with one is served with another.",
    "Keep one carrier, or make them equal."};
inline constexpr Rule kHiddenTemplate{
    "TPL-502",
    Severity::low,
    Effect::finding,
    "carries a named template that only some carriers have",
    "A client that may choose the template by name gets one that was not looked at.",
    "Remove templates that are not used."};

}  // namespace gh::hub::rule
