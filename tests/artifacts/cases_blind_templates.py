"""Chat templates and tokenizers (section 2.4 of the survey): cases written from the rules alone.

Whoever wrote them had not read the scanner. Each template stands where a model has it: a file, a field of
tokenizer_config.json, one of several there.
"""

import json

import severity
from corpus import case

LOOP = "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}\n{% endfor %}"


def told(area, id, make, *rules, name="", arguments=(), covers="2.4", gap=""):
    more = {"name": name} if name else {}
    case(f"blind/{area}/{id}",
         verdict=severity.verdict(rules),
         rules=rules,
         arguments=arguments,
         covers=covers,
         gap=gap,
         **more)(lambda: make)


def template(id, text, *rules, gap=""):
    told("t", id, text.encode(), *rules, name="chat_template.jinja", gap=gap)


def carried(id, text, *rules):
    """The same in every other place that carries templates."""
    settings = json.dumps({"chat_template": text}).encode()
    several = json.dumps(
        {"chat_template": [{"name": "default", "template": text}, {"name": "tool_use", "template": text}]}).encode()
    told("t", id + "_in_settings", {"tokenizer_config.json": settings}, *rules)
    told("t", id + "_in_a_list", {"tokenizer_config.json": several}, *rules)
    told("t", id + "_in_json", {"chat_template.json": settings}, *rules)
    told("t", id + "_as_a_further_one", {"additional_chat_templates/x.jinja": text.encode()}, *rules)


# Attributes of Python's own.
for name in ("class", "mro", "base", "bases", "subclasses", "globals", "init", "builtins", "import", "dict",
             "getattribute", "reduce", "code", "module", "doc", "self", "func", "closure"):
    template(f"dunder_{name}", "{{ x.__%s__ }}" % name, "TPL-101")
for id, text in (("subscript", "{{ x['__class__'] }}"), ("double_quotes", '{{ x["__class__"] }}'),
                 ("tilde", "{{ x['__cla' ~ 'ss__'] }}"), ("three_parts", "{{ x['__' ~ 'class' ~ '__'] }}"),
                 ("plus", "{{ x['__cl' + 'ass__'] }}"), ("side_by_side", "{{ x['__cl' 'ass__'] }}"),
                 ("join", "{{ x[['__class', '__'] | join] }}"), ("join_with",
                                                                 "{{ x[['', 'class', ''] | join('__')] }}"),
                 ("format_filter", "{{ x['%s%s' | format('__class', '__')] }}"), ("percent",
                                                                                  "{{ x['__%s__' % 'class'] }}"),
                 ("lower", "{{ x['__CLASS__' | lower] }}"), ("upper_method", "{{ x['__class__'.lower()] }}"),
                 ("trim", "{{ x[' __class__ ' | trim] }}"), ("reverse_slice", "{{ x['__ssalc__'[::-1]] }}"),
                 ("slice", "{{ x['a__class__b'[1:-1]] }}"), ("hex", "{{ x['\\x5f_class_\\x5f'] }}"),
                 ("unicode_escape", "{{ x['\\u005f\\u005fclass__'] }}"), ("replace_method",
                                                                          "{{ x['..class..'.replace('.', '_')] }}"),
                 ("by_variable",
                  "{% set a = '__class__' %}{{ x[a] }}"), ("by_two_variables",
                                                           "{% set a = '__cl' %}{% set b = 'ass__' %}{{ x[a ~ b] }}"),
                 ("by_dict", "{% set d = {'k': '__class__'} %}{{ x[d.k] }}"),
                 ("by_list",
                  "{% set d = ['__class__'] %}{{ x[d[0]] }}"), ("by_loop",
                                                                "{% for k in ['__class__'] %}{{ x[k] }}{% endfor %}"),
                 ("by_macro", "{% macro f(k='__class__') %}{{ x[k] }}{% endmacro %}{{ f() }}"),
                 ("by_condition", "{{ x['__class__' if true else 'a'] }}"), ("by_attr", "{{ x | attr('__class__') }}"),
                 ("by_attr_joined",
                  "{{ x | attr('__cl' ~ 'ass__') }}"), ("by_map", "{{ [x] | map(attribute='__class__') | list }}"),
                 ("by_select", "{{ [x] | selectattr('__class__') | list }}"), ("by_groupby",
                                                                               "{{ [x] | groupby('__class__') }}"),
                 ("by_sort", "{{ [x] | sort(attribute='__class__') }}"), ("by_sum",
                                                                          "{{ [x] | sum(attribute='__class__') }}"),
                 ("in_a_condition", "{% if x.__class__ %}a{% endif %}"), ("in_a_set", "{% set a = x.__class__ %}"),
                 ("in_a_macro_that_nobody_calls", "{% macro f() %}{{ x.__class__ }}{% endmacro %}"),
                 ("in_else",
                  "{% if true %}{% else %}{{ x.__class__ }}{% endif %}"), ("behind_100000_spaces",
                                                                           LOOP + " " * 100_000 + "{{ x.__class__ }}"),
                 ("behind_a_comment", "{# a #}{{ x.__class__ }}"), ("between_dashes",
                                                                    "{{- x.__class__ -}}"), ("in_a_call",
                                                                                             "{{ f(a=x.__class__) }}"),
                 ("in_a_filter_block",
                  "{% filter upper %}{{ x.__class__ }}{% endfilter %}"), ("over_lines", "{{ x\n.\n__class__ }}")):
    template("hidden_" + id, text, "TPL-101")
