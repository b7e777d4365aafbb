#include "jinja/template.h"

#include <fmt/format.h>

#include <array>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "jinja/lexer.h"
#include "jinja/review.h"
#include "jinja/roles.h"
#include "jinja/rules.h"
#include "jinja/tree.h"

namespace gh::jinja {

void examine_template(std::string_view text, findings::Examination& examination) {
  if (!is_utf8(text)) {
    examination.add(rule::kEncoding, "the template holds bytes that are not UTF-8");
    return;
  }
  const std::string source = normalized(text);
  const auto tree = parse(source);
  if (!tree) {
    const SyntaxError& error = tree.error();
    examination.add(error.limit ? rule::kTooLarge : rule::kSyntax, error.message,
                    {.offset = {},
                     .length = {},
                     .line = error.at.line,
                     .column = error.at.column,
                     .evidence = {}});
    return;
  }
  Review(examination).run(*tree);
  for (const Unshown& one : unshown_roles(*tree))
    examination.add(rule::kUnshown,
                    fmt::format("what a message of the role {} says is shown nowhere{}", one.role,
                                one.words ? "; a sentence of the template stands there" : ""),
                    {.offset = {},
                     .length = {},
                     .line = one.node->at.line,
                     .column = one.node->at.column,
                     .evidence = {}});
}

std::string template_digest(std::string_view text) {
  return hex(crypto::view(crypto::sha256(normalized(text))));
}

std::span<const findings::Rule* const> rules() {
  static constexpr auto kRules = std::to_array<const findings::Rule*>(
      {&rule::kDunder,     &rule::kPrivate,     &rule::kDynamicAttribute, &rule::kAttrFilter,
       &rule::kOwnObject,  &rule::kForeignName, &rule::kOtherTemplate,    &rule::kOpenFormat,
       &rule::kProcess,    &rule::kObjectText,  &rule::kTrigger,          &rule::kAddress,
       &rule::kEncoded,    &rule::kInstruction, &rule::kRewrite,          &rule::kMutation,
       &rule::kDate,       &rule::kInvisible,   &rule::kHelper,           &rule::kRandom,
       &rule::kOwnWords,   &rule::kPage,        &rule::kUnshown,          &rule::kSyntax,
       &rule::kEncoding,   &rule::kUnknownName, &rule::kUnknownKey,       &rule::kForeignLetters,
       &rule::kJsonFilter, &rule::kTooLarge,    &rule::kHugeConstant,     &rule::kCubic,
       &rule::kQuadratic});
  return kRules;
}

}  // namespace gh::jinja
