#include <gtest/gtest.h>

#include <string>

#include "jinja/tree.h"

namespace gh::jinja {
namespace {

TEST(Parser, Accepts) {
  for (const std::string_view text : {"",
                                      "text",
                                      "{{ a }}",
                                      "{{ a, b }}",
                                      "{{ a if b }}",
                                      "{{ a if b else c if d else e }}",
                                      "{{ not a and b or c }}",
                                      "{{ a == b != c < d }}",
                                      "{{ a in b }}",
                                      "{{ a not in b }}",
                                      "{{ a ~ b ~ c }}",
                                      "{{ a + b * c ** d // e % f - g }}",
                                      "{{ -a ** +b }}",
                                      "{{ a.b.c['d'][0][1:2][::-1][:] }}",
                                      "{{ a[1, 2:3] }}",
                                      "{{ a.0 }}",
                                      "{{ () }}",
                                      "{{ (a,) }}",
                                      "{{ [a, b,] }}",
                                      "{{ {'a': b, c: d,} }}",
                                      "{{ a(b, c=d, *e, **f) }}",
                                      "{{ a(b,) }}",
                                      "{{ a|b|c(d)(e) }}",
                                      "{{ a is b }}",
                                      "{{ a is not b }}",
                                      "{{ a is divisibleby 3 }}",
                                      "{{ a is b.c(d) }}",
                                      "{{ 'a' 'b' }}",
                                      "{{ true and None }}",
                                      "{% if a %}b{% elif c %}d{% else %}e{% endif %}",
                                      "{% if a: %}b{% endif %}",
                                      "{% for a in b %}c{% else %}d{% endfor %}",
                                      "{% for a, b in c if d recursive %}{% endfor %}",
                                      "{% for a in b %}{% break %}{% continue %}{% endfor %}",
                                      "{% set a = b %}",
                                      "{% set a, b = c, d %}",
                                      "{% set (a, b) = c %}",
                                      "{% set ns.a = b %}",
                                      "{% set a %}b{% endset %}",
                                      "{% set a | upper %}b{% endset %}",
                                      "{% macro a(b, c=1) %}d{% endmacro %}",
                                      "{% call a(b) %}c{% endcall %}",
                                      "{% call(d) a(b) %}c{% endcall %}",
                                      "{% filter upper | trim %}a{% endfilter %}",
                                      "{% with a = b, c = d %}e{% endwith %}",
                                      "{% with %}{% endwith %}",
                                      "{% autoescape true %}a{% endautoescape %}",
                                      "{% block a scoped %}b{% endblock a %}",
                                      "{% block a required %} {% endblock %}",
                                      "{% generation %}a{% endgeneration %}",
                                      "{% include 'a' ignore missing with context %}",
                                      "{% import 'a' as b without context %}",
                                      "{% from 'a' import b as c, d with context %}",
                                      "{% extends 'a' %}",
                                      "{% print a, b %}",
                                      "{% print %}"})
    EXPECT_TRUE(parse(text)) << text << ": " << parse(text).error().message;
}

TEST(Parser, Refuses) {
  for (const std::string_view text :
       {"{{ }}",
        "{{ a b }}",
        "{{ a if }}",
        "{{ a, , b }}",
        "{{ not }}",
        "{{ a == }}",
        "{{ a ~ }}",
        "{{ ** a }}",
        "{{ a. }}",
        "{{ a.'b' }}",
        "{{ a[] b }}",
        "{{ a[1:2:3:4] }}",
        "{{ [a b] }}",
        "{{ {a} }}",
        "{{ {a: b c} }}",
        "{{ a(b c) }}",
        "{{ a(b=1, c) }}",
        "{{ a(*b, c) }}",
        "{{ a(**b, c=1) }}",
        "{{ a(b=1, b=2) }}",
        "{{ a| }}",
        "{{ a|'b' }}",
        "{{ a is }}",
        "{{ a is b is c }}",
        "{{ '\\x' }}",
        "{{ a; b }}",
        "{% %}",
        "{% 'a' %}",
        "{% unknown %}",
        "{% if a %}",
        "{% if %}{% endif %}",
        "{% endif %}",
        "{% if a %}{% endfor %}",
        "{% if a %}{% else %}{% else %}{% endif %}",
        "{% for a %}{% endfor %}",
        "{% for a in %}{% endfor %}",
        "{% for a.b in c %}{% endfor %}",
        "{% for 'a' in c %}{% endfor %}",
        "{% for [a] in c %}{% endfor %}",
        "{% for loop in c %}{% endfor %}",
        "{% for a in b %}",
        "{% break %}",
        "{% for a in b %}{% macro c() %}{% break %}{% endmacro %}{% endfor %}",
        "{% set a %}",
        "{% set 1 = a %}",
        "{% set none = a %}",
        "{% set a.b.c = d %}",
        "{% set a() = b %}",
        "{% macro a %}{% endmacro %}",
        "{% macro a(b=1, c) %}{% endmacro %}",
        "{% macro a(b, b) %}{% endmacro %}",
        "{% macro a(caller) %}{% endmacro %}",
        "{% call a %}{% endcall %}",
        "{% filter %}{% endfilter %}",
        "{% with a %}{% endwith %}",
        "{% block a %}{% endblock %}{% block a %}{% endblock %}",
        "{% block a-b %}{% endblock %}",
        "{% block a required %}b{% endblock %}",
        "{% generation %}",
        "{% import 'a' %}",
        "{% from 'a' import _b %}",
        "{% from 'a' %}",
        "{% do a %}",
        "{% trans %}{% endtrans %}",
        "{% debug %}",
        "{% raw +%}{% endraw %}"})
    EXPECT_FALSE(parse(text)) << text;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Parser, DepthIsBounded) {
  const std::string cases[] = {
      "{{ " + repeated("(", 5000) + "a" + repeated(")", 5000) + " }}",
      "{{ " + repeated("[", 5000) + repeated("]", 5000) + " }}",
      "{{ " + repeated("-", 5000) + "a }}",
      "{{ " + repeated("not ", 5000) + "a }}",
      "{{ a" + repeated(".b", 100'000) + " }}",
      "{{ a" + repeated("()", 100'000) + " }}",
      "{{ a" + repeated("|b", 100'000) + " }}",
      "{{ a" + repeated(" + b", 100'000) + " }}",
      "{{ a" + repeated(" if b else c", 5000) + " }}",
      repeated("{% if a %}", 5000),
      repeated("{% for a in b %}", 5000),
  };
  for (const std::string& text : cases) {
    const auto tree = parse(text);
    ASSERT_FALSE(tree) << text.substr(0, 40);
    EXPECT_TRUE(tree.error().limit) << text.substr(0, 40);
  }
}

TEST(Parser, WhatIsDeepInPracticeIsAccepted) {
  EXPECT_TRUE(parse("{{ " + repeated("(", 60) + "a" + repeated(")", 60) + " }}"));
  EXPECT_TRUE(parse("{{ a" + repeated(" + b", 300) + " }}"));
  EXPECT_TRUE(parse("{{ a" + repeated(" ~ b", 50'000) + " }}"));
  EXPECT_TRUE(parse(repeated("{% if a %}", 60) + repeated("{% endif %}", 60)));
}

TEST(Parser, ErrorsHaveAPlace) {
  const auto tree = parse("line\n  {{ a b }}");
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().at.line, 2u);
  EXPECT_EQ(tree.error().at.column, 8u);
  EXPECT_FALSE(tree.error().limit);
}

}  // namespace
}  // namespace gh::jinja
