#include "openai/response.h"

#include "openai/answer.h"

namespace gh::openai {

std::string parse_problem(const json::ParseError& error) {
  return error.path.empty() ? error.message : "a name is there twice";
}

std::expected<Rewritten, std::string> rewrite(std::string& out, json::Value answer,
                                              const ResponseRules& rules) {
  const std::size_t before = out.size();
  UsageMeter meter(rules.facts.prompts, rules.facts.n, rules.facts.prompt_bound(),
                   rules.facts.completion_bound());
  AnswerWriter writer(out, rules, meter, AnswerWriter::Form::whole);
  if (!writer.write(answer)) {
    out.resize(before);
    return std::unexpected(writer.problem());
  }
  return Rewritten{.usage = meter.total(), .dropped_fields = writer.dropped_fields()};
}

}  // namespace gh::openai
