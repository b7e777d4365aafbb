"""YAML as it is published: several documents, anchors, merge keys. All of it is examined; what cannot be followed is said."""

import corpus


def told(id, files, *rules, verdict=""):
    bad = [rule for rule in rules if rule != "CFG-303"]
    corpus.told("yaml/" + id, {name: text.encode() for name, text in files.items()},
                verdict or ("findings" if bad else "inconclusive" if rules else "clean"), rules)


# What repositories have beside their weights, in one folder: all of it is clean.
PUBLISHED = {
    "docker-compose.yml": """x-gpu: &gpu
  deploy:
    resources:
      reservations:
        devices: [{driver: nvidia, count: all, capabilities: [gpu]}]
x-environment: &environment
  HF_HOME: /data
services:
  vllm:
    <<: *gpu
    image: vllm/vllm-openai:latest
    environment:
      <<: *environment
      VLLM_LOGGING_LEVEL: INFO
  second:
    <<: [*gpu, {restart: always}]
    environment: *environment
""",
    "mkdocs.yml": "site_name: x\nextra: &extra\n  a: 1\nplugins:\n  - search\n  - other: *extra\n",
    "config.yaml": "defaults:\n  - _self_\n  - model: base\nlr: &lr 0.1\nscheduler:\n  lr: *lr\n",
    "MLproject.yaml": "name: x\nconda_env: conda.yaml\nentry_points:\n  main:\n"
                                     "    parameters: &parameters\n      a: {type: float, default: 0.1}\n"
                                     "  other:\n    parameters: *parameters\n",
    "environment.yml": "name: x\nchannels: [conda-forge]\ndependencies:\n  - python=3.10\n  - pip:\n    - torch\n",
    "deploy.yaml": "apiVersion: v1\nkind: Service\n---\napiVersion: apps/v1\nkind: Deployment\n---\n",
    ".github/workflows/ci.yml": "name: ci\non: [push]\njobs:\n  a:\n    steps: &steps\n      - run: |\n"
                                        "          make <<END\n          \ta tab\n          END\n  b:\n    steps: *steps\n",
    ".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks: &hooks\n  - id: x\n- repo: meta\n  hooks: *hooks\n",
}
told("published", PUBLISHED)
told("version", {"a.yaml": "%YAML 1.2\n---\na: !!str 1\nb: !!float 2\n"})
told("same_key_twice_merged", {"a.yaml": "d: &d {a: 1}\ne: {<<: *d, a: 2}\n"})

# Every document and every use is looked at.
told("second_document", {"a.yaml": "a: 1\n---\nb: 2\n---\n_target_: os.system\n"}, "CFG-107")
told("aliased_name", {"a.yaml": "x: &x os.system\na:\n  _target_: *x\n"}, "CFG-107")
told("aliased_key", {"a.yaml": "x: &x _target_\na:\n  *x : os.system\n"}, "CFG-107")
told("anchored_key", {"a.yaml": "&x _target_: os.system\n"}, "CFG-107")
told("merged_target", {"a.yaml": "x: &x {target: os.system}\na:\n  <<: *x\n  params: {}\n"}, "CFG-107")
told("merged_from_a_list", {"a.yaml": "<<: [{b: 1}, {_target_: os.system}]\n"}, "CFG-107")
told("overridden", {"a.yaml": "x: &x {_target_: os.system}\na:\n  <<: *x\n  _target_: torch.nn.Linear\n"}, "CFG-106", "CFG-107")
told("aliased_map", {"a.yaml": "a: &a mine.Model\nauto_map: {AutoModel: *a}\n"}, "CFG-101", "CFG-208")
told("trusted_by_alias", {"a.yaml": "a: &a true\ntrust_remote_code: *a\n"}, "CFG-103")
told("other_repository", {"a.yaml": "a: &a me/repo--m.C\nb: [*a]\n"}, "CFG-102")