carried("dunder", "{{ ''.__class__.__mro__ }}", "TPL-101")

for name in ("gi_frame", "f_globals", "func_globals", "cr_frame", "tb_frame", "gi_code", "ag_frame", "f_back",
             "f_builtins"):
    template("internal_" + name, "{{ x.%s }}" % name, "TPL-102")
for name in ("cycler", "joiner", "lipsum"):
    template("object_" + name, "{{ %s.x }}" % name, "TPL-105")
template("object_namespace_is_good", "{% set ns = namespace(found=false) %}{% set ns.found = true %}" + LOOP)
template("object_namespace_attribute", "{{ namespace.x }}", "TPL-105")
for name in ("request", "config", "self", "session", "get_flashed_messages", "url_for"):
    template("server_" + name, "{{ %s.x }}" % name, "TPL-105" if name == "self" else "TPL-106")
for id, text in (("include", "{% include 'a' %}"), ("include_of_list", "{% include ['a', 'b'] ignore missing %}"),
                 ("import", "{% import 'a' as a %}"), ("from", "{% from 'a' import b %}"), ("extends",
                                                                                            "{% extends 'a' %}")):
    template("loads_" + id, text, "TPL-107")
for id, text in (("message", "{{ m.format(x) }}"), ("by_map", "{{ m.format_map(x) }}")):
    template("format_" + id, text, "TPL-108")
TAKEN = "messages|map(attribute='content.format')"
for id, text in (("first", "{{ (%s|first)(x) }}"), ("listed", "{{ (%s|list)[0](x) }}"),
                 ("looped", "{% for f in " + TAKEN + " %}{{ f(x) }}{% endfor %}"), ("batched", "{{ ((%s|batch(1)|first)[0])(x) }}"),
                 ("sliced", "{{ ((%s|list)[:1]|last)(x) }}"), ("selected", "{{ (%s|select|first)(x) }}"),
                 ("reversed", "{{ (%s|list|reverse|first)(x) }}"), ("unique", "{{ (%s|unique|first)(x) }}")):
    template("format_mapped_" + id, text.replace("%s", TAKEN), "TPL-108")
for id, text in (("grouped", "{% for g, l in messages|groupby('content.format') %}{{ g(x) }}{% endfor %}"),
                 ("grouper", "{{ (messages|groupby('content.format')|first).grouper(x) }}"),
                 ("of_tools", "{{ (tools|map(attribute='function.description.format')|first)(x) }}"),
                 ("in_dict", "{{ dict(f=messages[0].content.format).f(x) }}"),
                 ("in_cycle", "{% for m in messages %}{{ loop.cycle(m.content.format)(x) }}{% endfor %}")):
    template("format_taken_" + id, text, "TPL-108")
template("format_taken_by_attr", "{{ (messages|map(attribute='content')|map('attr', 'format')|first)(x) }}", "TPL-104",
         "TPL-108")
for id, text in (("named", "{{ '{:{w}}'.format(1, w=messages[0].content) }}"), ("next", "{{ '{:>{}}'.format('a', messages[0].content) }}"),
                 ("of_dict", "{{ '{0:{1[w]}}'.format(1, {'w': messages[0].content}) }}"),
                 ("of_center", "{{ dict(f='a'.center).f(messages[0].content|int) }}"),
                 ("in_cycle", "{% for m in messages %}{{ loop.cycle('a'.center)(m.content|int) }}{% endfor %}")):
    template("width_" + id, text, "TPL-402")
for id, text in (("constant", "{{ '{:>{}}'.format('a', 20) }}"), ("braces", "{{ '{{{}}} {:>4}'.format(1, 2) }}"),
                 ("field_called_format", "{% for t in tools %}{{ t.format }}{{ loop.cycle('a', 'b') }}{% endfor %}")):
    template("format_is_good_" + id, text)
template("attr_of_a_message", "{{ x | attr(m) }}", "TPL-103")

