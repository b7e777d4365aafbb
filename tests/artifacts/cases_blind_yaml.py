"""Settings in YAML as they are published, and what hides in it: cases written from the rules alone.

Whoever wrote them had not read the scanner.
"""

import severity
from corpus import case

RUNS = "CFG-107"
PLACES = {"first": "{}", "second": "a: 1\n---\n{}", "third": "a: 1\n---\n- b\n---\n{}", "after_dots": "a: 1\n...\n---\n{}"}
SECOND_DOCUMENT = "a: 1\n---\nmodel:\n  _target_: os.system\n"


def yaml(id, text, *rules, name="model_config.yaml", more=None):
    content = text if isinstance(text, bytes) else text.encode()
    case("blind/y/" + id, verdict=severity.verdict(rules), rules=rules, covers=id)(
        lambda: {name: content, **(more or {})})


# Every document of a file is looked at.
for place, form in PLACES.items():
    yaml(f"target_in_the_{place}_document", form.format("model:\n  _target_: os.system\n  command: 'true'\n"), RUNS)
    yaml(f"object_in_the_{place}_document", form.format("b: !!python/object/apply:os.system ['true']\n"), "CFG-108", "CFG-303")
    yaml(f"key_twice_in_the_{place}_document", form.format("b:\n  c: 1\n  c: 2\n"), "CFG-303")
    yaml(f"plain_in_the_{place}_document", form.format("b:\n  c: 1\n  d: [1, 2]\n"))
yaml("class_in_the_second_document", "a: 1\n---\n_target_: shop.Cart\n", "CFG-105")
yaml("one_key_in_two_documents", "a: 1\n---\na: 2\n---\na: 3\n")
yaml("hundreds_of_documents", "".join(f"---\nname: n{i}\nvalue: {i}\n" for i in range(700)))
yaml("target_behind_hundreds_of_documents", "".join(f"---\nn: {i}\n" for i in range(700)) + "---\n_target_: os.system\n", RUNS)

# Anchors, aliases and merge keys are followed.
yaml("aliases", "dims: &dims [1, 2]\nencoder:\n  shape: *dims\ndecoder:\n  shape: *dims\n")
yaml("merge_key", "base: &base\n  lr: 1\n  steps: 2\nlong:\n  <<: *base\n  steps: 20\n")
yaml("merge_of_several", "a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n  z: 4\n")
yaml("merge_of_a_merge", "a: &a {x: 1}\nb: &b\n  <<: *a\n  y: 2\nc:\n  <<: *b\n  x: 3\n")
yaml("target_is_an_alias", "name: &t os.system\nmodel:\n  _target_: *t\n", RUNS)
yaml("target_is_a_key_by_alias", "name: &k _target_\nmodel:\n  *k : os.system\n", RUNS)
yaml("target_by_merge", "base: &b\n  _target_: subprocess.Popen\nmodel:\n  <<: *b\n  args: ['true']\n", RUNS)
yaml("target_by_merge_in_flow", "base: &b {_target_: subprocess.Popen}\nmodel: {<<: *b, args: ['true']}\n", RUNS)
yaml("target_by_merge_overridden", "base: &b\n  _target_: os.system\nmodel:\n  <<: *b\n  _target_: torch.nn.Linear\n", RUNS, "CFG-106")
yaml("class_of_a_library_by_merge", "base: &b\n  _target_: torch.nn.Linear\nmodel:\n  <<: *b\n  n: 1\n", "CFG-106")
yaml("list_to_itself", "a: &a\n- 1\n- *a\n", "CFG-303")
yaml("map_to_itself", "a: &a\n  b:\n    c: *a\n", "CFG-303")
yaml("target_in_a_map_to_itself", "a: &a\n  _target_: os.system\n  b: *a\n", RUNS, "CFG-303")


def doubled(levels, width, last="1"):
    lines = [f"a0: &a0 [{', '.join([last] * width)}]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * width)}]" for i in range(1, levels)]
    return "\n".join(lines) + "\n"


yaml("laughs", doubled(10, 10), "CFG-303")
yaml("laughs_in_pairs", doubled(40, 2), "CFG-303")
yaml("laughs_in_maps", "a0: &a0 {x: 1, y: 2}\n" + "".join(
    f"a{i}: &a{i} {{x: *a{i - 1}, y: *a{i - 1}}}\n" for i in range(1, 40)), "CFG-303")
yaml("grows_a_little", doubled(4, 5))
yaml("hundreds_of_aliases", "a: &a [1, 2, 3]\nb:\n" + "- *a\n" * 800)

