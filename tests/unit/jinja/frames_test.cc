// Names mean what they mean in Jinja: a variable ends with the frame that it is set in. `K` is a
// key that is made, and made keys are TPL-304.

#include <gtest/gtest.h>

#include <string>

#include "found.h"

namespace gh::jinja {
namespace {

constexpr std::string_view kMade = "({'X': 1}|list|first|lower)";

std::string with_key(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == 'K' ? std::string(kMade) : std::string(1, c);
  return out;
}

TEST(Frames, VariablesOfOtherFrames) {
  const Case cases[] = {
      {"{% macro a(t) %}{% for k, v in t.items() %}{{ k }}{% endfor %}{% endmacro %}"
       "{% for k in range(0, messages|length) %}{{ messages[k].content }}{% endfor %}",
       ""},
      {"{% macro m(k) %}{% endmacro %}{{ m(K) }}{% for k in tools %}{{ tools[k] }}{% endfor %}",
       ""},
      {"{% macro m() %}{% set k = K %}{% endmacro %}{% macro n(k) %}{{ tools[k] }}{% endmacro %}"
       "{{ n(messages[0].role) }}",
       ""},
      {"{% set k = K %}{% for k in tools %}{{ tools[k] }}{% endfor %}", ""},
      {"{% for k in [K] %}{% endfor %}{% for k in tools %}{{ tools[k] }}{% endfor %}", ""},
      {"{% for k in tools %}{{ tools[k] }}{% for k in [K] %}{% endfor %}{{ tools[k] }}{% endfor %}",
       ""},
      {"{% with k = K %}{% endwith %}{% with k = 'a' %}{{ tools[k] }}{% endwith %}", ""},
      {"{% set x %}{% set k = K %}{% endset %}{% set k = 'a' %}{{ tools[k] }}", ""},
      {"{% filter trim %}{% set k = K %}{% endfilter %}{% set k = 'a' %}{{ tools[k] }}", ""},
      {"{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{% set k = K %}{% endcall %}"
       "{% set k = 'a' %}{{ tools[k] }}",
       ""},
      {"{% for i in tools %}{% set k = K %}{% endfor %}{% set k = 'a' %}{{ tools[k] }}", ""},
      {"{% with k = 'a' %}{% with k = K, j = k %}{{ tools[j] }}{% endwith %}{% endwith %}", ""},
      // Words in another macro's variable of that name are not these.
      {"{% macro a(m) %}{% set hit = '</x>' in m.content %}{% endmacro %}"
       "{% macro b(hit) %}{% if hit %}Think about it well.{% endif %}{% endmacro %}{{ b(true) }}",
       ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(with_key(test.text)), test.ids) << test.text;
}

TEST(Frames, VariablesOfTheSameFrame) {
  const Case cases[] = {
      {"{% macro m(k) %}{{ tools[k] }}{% endmacro %}{{ m(K) }}", "TPL-304"},
      {"{% macro m(a, k) %}{{ tools[k] }}{% endmacro %}{{ m(k=K) }}", "TPL-304"},
      {"{% macro m(k=K) %}{{ tools[k] }}{% endmacro %}{{ m() }}", "TPL-304"},
      {"{% set k = K %}{% macro m(k=k) %}{{ tools[k] }}{% endmacro %}{{ m() }}", "TPL-304"},
      {"{% macro m() %}{{ tools[k] }}{% endmacro %}{% set k = K %}{{ m() }}", "TPL-304"},
      {"{% set k = K %}{% for i in tools %}{{ tools[k] }}{% endfor %}", "TPL-304"},
      // What is set in a frame begins as what it means around it.
      {"{% set k = K %}{% for i in tools %}{{ tools[k] }}{% set k = 'a' %}{% endfor %}", "TPL-304"},
      {"{% set k = K %}{% for i in tools %}{% if i %}{% set k = 'a' %}{% endif %}{{ tools[k] }}"
       "{% endfor %}",
       "TPL-304"},
      {"{% if a %}{% set k = K %}{% else %}{% set k = 'a' %}{% endif %}{{ tools[k] }}", "TPL-304"},
      {"{% for k in [K] if tools[k] %}{% endfor %}", "TPL-304"},
      // The `else` of a loop sees nothing of the loop.
      {"{% set k = K %}{% for k in tools %}{% else %}{{ tools[k] }}{% endfor %}", "TPL-304"},
      {"{% set k = K %}{% with k = 'a', j = k %}{{ tools[j] }}{% endwith %}", "TPL-304"},
      {"{% set k = K %}{% set x %}{{ tools[k] }}{% endset %}", "TPL-304"},
      {"{% set k = K %}{% filter trim %}{{ tools[k] }}{% endfilter %}", "TPL-304"},
      {"{% macro m() %}{{ caller() }}{% endmacro %}{% set k = K %}{% call m() %}{{ tools[k] }}"
       "{% endcall %}",
       "TPL-304"},
      {"{% macro m() %}{{ caller(K) }}{% endmacro %}{% call(k) m() %}{{ tools[k] }}{% endcall %}",
       "TPL-304"},
      // A block sees the template's variables, whatever stands around it.
      {"{% set k = K %}{% with k = 'a' %}{% block b %}{{ tools[k] }}{% endblock %}{% endwith %}",
       "TPL-304"},
      {"{% with k = K %}{% block b scoped %}{{ tools[k] }}{% endblock %}{% endwith %}", "TPL-304"},
      {"{% set n = namespace(k='a') %}{% for i in tools %}{{ tools[n.k] }}{% set n.k = K %}"
       "{% endfor %}",
       "TPL-304"},
      // A loop that is called goes through what it is given.
      {"{% for k in tools recursive %}{{ tools[k] }}{% if k %}{{ loop([K]) }}{% endif %}"
       "{% endfor %}",
       "TPL-304 TPL-402"},
      {"{% for k in tools recursive %}{{ tools[k] }}{% set l = loop %}{% for i in k %}"
       "{{ l([K]) }}{% endfor %}{% endfor %}",
       "TPL-304"},
      {"{% macro a(m) %}{% set hit = '</x>' in m.content %}{% if hit %}Think about it well."
       "{% endif %}{% endmacro %}{{ a(messages[0]) }}",
       "TPL-201"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(with_key(test.text)), test.ids) << test.text;
}

// More frames than are told apart count as one: nothing is missed there.
TEST(Frames, TooManyInsideEachOther) {
  std::string open;
  std::string close;
  for (int i = 0; i < 40; ++i) {
    open += "{% with a = 1 %}";
    close += "{% endwith %}";
  }
  EXPECT_EQ(found(with_key(open + "{% set k = K %}{{ tools[k] }}" + close)), "TPL-304");
  EXPECT_EQ(found(with_key(open + "{% set k = 'a' %}{{ tools[k] }}" + close)), "");
}

}  // namespace
}  // namespace gh::jinja
