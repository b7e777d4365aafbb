"""Chat templates whose names and keys were taken for others: each was a finding or inconclusive, and its neighbours that
are unsafe stay what they were."""

from cases_found_documents import template

K = "({'MRO': 1}|list|first|lower)"

# A variable ends with the loop, macro or block that it is set in.
template("found/loops_of_one_name",
         "{% macro a(tool) %}{% for k, v in tool.items() %}{{ k }}{% endfor %}{% endmacro %}{% for k in range(0, messages|length) %}{{ messages[k].content }}{% endfor %}")
template("found/variable_of_another_macro",
         "{% macro a() %}{% set k = " + K + " %}{% endmacro %}{% macro b(k) %}{{ tools[k] }}{% endmacro %}{{ b(messages[0].role) }}")
template("found/variable_of_the_same_macro",
         "{% macro a(k) %}{{ tools[k] }}{% endmacro %}{{ a(k=" + K + ") }}",
         "TPL-304")
template("found/variable_around_a_loop",
         "{% set k = " + K + " %}{% for i in tools %}{{ ''[k] }}{% set k = 'a' %}{% endfor %}",
         "TPL-304")
template("found/else_of_a_loop",
         "{% set k = " + K + " %}{% for k in [] %}{% else %}{{ ''[k] }}{% endfor %}",
         "TPL-304")
template("found/loop_that_is_called",
         "{% for k in tools recursive %}{{ ''[k] }}{% set l = loop %}{% for i in k %}{{ l([" + K + "]) }}{% endfor %}{% endfor %}",
         "TPL-304")
