#pragma once
// Examination of one chat template.

#include <span>
#include <string>
#include <string_view>

#include "findings/examination.h"

namespace gh::jinja {

// The whole text of one template, any bytes. Findings have line and column in it.
void examine_template(std::string_view text, findings::Examination& examination);

// Hex SHA-256 over the text as it is rendered from: UTF-8 with "\r\n" and "\r" as "\n" (which Jinja
// does before it lexes), one trailing newline removed. The same template in any carrier has the
// same digest.
std::string template_digest(std::string_view text);

std::span<const findings::Rule* const> rules();

}  // namespace gh::jinja
