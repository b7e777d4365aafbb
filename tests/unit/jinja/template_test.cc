// `TPL-3xx` and `TPL-4xx`, and what holds of every template.

#include "jinja/template.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "found.h"

namespace gh::jinja {
namespace {

TEST(Template, NotUnderstood) {
  const Case cases[] = {
      {"{{ a", "TPL-301"},
      {"{% do a %}", "TPL-301"},
      {"\xff", "TPL-302"},
      {"{{ a|from_json }}", "TPL-303"},
      {"{{ a is special }}", "TPL-303"},
      {"{{ a|map('from_json') }}", "TPL-303"},
      {"{{ messages|from_json }}", "TPL-303"},
      {"{{ bos_token|from_json }}", "TPL-303"},
      {"{{ 'x'|from_json }}", "TPL-303"},
      {"{{ messages[0].content|from_json(1) }}", "TPL-303"},
      {"{{ messages[0].content|parse_json }}", "TPL-303"},
      {"{{ a['ab'|title] }}", "TPL-304"},
      {"{% for c in 'ab' %}{{ a[c] }}{% endfor %}", "TPL-304"},
      {"{{ a[(b|string)[3] ~ 'lass'] }}", "TPL-304"},
      {"{% macro u() %}_{% endmacro %}{{ a[u() ~ u() ~ 'class' ~ u() ~ u()] }}", "TPL-304"},
      {"{% macro f(a, b) %}{{ c[a ~ b] }}{% endmacro %}{% set g = f %}{{ g(d, e) }}", "TPL-304"},
      {"{% macro f(m) %}x{% endmacro %}{{ a[f(message)] }}", "TPL-304"},
      {"{% macro f() %}{{ a[caller()] }}{% endmacro %}{% call f() %}x{% endcall %}", "TPL-304"},
      {"{% call(v) f() %}{{ a[v ~ v] }}{% endcall %}", "TPL-304"},
      {"{% macro m() %}{% set n = namespace(s='') %}{% for c in 'ab' %}{% set n.s = n.s ~ c %}"
       "{% endfor %}{{ caller(n.s) }}{% endmacro %}{% call(k) m() %}{{ ''[k] }}{% endcall %}",
       "TPL-304"},
      {"{% set k %}{% if a %}x{% endif %}{% endset %}{{ b[k] }}", "TPL-304"},
      {"{% set n = namespace(u='_') %}{% set m = n %}{{ a[m.u ~ m.u ~ 'mro'] }}", "TPL-304"},
      {"{% set u = b or '_' %}{{ a[u ~ u ~ 'mro'] }}", "TPL-304"},
      {"{{ \xc3\xa9 }}", "TPL-305"},
      {"{{ a.\xef\xbd\x83lass }}", "TPL-305"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.text), test.ids) << test.text;
}

// What the conversation says as a text is its own as data, too; whatever the template made is not.
TEST(Template, JsonOfTheConversation) {
  const std::string loop =
      "{% for m in messages %}{% for t in m.tool_calls %}{% set args = t.function.arguments %}";
  const std::string end = "{% endfor %}{% endfor %}";
  const std::string parsed = "{% if args is string %}{% set args = args|from_json %}{% endif %}";
  const std::pair<std::string, std::string_view> cases[] = {
      {loop + "{{ t.function.arguments|from_json }}" + end, "TPL-306"},
      {loop + "{{ (t.function.arguments|fromjson)['name'] }}" + end, "TPL-306"},
      {loop + parsed + "{% for k, v in args.items() %}{{ k }}{{ v|tojson }}{% endfor %}" + end,
       "TPL-306"},
      {loop + parsed + "{{ args[t.name] }}" + end, "TPL-306"},
      {loop + parsed + "{{ args.__class__ }}" + end, "TPL-101 TPL-306"},
      {loop + parsed + "{{ args['__cla' ~ 'ss__'] }}" + end, "TPL-101 TPL-306"},
      {loop + "{{ ''[('x' ~ args)|from_json] }}" + end, "TPL-303 TPL-304"},
      {loop + "{{ ''[('[\"Mro\"]'|lower|from_json)[0]] }}" + end, "TPL-303 TPL-304"},
      {loop + "{% set k = (args|upper ~ 'x')|from_json %}{{ a[k] }}" + end, "TPL-303 TPL-304"},
      {loop + "{{ args|tojson|from_json }}" + end, "TPL-303"},
      {loop + "{{ (args|replace('a', '_'))|from_json }}" + end, "TPL-303"},
      {loop + "{{ (bos_token ~ args)|from_json }}" + end, "TPL-303"},
      {"{% macro m() %}x{% endmacro %}{{ m()|from_json }}", "TPL-303"},
  };
  for (const auto& [text, ids] : cases) EXPECT_EQ(found(text), ids) << text;
}

TEST(Template, Cost) {
  const Case cases[] = {
      {"{% for i in range(1000000000) %}{% endfor %}", "TPL-402"},
      {"{% for i in range(0, 100000) %}{% endfor %}", "TPL-402"},
      {"{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}", "TPL-402"},
      {"{{ 'a' * 100000000 }}", "TPL-402"},
      {"{{ 2 ** 100000 }}", "TPL-402"},
      {"{{ '%99999999d' % 1 }}", "TPL-402"},
      {"{{ 'a'|center(99999999) }}", "TPL-402"},
      {"{{ 'a'.ljust(99999999) }}", "TPL-402"},
      {"{% for a in messages %}{% for b in messages %}{% for c in messages %}{% endfor %}"
       "{% endfor %}{% endfor %}",
       "TPL-403 TPL-404"},
      {"{% for a in messages %}{% for b in messages %}{% endfor %}{% endfor %}", "TPL-404"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.text), test.ids) << test.text;
}

// What doubles, repeats and calls itself.
TEST(Template, Growth) {
  for (
      const std::string_view text :
      {"{% set n = namespace(s='x') %}{% for m in messages %}{% set n.s = n.s ~ n.s %}{% endfor %}",
       "{% set n = namespace(s='x') %}{% for m in messages %}{% set t = n.s %}{% set n.s = t ~ t %}"
       "{% endfor %}",
       "{% set n = namespace(s='x') %}{% for m in messages %}{% if a %}{% set t = n.s %}{% endif %}"
       "{% set n.s = t ~ t %}{% endfor %}",
       "{% set n = namespace(s='x') %}{% for i in range(40) %}{% set n.s = [n.s, n.s]|join %}{% "
       "endfor %}",
       "{% set n = namespace(s='x') %}{% for i in range(40) %}{% set n.s = n.s * 2 %}{% endfor %}",
       "{% set n = namespace(s='x') %}{% for i in range(40) %}{% set n.s = n.s|replace('x', 'xx') "
       "%}"
       "{% endfor %}",
       "{% set n = namespace(s='x') %}{% for i in range(40) %}{% set n.s = n.s.replace('x', 'xx') "
       "%}"
       "{% endfor %}",
       "{% set n = namespace(s='x') %}{% for i in range(40) %}{% set n.s = n.s|tojson %}{% endfor "
       "%}",
       "{% set n = namespace(s='x') %}{% for i in range(40) %}{% set n.s = '%s%s' % (n.s, n.s) %}"
       "{% endfor %}",
       "{% set n = namespace(s='x') %}{% for i in range(40) %}{% set n.s %}{{ n.s }}{{ n.s }}{% "
       "endset %}"
       "{% endfor %}",
       "{% set n = namespace(s='x') %}{% for i in a %}{% set n.s %}{% for j in a %}{{ n.s }}{% "
       "endfor %}"
       "{% endset %}{% endfor %}",
       "{% set n = namespace(s='x', t='y') %}{% for i in a %}{% set n.s = n.s ~ n.t %}"
       "{% set n.t = n.t ~ n.s %}{% endfor %}",
       "{% set n = namespace(s='x') %}{% macro d() %}{% set n.s = n.s ~ n.s %}{% endmacro %}"
       "{% for m in a %}{{ d() }}{% endfor %}",
       "{% macro d(t) %}{{ t }}{{ t }}{% endmacro %}{% set n = namespace(s='x') %}"
       "{% for i in a %}{% set n.s = d(n.s) %}{% endfor %}",
       "{{ ('x' * 999999) * 999999 }}",
       "{{ ('x' * 999)|join('x' * 999999) }}",
       "{{ 'x' * 10**9 }}",
       "{{ a * 10**9 }}",
       "{{ 9**9**9 }}",
       "{{ 2 ** n }}",
       "{{ 'x' * (m.content|int) }}",
       "{% for i in range(m.content|int) %}{% endfor %}",
       "{% for i in range(99 * 99 * 99) %}{% endfor %}",
       "{% set n = 10000000 // 3 %}{% for i in range(n) %}{% endfor %}",
       "{{ 'x'|center(width=10**9) }}",
       "{{ 'x'|indent(10**9) }}",
       "{{ a|tojson(indent=10**9) }}",
       "{{ 1.5|round(10**9, 'floor') }}",
       "{{ '%*d' % (10**9, 1) }}",
       "{{ '{:{}}'.format(1, 10**9) }}",
       "{% set r = range(9999)|list %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}",
       "{% for a in [1] * 9999 %}{% for b in [1] * 9999 %}{% endfor %}{% endfor %}",
       "{% macro m() %}{% for i in range(9999) %}{% endfor %}{% endmacro %}"
       "{% for i in range(9999) %}{{ m() }}{% endfor %}",
       "{% for i in range(9999) %}{{ 'x' * 99999 }}{% endfor %}",
       "{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}",
       "{% macro m(n) %}{% for i in range(2) %}{{ m(n - 1) }}{% endfor %}{% endmacro %}",
       "{% macro a(n) %}{{ b(n - 1) }}{{ b(n - 1) }}{% endmacro %}{% macro b(n) %}{{ a(n) }}{% "
       "endmacro %}",
       "{% macro m(s) %}{{ m(s[1:]) }}{{ m(s[1:]) }}{% endmacro %}",
       "{% macro m(n) %}{% set f = m %}{{ f(n - 1) }}{{ f(n - 1) }}{% endmacro %}",
       "{% for m in messages recursive %}{{ loop(messages) }}{% endfor %}"})
    EXPECT_EQ(found(text), "TPL-402") << text;
  EXPECT_EQ(
      found(
          "{% for a in tools %}{% for b in tools %}{% for c in documents %}{% endfor %}{% endfor %}"
          "{% endfor %}"),
      "TPL-403");
  for (const std::string_view text :
       {"{% set n = namespace(s='') %}{% for m in messages %}{% set n.s = n.s ~ m.content %}{% "
        "endfor %}",
        "{% set n = namespace(c='') %}{% for m in messages %}{% set n.c = m.content %}"
        "{% set n.c = n.c|replace('\"', '\\\\\"') %}{% endfor %}",
        "{% set n = namespace(s='') %}{% for m in messages %}{% set n.s = n.s if a else n.s ~ 'x' "
        "%}"
        "{% endfor %}",
        "{% set n = namespace(s='') %}{% for m in messages %}{% set n.s = n.s[n.s|length - 1:] "
        "%}{% endfor %}",
        "{% set n = namespace(s=[]) %}{% for m in a %}{% set t = m.name %}{% set n.s = n.s + [t] %}"
        "{% endfor %}{% for t in n.s %}{{ t }}{% endfor %}",
        "{% for m in a %}{% set n = namespace(s='x') %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        "{% macro r(s, d) %}{% for k, v in s.properties.items() %}{{ r(v, d + 1) }}{% endfor %}"
        "{{ r(s['items'], d + 1) }}{% for t in s.anyOf %}{{ r(t, d) }}{{ r({'type': t}, d) }}{% "
        "endfor %}"
        "{% endmacro %}{{ r(tools[0], 0) }}",
        "{% for m in nodes recursive %}{{ loop(m.children) }}{% endfor %}",
        "{% macro m(s, d) %}{{ m(s.x if s.x else 'Any', d) }}{{ m(s|items, d) }}{% endmacro %}",
        "{{ '  ' * (depth + 1) }}{{ 2 ** 3 }}{% for i in range(n) %}{% endfor %}"})
    EXPECT_EQ(found(text), "") << text;
}

TEST(Template, Harmless) {
  for (const std::string_view text :
       {"",
        "The user's requests. __class__ in prose, self.config and os.system too",
        "{# {{ ''.__class__ }} #}",
        "{% raw %}{{ ''.__class__ }}{% endraw %}",
        "{{ messages[0]['role'] }}",
        "{{ messages[-1].content }}",
        "{{ message['tool_calls'] }}",
        "{{ message.get('content', '') }}",
        "{% set ns = namespace(found=false) %}",
        "{% set ns = namespace() %}{% set ns.i = 0 %}{{ messages[ns.i] }}",
        "{% set ns = namespace(i=-1) %}{% set ns.i = loop.index0 %}{{ messages[ns.i] }}",
        "{{ messages[loop.index0 - 1].role }}",
        "{{ messages[messages|length - 1] }}",
        "{{ raise_exception('roles must alternate') }}",
        "{{ strftime_now('%d %b %Y') }}",
        "{% if strftime_now is defined %}{{ strftime_now('%Y') }}{% endif %}",
        "{% if namespace is defined %}{% endif %}",
        "{{ tools|tojson(indent=4) }}",
        "{% if '<think>' in message.content %}{% endif %}",
        "{% if '</think>' in c %}{{ c.split('</think>')[-1].lstrip('\\n') }}{% endif %}",
        "{% if '/no_think' in messages[0].content %}{% endif %}",
        "{% if '[INST]' in message.content %}{% endif %}",
        "{% if message.content.startswith('<tool_response>') %}{% endif %}",
        "{{ message.content.replace('/think', '') }}",
        "{{ message.content|replace('<br>', '\\n') }}",
        "{% if 'tool_calls' in message %}{% endif %}",
        "{% if 'image_url' in part %}{% endif %}",
        "{% for part in message.content %}{% if 'image' in part %}{% endif %}{% endfor %}",
        "{% for part in message.content %}{% if part.type == 'text' %}{% endif %}{% endfor %}",
        "{% if message.content == '' %}{% endif %}",
        "{% if message.content is none %}{% endif %}",
        "{% if message.role == 'user' %}{% endif %}",
        "{% for t in tools %}{{ t.name }}{% endfor %}",
        "{{ {'string': 'str', 'number': 'float'}[spec.type] }}",
        "{% set key = 'a' if b else 'c' %}{{ message[key] }}",
        "{% for k in ['name', 'type'] %}{{ tool[k] }}{% endfor %}",
        "{% for k, v in args|items %}{{ args[k] }}{% endfor %}",
        "{{ messages | selectattr('role', 'equalto', 'user') | list }}",
        "{{ messages | map(attribute='role') | join(', ') }}",
        "{{ '%s: %s' % (a, b) }}",
        "{{ '{}'.format(a) }}",
        "{{ 'a' * 3 }}",
        "{{ ' ' * indent }}",
        "{{ indent[:-2] }}",
        "{% for i in range(10) %}{% endfor %}",
        "{% for i in range(messages|length) %}{% endfor %}",
        "{% for i in range(n, -1, -1) %}{{ messages[i] }}{% endfor %}",
        "{% set _ = tools %}",
        "{% set _args = tc.arguments %}{{ _args.items() }}",
        "{{ fn.get('_json_block') }}",
        "{{ document['text'] }}",
        "{{ param.items }}",
        "{% set role = m.role %}{% if a %}{% set role = 'model' %}{% endif %}{{ names[role] }}",
        "{% macro f(s) %}{{ messages[s.i] }}{% endmacro %}{% set n = namespace(i=0) %}{{ f(n) }}",
        "{% for k in tool.keys() %}{{ tool[k] }}{% endfor %}",
        "{% macro f(d) %}{% for k in d %}{{ d[k] }}{% endfor %}{% endmacro %}{{ f(tools) }}",
        "{% macro render(spec) %}{{ render(spec['items']) }}{% endmacro %}",
        "{{ loop.previtem.role }}",
        "{{ 'Do not use variables.' }}",
        "{{ a | upper ~ b | lower }}",
        "{% set content = '' %}{{ content }}",
        "{% for self_reference in refs %}{{ self_reference }}{% endfor %}"})
    EXPECT_EQ(found(text), "") << text;
}

TEST(Template, NothingIsCut) {
  const std::string text = std::string(3'000'000, 'x') + "\n{{ a.__class__ }}";
  findings::Examination examination(0);
  examine_template(text, examination);
  ASSERT_EQ(examination.findings().size(), 1u);
  EXPECT_EQ(examination.findings()[0].line, 2u);
  EXPECT_EQ(examination.findings()[0].column, 6u);
}

TEST(Template, Published) {
  const std::filesystem::path folder =
      std::filesystem::path(GH_SOURCE_DIR) / "tests/cases/chat_templates";
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".jinja") continue;
    ++count;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    findings::Examination examination(0);
    examine_template(text, examination);
    for (const findings::Finding& finding : examination.findings())
      EXPECT_EQ(finding.rule->severity, findings::Severity::info)
          << entry.path().filename() << ":" << finding.line.value_or(0) << " " << finding.rule->id
          << " " << finding.message;
  }
  EXPECT_GE(count, 25u);
}

TEST(Template, Digest) {
  EXPECT_EQ(template_digest("a\r\nb\n"), template_digest("a\nb"));
  EXPECT_NE(template_digest("a\nb\n\n"), template_digest("a\nb"));
  EXPECT_EQ(template_digest(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Template, RulesAreListedOnce) {
  std::set<std::string_view> ids;
  for (const findings::Rule* rule : rules()) EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
  EXPECT_EQ(ids.size(), 33U);
}

}  // namespace
}  // namespace gh::jinja