# Tags.
yaml("tag_by_handle", "%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system ['true']\n", "CFG-108", "CFG-303")
yaml("tag_in_full", "a: !<tag:yaml.org,2002:python/object/apply:os.system> ['true']\n", "CFG-108", "CFG-303")
yaml("tag_of_a_name", "a: !!python/name:os.system\n", "CFG-108", "CFG-303")
yaml("tag_of_a_module", "a: !!python/module:antigravity\n", "CFG-108", "CFG-303")
yaml("tag_on_a_key", "? !!python/object/apply:os.system ['true']\n: 1\n", "CFG-108", "CFG-303")
yaml("tag_new", "a: [1, !!python/object/new:os.system ['true']]\n", "CFG-108", "CFG-303")
yaml("tag_behind_an_anchor", "a: &x !!python/object/apply:os.system ['true']\nb: *x\n", "CFG-108", "CFG-303")
yaml("tag_of_somebody", "a: !include other.yaml\n", "CFG-303")
yaml("tag_of_somebody_over_a_target", "a: !thing\n  _target_: os.system\n", RUNS, "CFG-303")

# The same key and name, written in other ways.
for id, text in (("in_quotes", '"_target_": "os.system"\n'), ("in_single_quotes", "'_target_': 'os.system'\n"),
                 ("escaped", '"\\x5ftarget\\u005f": "os\\x2esystem"\n'), ("with_question_mark", "? _target_\n: os.system\n"),
                 ("in_flow", "m: {a: 1, _target_: os.system}\n"), ("folded", "_target_: >-\n  os.system\n"),
                 ("as_a_block", "_target_: |-\n  os.system\n"), ("on_the_next_line", "_target_:\n  os.system\n"),
                 ("in_a_list_of_lists", "a:\n- - - _target_: os.system\n"), ("with_carriage_returns", "a: 1\r\nb:\r\n  _target_: os.system\r\n"),
                 ("behind_a_comment", "# nothing\na: # nothing\n  # nothing\n  _target_: os.system # nothing\n"),
                 ("as_json", '{"model": {"_target_": "os.system"}}\n'), ("anchored_key", "&k _target_: &v os.system\n")):
    yaml("target_" + id, text, RUNS)
for id, text in (("in_a_comment", "# _target_: os.system\na: 1\n"), ("in_a_text", "a: 'set _target_ to os.system'\n"),
                 ("in_a_block", "a: |\n  _target_: os.system\nb: 2\n"), ("of_nothing", "_target_: null\na: 1\n")):
    yaml(f"target_{id}_is_good", text)

# Other keys: by the same rules in JSON and in YAML.
yaml("code_elsewhere", "auto_map:\n  AutoModel: org/repo--modeling_x.X\n", "CFG-102")
yaml("code_elsewhere_in_the_second_document", "a: 1\n---\nauto_map:\n  AutoModel: org/repo--modeling_x.X\n", "CFG-102")
yaml("trusts_itself", "model: x\ntrust_remote_code: true\n", "CFG-103")
yaml("trusts_itself_by_dashes", "model: x\ntrust-remote-code: true\n", "CFG-103")
yaml("trusts_itself_not_by_dashes", "model: x\ntrust-remote-code: false\n")
yaml("trusted_in_training_by_dashes", "learning_rate: 0.0001\ntrust-remote-code: true\n", "CFG-213", name="training_args.yaml")
yaml("trusts_itself_by_merge", "a: &a {trust_remote_code: true}\nb:\n  <<: *a\n", "CFG-103")
yaml("trusts_itself_not", "model: x\ntrust_remote_code: false\n")
yaml("trusted_in_training", "learning_rate: 0.0001\ntrust_remote_code: true\n", "CFG-213", name="training_args.yaml")
yaml("class_path", "model:\n  class_path: subprocess.Popen\n  init_args: {args: ['true']}\n", RUNS)
yaml("evaluated", "n: ${eval:'1 + 1'}\n", "CFG-112")
yaml("interpolated", "a: {b: 1}\nn: ${a.b}\nm: ${.n}\n")
yaml("evaluated_by_monai", "net: \"$__import__('os').system('true')\"\n", "CFG-112")
yaml("object_of_jsonpickle", "a:\n  py/object: os.system\n", "CFG-113")
yaml("trusts_itself_by_yes", "trust_remote_code: yes\n", "CFG-103")
yaml("class_of_torch_for_torchtune", "optimizer:\n  _component_: torch.optim.AdamW\n  lr: 2e-5\n", "CFG-106")
yaml("library", "session_options:\n  custom_ops_library: ./ops.so\n", "CFG-114")
yaml("loads_a_pickle", "init:\n  _target_: torch.load\n  f: a.pt\n", "CFG-111")

# As they are published.
yaml("of_nemo", "name: asr\nmodel: &m\n  sample_rate: &rate 16000\n  train_ds:\n    sample_rate: *rate\n    shuffle: true\n"
     "  labels: [' ', a, b, \"'\"]\n")