# What it says and does to the conversation.
for id, text, rules in (("word_of_a_message", "{% if 'password' in messages[0]['content'] %}A{% endif %}" + LOOP,
                         ["TPL-201"]), ("address", "See https://example.org/x for more." + LOOP, ["TPL-202"]),
                        ("address_in_a_text", "{{ 'http://10.0.0.1/a' }}" + LOOP, ["TPL-202"]),
                        ("replaced", "{% for m in messages %}{{ m.content.replace('bank', 'evil') }}{% endfor %}",
                         ["TPL-205"]), ("by_date", "{% if strftime_now('%m') == '12' %}Never answer.{% endif %}" + LOOP,
                                        ["TPL-207"]), ("cannot_be_seen", "a\u200bb\u2060c" + LOOP,
                                                       ["TPL-208"]), ("right_to_left", "a\u202eb" + LOOP, ["TPL-208"]),
                        ("random", "{{ ['a', 'b'] | random }}" + LOOP, ["TPL-210"])):
    template("says_" + id, text, *rules)

# What a parser must see.
for id, text in (("open_expression", "{{ x"), ("open_statement", "{% if x"), ("open_comment", "{# x"),
                 ("open_text", "{{ 'x }}"), ("open_bracket", "{{ (x }}"), ("no_endfor", "{% for a in b %}"),
                 ("no_endif", "{% if a %}"), ("endfor_alone", "{% endfor %}"), ("unknown_tag", "{% run x %}"),
                 ("two_values", "{{ a b }}"), ("empty", "{{ }}"), ("assignment", "{{ a = b }}")):
    template("broken_" + id, text, "TPL-301")
for id, text in (("filter", "{{ x | from_yaml }}"), ("test", "{{ x is divisible_by_magic }}")):
    template("unknown_" + id, text, "TPL-303")
for id, text, rules in (("billion", "{% for i in range(10 ** 9) %}x{% endfor %}",
                         ["TPL-402"]), ("text_times_a_billion", "{{ 'a' * 1000000000 }}", ["TPL-402"]),
                        ("hundred_is_good", "{% for i in range(100) %}x{% endfor %}", [])):
    template("often_" + id, text, *rules)

# Prose and comments are no code.
for id, text in (("requests", "The user's requests and self and config and os.\n"),
                 ("class_in_prose", "def f(self): return self.__class__\n"), ("class_in_a_comment",
                                                                              "{# x.__class__ #}"),
                 ("class_in_raw", "{% raw %}{{ x.__class__ }}{% endraw %}"), ("include_in_prose",
                                                                              "include 'stdio.h' and import os\n"),
                 ("braces_in_prose", "Answer as {\"a\": {\"b\": 1}}\n"), ("nothing", "")):
    template(f"good_{id}", text + LOOP)
for id, text in (("loop",
                  LOOP), ("system_first", "{% if messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}" +
                          LOOP), ("generation_prompt", LOOP + "{% if add_generation_prompt %}<|assistant|>{% endif %}"),
                 ("strip", "{{ messages[0].content | trim }}"),
                 ("raise", "{% if messages | length == 0 %}{{ raise_exception('no messages') }}{% endif %}" +
                  LOOP), ("tools", "{% for t in tools %}{{ t | tojson(indent=2) }}{% endfor %}" + LOOP),
                 ("loop_index", "{% for m in messages %}{{ loop.index }}{% endfor %}"),
                 ("macro", "{% macro f(m) %}{{ m.role }}{% endmacro %}{% for m in messages %}{{ f(m) }}{% endfor %}"),
                 ("whitespace", "{%- for m in messages -%}\n  {{- m.content -}}\n{%- endfor -%}"),
                 ("slices", "{% for m in messages[1:] %}{{ m.content }}{% endfor %}"),
                 ("date", "Today is {{ strftime_now('%d %B %Y') }}.\n" + LOOP)):
    template(f"good_{id}", text)
carried("good", LOOP)
told("t", "two_carriers_alike",
     {"chat_template.jinja": LOOP.encode(), "tokenizer_config.json": json.dumps({"chat_template": LOOP}).encode()})
told(
    "t", "two_carriers_differ",
    {"chat_template.jinja": LOOP.encode(), "tokenizer_config.json": json.dumps({"chat_template": LOOP + "!"}).encode()},
    "TPL-501")
told(
    "t", "three_carriers_one_differs", {
        "chat_template.jinja": LOOP.encode(), "chat_template.json": json.dumps({"chat_template": LOOP + "x"}).encode(),
        "tokenizer_config.json": json.dumps({"chat_template": LOOP}).encode()
    }, "TPL-501")

# Tokenizers.