# What cannot be followed.
told("laughs", {"a.yaml": "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30))}, "CFG-303")
told("laughs_and_a_target", {"a.yaml": "_target_: os.system\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30))}, "CFG-107", "CFG-303")
told("copies_of_a_long_text", {"a.yaml": f"a: &a {'x' * 500_000}\nb: [{', '.join(['*a'] * 40)}]\n"}, "CFG-303")
told("in_itself", {"a.yaml": "a: &x {b: *x}\n"}, "CFG-303")
told("of_another_document", {"a.yaml": "a: &x 1\n---\nb: *x\n"}, "CFG-303")
told("two_of_one_name", {"a.yaml": "a: &x 1\nb: &x 2\nc: *x\n"}, "CFG-303")
told("merge_of_a_text", {"a.yaml": "<<: text\n"}, "CFG-303")
told("two_merges", {"a.yaml": "<<: {a: 1}\n<<: {b: 1}\n"}, "CFG-303")
told("duplicate_key", {"a.yaml": "a: 1\na: 2\n"}, "CFG-303")
# PyYAML takes the last value of a key; it refuses a second anchor of one name, which is the one that counts elsewhere.
told("second_value", {"a.yaml": "a: 1\na: {_target_: os.system}\n"}, "CFG-107", "CFG-303")
told("second_value_of_auto_map", {"a.yaml": "auto_map: {}\nauto_map: {AutoModel: m.C}\n"}, "CFG-101", "CFG-208", "CFG-303")
told("second_value_of_a_target", {"a.yaml": "b:\n  _target_: torch.nn.Linear\n  _target_: os.system\n"}, "CFG-106", "CFG-107",
     "CFG-303")
told("second_value_for_the_engine", {"a.yaml": "tool-parser-plugin: ''\ntool-parser-plugin: x.py\n"}, "CFG-115", "CFG-303")
told("third_value_in_the_second", {"a.yaml": "a: 1\na: {b: 1, b: {trust_remote_code: true}}\n"}, "CFG-103", "CFG-303")
told("value_of_a_list", {"a.yaml": "? [a]\n: {_target_: os.system}\n"}, "CFG-107", "CFG-303")
told("second_merge", {"a.yaml": "<<: {a: 1}\n<<: {_target_: os.system}\n"}, "CFG-107", "CFG-303")
told("second_anchor", {"a.yaml": "a: &x torch.nn.Linear\nb: &x os.system\nc: {_target_: *x}\n"}, "CFG-107", "CFG-303")
told("second_value_in_json", {"config.json": '{"auto_map": {}, "auto_map": {"AutoModel": "m.C"}}'}, "CFG-201", "CFG-301")
told("tag_of_its_own", {"a.yaml": "a: !reference [b]\n"}, "CFG-303")
told("broken_second", {"a.yaml": "a: 1\n---\nb: [\n"}, "CFG-303")
told("broken_second_and_a_target", {"a.yaml": "_target_: os.system\n---\nb: [\n"}, "CFG-107", "CFG-303")

# A tag is what the reader makes of it, not the letters.
PYTHON = "!!python/object/apply:os.system"
told("tag_spelled_with_percent", {"a.yaml": "a: !!python%2Fobject/apply:os.system [id]\n"}, "CFG-108", "CFG-303")
told("tag_in_full_with_percent", {"a.yaml": "a: !<tag:yaml.org,2002:%70ython/name:os.system> x\n"}, "CFG-108", "CFG-303")
told("tag_by_a_handle_that_is_empty", {"a.yaml": "%TAG ! tag:yaml.org,2002:python/\n---\na: !name:os.system x\n"},
     "CFG-107", "CFG-108", "CFG-303")
told("no_tag", {"comment.yaml": f"a: 1 # {PYTHON} [id]\n", "quotes.yaml": f"a: '{PYTHON} [id]'\n",
                "block.yaml": f"a: |\n  {PYTHON} [id]\n", "comments.yaml": f"# {PYTHON} [id]\n"})
told("tag_where_the_rest_is_broken", {"a.yaml": f"a: {PYTHON} [id]\nb: [\n"}, "CFG-108", "CFG-303")
told("tag_behind_what_is_broken", {"a.yaml": f"b: ]\na: {PYTHON} [id]\n"}, "CFG-108", "CFG-303")
told("python_behind_a_mark", {"a.txt": "\ufeffimport os\nos.system('id')\n"}, "COD-101")