yaml("of_mergekit", "slices:\n- sources:\n  - model: org/one\n    layer_range: [0, 32]\n  - model: org/two\n    layer_range: [0, 32]\n"
     "merge_method: slerp\nbase_model: org/one\nparameters:\n  t:\n  - filter: self_attn\n    value: [0, 0.5, 1]\n"
     "  - value: 0.5\ndtype: bfloat16\n", name="mergekit_config.yml")
yaml("of_yolo", "nc: 80\nscales:\n  n: [0.33, 0.25, 1024]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]  # 0\n  - [-1, 3, C2f, [128, True]]\n"
     "names:\n  0: person\n  1: bicycle\n", name="yolo.yaml")
yaml("of_axolotl", "base_model: org/base\nload_in_4bit: true\ndatasets:\n  - path: org/data\n    type: alpaca\nlearning_rate: 2e-4\n"
     "special_tokens:\n  pad_token: <pad>\nwandb_project:\ndeepspeed:\n", name="axolotl.yml")
yaml("of_numbers_and_dates", "date: 2026-11-27\ntime: 12:30:45\nhex: 0x1F\nbig: 1_000\nnothing: ~\nyes: no\non: off\nnan: .nan\ninf: -.inf\n")
yaml("of_kubernetes", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: Service\nspec:\n  ports: &p [80]\n", name="deploy.yaml")
yaml("of_compose", "x-common: &c\n  restart: always\nservices:\n  s:\n    <<: [*c]\n    image: a\n", name="docker-compose.yml")
yaml("of_a_workflow", "on: {push: null}\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: pytest\n", name=".github/workflows/a.yml")
yaml("of_gitlab", ".base: &base\n  image: x\njob:\n  <<: *base\n  script: [pytest]\n", name=".gitlab-ci.yml")
yaml("of_a_cloud", "Resources:\n  X: !Ref Y\n", "CFG-303")
yaml("reference_of_gitlab", "job:\n  script: !reference [.a, script]\n", "CFG-303", name=".gitlab-ci.yml")
yaml("key_twice_in_quotes", "a: 1\n\"a\": 2\n", "CFG-303")
yaml("of_comments_only", "# nothing\n# at all\n")
yaml("of_empty_documents", "---\n---\n---\n")
yaml("of_its_version", "%YAML 1.2\n---\na: 1\n")
yaml("of_texts_in_rows", "a: 1\n--- b\n--- {c: 1}\n--- |\n text\n")
yaml("alias_of_a_block", "text: &t |\n  lines\n  more\nother: *t\nempty:\n")
yaml("alias_inside_its_own_map", "a: {b: &c {d: 1}, e: *c}\nf: [*c, *c]\n")
yaml("key_that_a_merge_brings_twice", "a: &a {x: 1}\nb:\n  x: 2\n  <<: *a\n")

# As other loaders of YAML read it.
for id, text in (("under_a_tag_of_the_core", "--- !!map\n_target_: os.system\n"), ("as_tagged_texts", "!!str _target_: !!str os.system\n"),
                 ("over_an_escaped_line_end", '_target_: "os.\\\n  system"\n'), ("by_merge_with_question_mark", "? <<\n: {_target_: os.system}\n"),
                 ("by_an_alias_before_a_colon", "k: &k _target_\nm:\n  *k: os.system\n"), ("behind_a_mark", "\ufeff_target_: os.system\n"),
                 ("beside_the_dashes", "--- {_target_: os.system}\n"), ("folded_with_its_end", "_target_: >\n  os.system\n"),
                 ("by_merge_of_a_merge", "a: &a {_target_: os.system}\nb: &b {<<: *a}\nc: {<<: [*b]}\n"),
                 ("deep_behind_an_alias", "a: &a [[{b: {_target_: os.system}}]]\nc: *a\n")):
    yaml("target_" + id, text, RUNS)
for id, text in (("beside", "_target_: os.system\n"), ("behind", "---\n_target_: os.system\n")):
    yaml(f"target_{id}_laughs", doubled(9, 10) + text, RUNS, "CFG-303")
for id, head in (("first", "%TAG ! tag:yaml.org,2002:python/\n---\na: !object"), ("second", "%TAG !! tag:yaml.org,2002:python/\n---\na: !!object")):
    yaml(f"tag_by_the_{id}_handle_anew", head + "/apply:os.system ['true']\n", "CFG-108", "CFG-303")
for name in ("config", "config.txt", ".hydra/config.yaml", "conf.yml"):
    yaml("target_in_" + name.strip(".").replace("/", "_").replace(".", "_"), SECOND_DOCUMENT, RUNS, name=name)
