// `TPL-402`: texts, lists and numbers that grow.

#include <gtest/gtest.h>

#include <string>

#include "found.h"

namespace gh::jinja {
namespace {

std::string times(int count, std::string_view text) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

// `{% set a = first %}`, then each variable made of the one before it, which is `#`.
std::string chain(int length, std::string_view first, std::string_view made) {
  std::string out = "{% set v0 = " + std::string(first) + " %}";
  for (int i = 1; i <= length; ++i) {
    std::string one = "{% set v" + std::to_string(i) + " = " + std::string(made) + " %}";
    for (std::size_t at = one.find('#'); at != std::string::npos; at = one.find('#'))
      one.replace(at, 1, "v" + std::to_string(i - 1));
    out += one;
  }
  return out + "{{ v" + std::to_string(length) + " }}";
}

std::string turns(std::string_view made, std::string_view first = "'x'") {
  return "{% set n = namespace(s=" + std::string(first) +
         ", t=1, u='') %}{% for m in messages %}{% set n.s = " + std::string(made) +
         " %}{% endfor %}";
}

TEST(Sizes, TextsOfTexts) {
  EXPECT_EQ(found("{{ '\"'" + times(28, "|tojson") + " }}"), "TPL-402");
  EXPECT_EQ(found("{{ messages[0].content" + times(28, "|tojson") + " }}"), "TPL-402");
  EXPECT_EQ(found("{{ x" + times(28, "|list|string") + " }}"), "TPL-402");
  for (const std::string_view made : {"[#, #, #, #]",
                                      "{'a': #, 'b': #}",
                                      "(#, #)",
                                      "# ~ #",
                                      "#|replace('x', #)",
                                      "[#]|pprint",
                                      "'%s%s' % (#, #)",
                                      "'%(a)s%(a)s' % {'a': #}",
                                      "'{0}{0}'.format(#)",
                                      "[#, #]|join",
                                      "#|indent(9, true)",
                                      "#|wordwrap(1, true, '---------')",
                                      "'' ~ [#]",
                                      "[[#]]|join",
                                      "[#, #]|map('string')|list",
                                      "[#]|map('indent', 9)|list",
                                      "#.join(['', '', '', ''])",
                                      "#|list|string",
                                      "#.translate({120: 'xxxx'})",
                                      "[#] * 4"})
    EXPECT_TRUE(found(chain(30, "messages[0].content", made)).contains("TPL-402")) << made;
  EXPECT_EQ(found(chain(9, "[messages]", "[#, #, #, #, #, #, #, #]") + "{{ v9|tojson }}"),
            "TPL-402");
  EXPECT_EQ(found("{{ ([messages] * 100000)|tojson }}"), "TPL-402");
  EXPECT_EQ(found("{% set a %}" + chain(0, "m.content", "") + "{% endset %}" +
                  times(30, "{% set a %}{{ a }}{{ a }}{% endset %}")),
            "TPL-402");
}

TEST(Sizes, BytesOfANumber) {
  for (const std::string_view made :
       {"(1).to_bytes(10000000000, 'big')", "(1).to_bytes(length=10000000000, byteorder='big')",
        "true.to_bytes(10 ** 10)", "(1)['to_bytes'](10000000000, 'big')",
        "(1).to_bytes(messages[0].content|int, 'big')", "255 .to_bytes(99999, 'big') * 99999",
        "(255 .to_bytes(99999, 'big')|string) * 999"})
    EXPECT_EQ(found("{{ " + std::string(made) + " }}"), "TPL-402") << made;
  EXPECT_EQ(found("{% set f = (1).to_bytes %}{{ f(10000000000) }}"), "TPL-402");
  for (const std::string_view made : {"255 .to_bytes(4, 'big')", "messages|length.to_bytes(2)",
                                      "(1).to_bytes(messages[0].content|length, 'big')"})
    EXPECT_FALSE(found("{{ " + std::string(made) + " }}").contains("TPL-402")) << made;
}

// Too long to be worked out, so nobody has counted what stands in them.
TEST(Sizes, LongFormats) {
  for (const std::string_view made :
       {"('%(a)s' * 99999) % {'a': 'a' * 99999}", "('%(a)s' * 99999) % dict(a='a' * 99999)",
        "('%(a)s' * 99999)|format(a='a' * 99999)", "('%(a)999999d' * 9999) % {'a': 1}",
        "('%(a)s' * (messages|length * 9999)) % {'a': 'a' * 99999}",
        "('%(a)s' * 9999) % {'a': messages[0].content}"})
    EXPECT_EQ(found("{{ " + std::string(made) + " }}"), "TPL-402") << made;
  for (const std::string_view made :
       {"('%(a)s' * 9) % {'a': 'a' * 9}", "'%(a)s' % {'a': messages[0].content}",
        "'%(a)s %(b)s' % {'a': messages[0].content, 'b': messages[0].role}", "loop.index % 2",
        "messages[0].n % 2", "x % y"})
    EXPECT_EQ(found("{{ " + std::string(made) + " }}"), "") << made;
}

TEST(Sizes, TurnByTurn) {
  for (const std::string_view made :
       {"[n.s, n.s]", "{'a': n.s, 'b': n.s}", "n.s|list|string", "[n.s]|string", "'' ~ [n.s]",
        "n.s|center(n.s|length * 2)", "n.s.ljust(n.s|length + n.s|length)",
        "n.s|indent(n.s|length, true)", "'%s%s' % (n.s, n.s)", "'{0}{0}'.format(n.s)", "n.s|tojson",
        "[n.s]|map('tojson')|first", "n.s * loop.index", "n.s * n.s|length",
        "n.s ~ 'x' * n.s|length", "'%*d' % (n.s|length * 2, 1)",
        "(n.s|batch(n.s|length * 2, 'x')|list)"})
    EXPECT_EQ(found(turns(made)), "TPL-402") << made;
  for (const std::string_view made : {"n.s ** 2", "n.s * n.s", "n.s + n.s", "n.s * 3", "n.s * m.n"})
    EXPECT_EQ(found(turns(made, "2")), "TPL-402") << made;
  // By way of others.
  EXPECT_EQ(found("{% set n = namespace(a='x', b='', c='') %}{% for m in messages %}"
                  "{% set n.a = n.b %}{% set n.b = n.c %}{% set n.c = n.a ~ n.a %}{% endfor %}"),
            "TPL-402");
  EXPECT_EQ(found("{% set n = namespace(a='x', b='x', c='x') %}{% for m in messages %}"
                  "{% set n.a = n.b ~ n.c %}{% set n.b = n.a %}{% set n.c = n.a %}{% endfor %}"),
            "TPL-402");
  EXPECT_EQ(found("{% macro f(k, x) %}{% if k %}{{ f(k - 1, x ~ x) }}{% endif %}{% endmacro %}"
                  "{{ f(30, 'x') }}"),
            "TPL-402");
  EXPECT_EQ(found("{% macro f(k, x) %}{{ g(k, x ~ x) }}{% endmacro %}"
                  "{% macro g(k, y) %}{% if k %}{{ f(k - 1, y) }}{% endif %}{% endmacro %}"),
            "TPL-402");
}

TEST(Sizes, MacrosAndBlocks) {
  const std::string twice = "{% macro d(x) %}{{ x }}{{ x }}{% endmacro %}";
  EXPECT_EQ(found(twice + "{{ " + times(30, "d(") + "m.content" + times(30, ")") + " }}"),
            "TPL-402");
  EXPECT_EQ(found(twice + chain(30, "m.content", "d(#)")), "TPL-402");
  EXPECT_EQ(found("{% set x = m.content %}{% macro d() %}{{ x }}{{ x }}{% endmacro %}" +
                  times(30, "{% set x = d() %}")),
            "TPL-402");
  EXPECT_EQ(
      found("{% macro d() %}{{ caller() }}{{ caller() }}{% endmacro %}{% set x = m.content %}" +
            times(30, "{% set x %}{% call d() %}{{ x }}{% endcall %}{% endset %}")),
      "TPL-402");
  EXPECT_EQ(found("{% set x = m.content %}" +
                  times(9, "{% set x %}{% for i in range(99) %}{{ x }}{% endfor %}{% endset %}")),
            "TPL-402");
  EXPECT_EQ(found("{% filter" + std::string(" tojson") + times(28, "|tojson") +
                  " %}{{ m.content }}{% endfilter %}"),
            "TPL-402");
  EXPECT_EQ(found("{% set x | tojson" + times(28, "|tojson") + " %}{{ m.content }}{% endset %}"),
            "TPL-402");
}

TEST(Sizes, Numbers) {
  for (const std::string_view text :
       {"{{ 'a' * (messages|length * 100000000) }}",
        "{{ 'a' * (messages|length ** 6) }}",
        "{{ 'a'.center(messages|length ** 6) }}",
        "{{ 'a'|center(width=messages|length ** 6) }}",
        "{{ messages|batch(messages|length ** 6, 'x')|list }}",
        "{{ messages|slice(messages|length ** 6)|list }}",
        "{{ messages|tojson(indent=messages|length ** 6) }}",
        "{{ m.content|indent(messages|length ** 6, true) }}",
        "{{ '%*d' % (messages|length ** 6, 1) }}",
        "{{ '%*d'|format(messages|length ** 6, 1) }}",
        "{{ '{:{}}'.format(1, messages|length ** 6) }}",
        "{{ 'x'|wordwrap(1, true, 'y' * (messages|length ** 6)) }}",
        "{% for i in range(messages|length ** 6) %}{% endfor %}",
        "{{ 'a' * (m.content|length ** 2) }}",
        "{{ 'a' * (1e9|int) }}",
        "{{ 'a' * ('999999999'|int) }}",
        "{{ 'a' * ([10 ** 9]|max) }}",
        "{{ 'a' * {'n': 10 ** 9}.n }}",
        "{{ 'a' * dict(n=10 ** 9).n }}",
        "{{ 'a' * ((10 ** 9 / 1)|int) }}",
        "{{ 'a' * (1 / 0.0000001)|int }}",
        "{{ 'a' * (range(9999)|sum) }}",
        "{{ 'a' * ('zzzzzz'|int(0, 36)) }}",
        "{% set n = namespace(k=1) %}{% set n.k = 10 ** 9 %}{{ 'a' * n.k }}",
        "{% set a = namespace(k=1) %}{% set a.k = 10 ** 9 %}{% set b = a %}{{ 'a' * b.k }}",
        "{% macro r(n) %}{{ 'a' * n }}{% endmacro %}{{ r(10 ** 9) }}",
        "{% set x = 2 ** 62 %}{% set x = x ** 999 %}{% set x = x ** 999 %}{{ x ** 999 > 1 }}",
        "{% set n = messages|length %}{% set n = n ** 999 %}{% set n = n ** 999 %}{{ n ** 999 > 1 "
        "}}"})
    EXPECT_EQ(found(text), "TPL-402") << text;
}

// What templates do.
TEST(Sizes, Ordinary) {
  for (const std::string_view made :
       {"n.s ~ m.content", "n.s ~ m.content|length", "n.s ~ n.t", "m.content ~ m.content",
        "n.s ~ m|tojson", "n.s|trim", "n.s ~ m.content|indent(4)", "n.s|indent(2)",
        "n.s ~ ' ' * loop.index", "n.s[:9] ~ 'x'", "n.s|center(20)", "n.s|center(n.s|length + 2)",
        "n.s|replace('\\n', ' ')", "'%s, %s' % (n.s, m.role)", "n.s ~ [m.role]|string",
        "n.s ~ [m.role, m.content]|join(', ')", "n.s if loop.first else m.content"})
    EXPECT_EQ(found(turns(made)), "") << made;
  for (const std::string_view made :
       {"n.s + 1", "n.s + m.content|length", "n.s - 1", "loop.index * 2", "(n.s + 1) % 10",
        "n.s + messages|length // 2"})
    EXPECT_EQ(found(turns(made, "0")), "") << made;
  for (const std::string_view text :
       {"{{ messages|tojson|tojson }}", "{{ tools|tojson(indent=4) }}",
        "{{ '-' * messages|length }}", "{{ ' ' * (4 * loop.index) }}", "{{ 'x'|center(80) }}",
        "{{ '%5d' % 3 }}", "{{ messages|batch(2)|list|length }}",
        "{% for i in range(messages|length) %}{% endfor %}",
        "{% for i in range(m.content|length) %}{% endfor %}", "{{ '-' * m.content|length }}",
        "{{ ' ' * m.depth }}", "{{ messages|length ** 2 }}", "{{ 1.5 * 2 }}", "{{ '12'|int + 1 }}",
        "{% macro r(n) %}{{ ' ' * n }}{% endmacro %}{{ r(4) }}{{ r(loop.index) }}",
        "{% macro f(x, d) %}{{ '  ' * d }}{% for k in x.items %}{{ f(k, d + 1) }}{% endfor %}"
        "{% endmacro %}{{ f(tools[0], 0) }}",
        "{% macro f(x, p) %}{% for k in x %}{{ f(k, p ~ '  ') }}{% endfor %}{% endmacro %}"})
    EXPECT_EQ(found(text), "") << text;
  EXPECT_EQ(found(chain(9, "m.content", "#|tojson")), "");
  EXPECT_EQ(found(chain(9, "m.content", "# ~ '\\n' ~ m.content")), "");
  EXPECT_EQ(found(chain(5, "m.content", "#|replace('&', '&amp;')")), "");
  EXPECT_EQ(found(times(30, "{% set x = x ~ m.content %}")), "");
  EXPECT_EQ(found("{% macro d(x) %}{{ x }}{{ x }}{% endmacro %}{{ d(d(d(m.content))) }}"), "");
}

}  // namespace
}  // namespace gh::jinja
