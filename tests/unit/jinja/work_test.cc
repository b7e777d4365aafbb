// `TPL-402`, `TPL-403`: what macros, blocks and loops cost together.

#include <gtest/gtest.h>

#include <string>

#include "found.h"

namespace gh::jinja {
namespace {

std::string number(int i) {
  return std::to_string(i);
}

// `{% macro m1() %}…{% endmacro %}` and so on, each body with the number before for `#`.
std::string chain(int length, std::string_view body) {
  std::string out = "{% macro m0() %}x{% endmacro %}";
  for (int i = 1; i <= length; ++i) {
    std::string one = "{% macro m" + number(i) + "() %}" + std::string(body) + "{% endmacro %}";
    for (std::size_t at = one.find('#'); at != std::string::npos; at = one.find('#'))
      one.replace(at, 1, "m" + number(i - 1));
    out += one;
  }
  return out + "{{ m" + number(length) + "() }}";
}

// Blocks of calls inside each other.
std::string nested(int depth, std::string_view macro) {
  std::string out(macro);
  for (int i = 0; i < depth; ++i) out += "{% call a() %}";
  out += "x";
  for (int i = 0; i < depth; ++i) out += "{% endcall %}";
  return out;
}

std::string filtered(int times, std::string_view filter, std::string_view block) {
  std::string out = "{% filter trim";
  for (int i = 0; i < times; ++i) out += "|" + std::string(filter);
  return out + " %}" + std::string(block) + "{% endfilter %}";
}

TEST(Work, ChainsOfMacros) {
  for (const std::string_view body :
       {"{{ #() }}{{ #() }}", "{{ #() ~ #() }}", "{% set a = #() %}{% set b = #() %}",
        "{% if #() %}{{ #() }}{% endif %}", "{% for i in [1, 2] %}{{ #() }}{% endfor %}",
        "{% for i in [1, 2] if #() %}{% endfor %}", "{% set f = # %}{{ f() }}{{ f() }}",
        "{% call #() %}{% endcall %}{% call #() %}{% endcall %}",
        "{% filter upper %}{{ #() }}{{ #() }}{% endfilter %}",
        "{% set a %}{{ #() }}{{ #() }}{% endset %}",
        "{% for m in messages %}{{ #() }}{% endfor %}"})
    EXPECT_TRUE(found(chain(40, body)).contains("TPL-402")) << body;
  std::string defaults = "{% macro m0() %}x{% endmacro %}";
  for (int i = 1; i <= 40; ++i)
    defaults += "{% macro m" + number(i) + "(x=m" + number(i - 1) + "(), y=m" + number(i - 1) +
                "()) %}{% endmacro %}";
  EXPECT_EQ(found(defaults + "{{ m40() }}"), "TPL-402");
}

TEST(Work, DefinedFromTheLastToTheFirst) {
  std::string text;
  for (int i = 40; i > 0; --i)
    text += "{% macro m" + number(i) + "() %}{{ m" + number(i - 1) + "() }}{{ m" + number(i - 1) +
            "() }}{% endmacro %}";
  EXPECT_EQ(found(text + "{% macro m0() %}x{% endmacro %}{{ m40() }}"), "TPL-402");
}

TEST(Work, BlocksOfCalls) {
  for (const std::string_view macro :
       {"{% macro a() %}{{ caller() }}{{ caller() }}{% endmacro %}",
        "{% macro a() %}{% set c = caller %}{{ c() }}{{ c() }}{% endmacro %}",
        "{% macro b() %}{{ caller() }}{{ caller() }}{% endmacro %}"
        "{% macro a() %}{{ b(caller=caller) }}{% endmacro %}",
        "{% macro a() %}{% for i in range(3) %}{{ caller() }}{% endfor %}{% endmacro %}",
        "{% macro a() %}{% for m in messages %}{{ caller() }}{% endfor %}{% endmacro %}"})
    EXPECT_EQ(found(nested(40, macro)), "TPL-402") << macro;
}

TEST(Work, TextsThatGrow) {
  EXPECT_EQ(found(filtered(40, "replace('x', 'xx')", "x")), "TPL-402");
  EXPECT_EQ(found(filtered(40, "replace('x', 'xx')", "{{ 'x' }}")), "TPL-402");
  EXPECT_EQ(found(filtered(40, "replace('x', 'xx')", "{{ a }}x")), "TPL-402");
  EXPECT_EQ(found("{{ m.content.replace('', m.content) }}"), "TPL-402");
  EXPECT_EQ(found("{{ m.content|replace('', m.content) }}"), "TPL-402");
  EXPECT_EQ(found("{{ m.content.join(m.content) }}"), "TPL-402");
  EXPECT_EQ(found("{{ m.content|join(m.content) }}"), "TPL-402");
  EXPECT_EQ(found("{% macro p() %}{{ 'x' * 99999 }}{% endmacro %}"
                  "{% for i in range(9999) %}{{ p() }}{% endfor %}"),
            "TPL-402");
}

TEST(Work, LoopsOverWhatAMessageSays) {
  const std::string loop = "{% for c in messages[0].content %}";
  const std::string end = "{% endfor %}";
  EXPECT_EQ(found(loop + loop + loop + end + end + end), "TPL-403");
  EXPECT_EQ(found("{% set s = m.content %}{% for a in s %}{% for b in s %}{% for c in s %}" + end +
                  end + end),
            "TPL-403");
  EXPECT_EQ(found("{% for a in m.content.split() %}{% for b in m.content %}"
                  "{% for c in m.content|list %}" +
                  end + end + end),
            "TPL-403");
  EXPECT_EQ(found("{% set s = m.content %}{% for a in s %}{% for b in s %}" + end + end), "");
  EXPECT_EQ(found("{% for m in messages %}{% for p in m.content %}{% for x in p.text %}" + end +
                  end + end),
            "");
}

// What real templates do, and somewhat more.
TEST(Work, Ordinary) {
  EXPECT_EQ(found(chain(40, "{{ #() }}")), "");
  EXPECT_EQ(found(chain(40, "{% if a %}x{% else %}{{ #() }}{% endif %}")), "");
  EXPECT_EQ(found(chain(5, "{{ #() }}{{ #() }}{{ #() }}{{ #() }}")), "");
  EXPECT_EQ(found(nested(40, "{% macro a() %}{{ caller() }}{% endmacro %}")), "");
  EXPECT_EQ(found(nested(40, "{% macro a() %}{% endmacro %}")), "");
  EXPECT_EQ(found(nested(5, "{% macro a() %}{{ caller() }}{{ caller() }}{% endmacro %}")), "");
  EXPECT_EQ(found(nested(40, "")), "");
  EXPECT_EQ(found(filtered(40, "replace('x', 'y')", "x")), "");
  EXPECT_EQ(found(filtered(40, "trim", "xx{{ m.content }}")), "");
  EXPECT_EQ(found("{{ s.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')"
                  ".replace('\"', '&quot;').replace(\"'\", '&#39;') }}"),
            "");
  EXPECT_EQ(found("{{ ', '.join(m.content) }}{{ m.content|join(', ') }}"), "");
  EXPECT_EQ(found("{{ s.replace('<x>', m.content) }}{{ s.replace('', m.content) }}"), "");
  std::string many = "{% macro m() %}x{% endmacro %}{% for m in messages %}";
  for (int i = 0; i < 1000; ++i) many += "{{ m() }}";
  EXPECT_EQ(found(many + "{% endfor %}"), "");
  EXPECT_EQ(
      found("{% macro f(s) %}{% for k, v in s.items() %}{{ f(v) }}{{ f(v.items) }}{% endfor %}"
            "{% endmacro %}{% for t in tools %}{{ f(t) }}{% endfor %}"),
      "");
}

}  // namespace
}  // namespace gh::jinja