def tokenizer(id, *rules, vocab=None, merges=None, added=(), model=None, files=None, **parts):
    whole = {
        "version": "1.0",
        "added_tokens": [{"id": i, "content": text, "single_word": False, "lstrip": False, "rstrip": False,
                          "normalized": False, "special": special} for i, text, special in added],
        **parts, "model": {
            "type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2} if vocab is None else vocab,
            "merges": ["a b"] if merges is None else merges, **(model or {})
        }
    }
    told("k", id, {"tokenizer.json": json.dumps(whole).encode(), **(files or {})}, *rules)


def rows(count):
    """A model of so many rows of embedding."""
    import cases_blind_safetensors as st
    return {
        "config.json": json.dumps({"model_type": "llama", "vocab_size": count}).encode(), "model.safetensors": st.model(
            ("model.embed_tokens.weight", "F32", [count, 2], 0, count * 8))
    }


tokenizer("is_good")
tokenizer("added_is_good", added=[(3, "<s>", True), (4, "<tool>", False)])
tokenizer("merges_as_pairs_are_good", merges=[["a", "b"]])
tokenizer("one_id_for_two", "TOK-101", vocab={"a": 0, "b": 0, "ab": 2})
for id, index in (("negative", -1), ("real", 1.5), ("text", "1"), ("null", None)):
    tokenizer("id_is_" + id, "TOK-102", "TOK-105", vocab={"a": 0, "b": index, "ab": 2})
tokenizer("added_over_another", "TOK-103", added=[(1, "<s>", True)])
tokenizer("added_has_another_id", "TOK-104", added=[(7, "a", False)])
tokenizer("merge_of_nothing_known", "TOK-105", merges=["a b", "c d"])
tokenizer("merge_into_nothing_known", "TOK-105", merges=["a b", "b a"])
for id, normalizer in (("text", {"type": "Replace", "pattern": {"String": "yes"}, "content":
    "no"}), ("pattern", {"type": "Replace", "pattern": {"Regex": "yes|sure"}, "content": "no"}), ("in_a_sequence", {
        "type": "Sequence", "normalizers": [{"type": "NFC"},
                                            {"type": "Replace", "pattern": {"String": "bank"}, "content": "evil"}]
    })):
    tokenizer("replaces_" + id, "TOK-106", normalizer=normalizer)
for id, pattern in (("nested", "(a+)+$"), ("alternatives", "(a|a)*b"), ("nested_words", r"(\w+\s*)+:")):
    tokenizer("splits_for_ever_" + id,
              "TOK-107",
              pre_tokenizer={"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False})
for id, pattern in (("gpt2", r"'s|'t| ?\p{L}+| ?\p{N}+|\s+(?!\S)|\s+"), ("digits", r"\p{N}{1,3}"), ("lines", r"\n+")):
    tokenizer(f"splits_{id}_is_good",
              pre_tokenizer={"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False})
for id, normalizer in (("nfc", {"type": "NFC"}), ("lowercase", {"type": "Lowercase"}),
                       ("prepend", {"type": "Prepend", "prepend": "\u2581"
                                   }), ("space", {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})):
    tokenizer(f"normalizer_{id}_is_good", normalizer=normalizer)
tokenizer("dropout", "TOK-114", model={"dropout": 0.1})
tokenizer("within_the_embedding_is_good", files=rows(4))
tokenizer("beyond_the_embedding", "TOK-201", vocab={"a": 0, "b": 1, "ab": 9}, files=rows(4))
tokenizer("added_beyond_the_embedding", "TOK-213", added=[(4, "<s>", True)], files=rows(4))
tokenizer("unknown_model", "TOK-301", model={"type": "Magic"})
tokenizer("unknown_normalizer", "TOK-301", normalizer={"type": "Magic"})
tokenizer("unknown_pre_tokenizer", "TOK-301", pre_tokenizer={"type": "Magic"})
tokenizer("unknown_decoder", "TOK-301", decoder={"type": "Magic"})
tokenizer("special_in_settings_is_another",
          "TOK-206",
          added=[(3, "<s>", True)],
          files={"tokenizer_config.json": json.dumps({"bos_token": "<none>"}).encode()})
tokenizer("other_id_in_settings",
          "TOK-204",
          added=[(3, "<s>", True)],
          files={
              "tokenizer_config.json":
                  json.dumps({"added_tokens_decoder": {"1": {"content": "<s>", "special": True}}}).encode()
          })
told("k", "cut", {"tokenizer.json": b'{"version":"1.0","model":{"type":"BPE"'}, "CFG-301")
told("k", "twice", {"tokenizer.json": b'{"model":{"type":"BPE","vocab":{"a":0,"a":1},"merges":[]},"added_tokens":[]}'},
     "CFG-201", "CFG-301")
