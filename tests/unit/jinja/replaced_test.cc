// A word of the template in the place of one of a message.

#include <gtest/gtest.h>

#include <string>

#include "found.h"

namespace gh::jinja {

// For each word `w` of a message.
std::string of_words(std::string_view body) {
  return "{% for m in messages %}{% for w in m.content.split() %}" + std::string(body) +
         "{% endfor %}{% endfor %}";
}

TEST(Replaced, Words) {
  for (const std::string_view body :
       {"{{ 'unsafe' if w == 'safe' else w }}", "{{ w if w != 'safe' else 'unsafe' }}",
        "{{ w if w != 'safe' }}", "{% if w == 'safe' %}unsafe{% else %}{{ w }}{% endif %}",
        "{% if w == 'safe' %}{% else %}{{ w }}{% endif %}",
        "{% set x = 'unsafe' if w == 'safe' else w %}{{ x }}", "{{ '*' if w == 'safe' else w }}",
        "{{ {'safe': 'unsafe'}.get(w, w) }}",
        "{% set t = {'safe': 'unsafe'} %}{{ t[w] if t[w] is defined else w }}",
        "{% set x = {'safe': 'unsafe'}.get(w) %}{% if x %}{{ x }}{% continue %}{% endif %}{{ w }}",
        "{{ {'safe': 'unsafe'}.get(w) or w }}", "{{ {'safe': 'unsafe'}[w]|default(w) }}",
        "{{ {'a': 'b'}.get(w, w) }}", "{% set x = {'safe': 'unsafe'}.get(w) %}{{ x if x else w }}",
        "{% set x = {'safe': 'unsafe'}.get(w) %}{% if x %}{{ x }}{% else %}{{ w }}{% endif %}",
        "{% set x = {'safe': 'unsafe'}.get(w) %}"
        "{% if x is none %}{{ w }}{% else %}{{ x }}{% endif %}"})
    EXPECT_EQ(found(of_words(body)), "TPL-205") << body;
}

// Commands, names of languages, signs, and words that stand beside what was said.
TEST(Replaced, Nothing) {
  const Case cases[] = {
      {"{{ '<|safe|>' if w == 'safe' else w }}", "TPL-211"},
      {"{{ 'safe' if w == 'safe' else w }}", "TPL-211"},
      {"{{ '' if w == '' else w }}{{ w if w != 'null' }}", ""},
      {"{% if w == 'safe' %}{{ bos_token }}{% else %}{{ w }}{% endif %}", "TPL-211"},
      {"{% if w == 'safe' %}describe<|1|>normal{% else %}query<|1|>{{ w }}{% endif %}", "TPL-211"},
      // Words that are added.
      {"{{ 'unsafe' if w == 'safe' else 'safe' }}", "TPL-201"},
      {"{% if w == 'safe' %}un{% endif %}{{ w }}", "TPL-201"},
      {"{{ {'de': 'German'}.get(w, 'English') }}: {{ w }}", "TPL-211"},
      {"{% set x = {'de': 'German'}.get(w) %}{% if x %}{{ x }}: {{ w }}{% else %}{{ w }}{% endif "
       "%}",
       "TPL-211"},
      {"{{ {'<': '&lt;', '\"': '&quot;'}.get(w, w) }}", "TPL-211"},
      {"{{ {'user': 'User'}.get(m.role, m.role) }}: {{ w }}", ""},
      {"{{ {'user': 'User'}[m.role]|default(w) }}", ""},
      {"{{ m.name or w }}", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(of_words(test.text)), test.ids) << test.text;
}

}  // namespace gh::jinja
