#pragma once
// `TPL-5xx`: chat templates of one folder, held against each other.

#include "findings/finding.h"

namespace gh::hub::rule {

using findings::Effect;
using findings::Rule;
using findings::Severity;

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
