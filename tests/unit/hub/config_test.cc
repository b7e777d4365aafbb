#include "hub/config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "examined.h"

namespace gh::hub {
namespace {

TEST(Config, Findings) {
  const Case cases[] = {
      {"config.json", R"({"auto_map": {"AutoConfig": "configuration_x.XConfig"}})", "CFG-101"},
      {"config.json", R"({"a": [{"auto_map": {"AutoModel": "m.X"}}]})", "CFG-101"},
      {"other.json", R"({"auto_map": {"AutoTokenizer": ["t.X", null]}})", "CFG-101"},
      {"config.json", R"({"auto_map": {"AutoModel": "me/repo--m.X"}})", "CFG-102"},
      {"config.json", R"({"auto_map": {"AutoModel": "repo--m.x"}})", "CFG-102"},
      {"config.json", R"({"model": "me/repo--modeling.Class"})", "CFG-102"},
      {"config.json", R"({"trust_remote_code": true})", "CFG-103"},
      {"config.json", R"({"custom_pipelines": {"x": {"impl": "p.Pipe", "pt": ["AutoModel"]}}})",
       "CFG-104"},
      {"config.json", R"({"_target_": "my.module.Class"})", "CFG-105"},
      {"config.json", R"({"a": {"_target_": "torch.nn.Linear"}})", "CFG-106"},
      {"config.json", R"({"_target_": "os.system"})", "CFG-107"},
      {"config.json", R"({"_target_": "torch.nn.__builtins__.eval"})", "CFG-107"},
      {"config.json", R"({"_target_": "nemo.utils.os.system"})", "CFG-107"},
      {"modules.json", R"([{"idx": 0, "type": "my_pooling.Pooling"}])", "CFG-109"},
      {"modules.json", R"([{"type": "sentence_transformers."}])", "CFG-109"},
      {"model_index.json", R"({"unet": ["my_unet", "Unet"]})", "CFG-109"},
      {"modular_model_index.json", R"({"unet": [null, null, {"type_hint": ["m", "Unet"]}]})",
       "CFG-109"},
      {"MLmodel", "flavors:\n  python_function:\n    loader_module: evil\n", "CFG-109"},
      {"a.json", R"({"model": {"type": "os.system", "command": "id"}})", "CFG-107"},
      {"a.json", R"({"__kind__": "instance", "class": "os.system"})", "CFG-107"},
      {"a.json", R"({"__kind__": "type", "class": "evil.Class"})", "CFG-105"},
      {"config.json", R"({"attn_implementation": "me/kernel"})", "CFG-110"},
      {"genai_config.json", R"({"qnn": {"backend_path": "lib/x.bin"}})", "CFG-114"},
      {"genai_config.json", R"({"x": {"ep_lib_paths": ["a", "b/x.dll"]}})", "CFG-114"},
      {"config.json", R"({"a": 1, "a": 2})", "CFG-201 CFG-301"},
      {"config.json", R"({"a": 1, "\u0061": 2})", "CFG-201 CFG-301"},
      {"config.json", R"({"time_step_limit": [0.0, Infinity]})", "CFG-202"},
      {"config.json", R"({"vocab_file": "../../etc/x"})", "CFG-203"},
      {"config.json", R"({"vocab_file": "a\\..\\b"})", "CFG-203"},
      {"config.json", R"({"_name_or_path": "/home/me/model"})", "CFG-204"},
      {"config.json", R"({"_name_or_path": "../output/checkpoint-500"})", "CFG-204"},
      {"config.json", R"({"base_model_name_or_path": "/home/me/model"})", "CFG-204"},
      {"adapter_config.json", R"({"base_model_name_or_path": "/home/me/model"})", "CFG-214"},
      {"adapter_config.json", R"({"base_model_name_or_path": "../base"})", "CFG-214"},
      {"adapter_config.json", R"({"base_model_name_or_path": "C:\\models\\x"})", "CFG-214"},
      {"adapter_config.json", R"({"base_model_name_or_path": "~/x"})", "CFG-214"},
      {"adapter_config.json", R"({"base_model_name_or_path": "me/base"})", ""},
      {"adapter_config.json", R"({"tokenizer": "/home/me/model"})", "CFG-204"},
      {"config.json", R"({"a": "C:\\models\\x"})", "CFG-204"},
      {"config.json", R"({"a": "https://example.com/x"})", "CFG-205"},
      {"model.safetensors.index.json", R"({"weight_map": {"a": "../x.safetensors"}})", "CFG-206"},
      {"model.safetensors.index.json", R"({"weight_map": {"a": "/x"}})", "CFG-206"},
      {"model.safetensors.index.json", R"({"weight_map": {"a": ""}})", "CFG-206"},
      {"model.safetensors.index.json", R"({"weight_map": {"a": 1}})", "CFG-304"},
      {"model.safetensors.index.json", R"({})", "CFG-304"},
      {"config.json", "{", "CFG-301"},
      {"config.json", "", "CFG-301"},
      {"config.json", "\xef\xbb\xbf{}", "CFG-301"},
      {"config.json", "{'a': 1}", "CFG-301"},
      {"config.json", "{\"a\": 1,}", "CFG-301"},
      {"config.json", "{\"a\": \"\\ud800\"}", "CFG-301"},
      {"config.json", "\xff\xfe{}", "CFG-301"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Config, BaseOfAnAdapter) {
  const auto of = [](std::string_view base) {
    return found("adapter_config.json",
                 fmt::format(R"({{"base_model_name_or_path": "{}"}})", base));
  };
  for (const std::string_view base :
       {R"(\\\\server\\m)", "file:m", "s3://b/m", "/m", "./m", "~", "..", R"(C:\\m)", "/a b/c"})
    EXPECT_EQ(of(base), "CFG-214") << base;
  for (const std::string_view base : {"", "m", "me/m", "llama3:8b", "me/m:q4", "a b", ":/m"})
    EXPECT_EQ(of(base), "") << base;
}

TEST(Config, Harmless) {
  const Case cases[] = {
      {"config.json", R"({"architectures": ["LlamaForCausalLM"], "vocab_size": 32000})", ""},
      {"config.json", R"({"quantization_config": {"quant_method": "gptq", "bits": 4}})", ""},
      {"config.json", R"({"trust_remote_code": false, "auto_map": {}})", ""},
      {"config.json", R"({"_name_or_path": "meta-llama/Llama-3.1-8B"})", ""},
      {"modular_model_index.json",
       R"({"unet": [null, null, {"type_hint": ["diffusers", "Unet"]}], "vae": [null, null, {}]})",
       ""},
      {"MLmodel", "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n", ""},
      {"a.json", R"({"type": "code.execution.started", "cls": "mmdet.Head", "func": "torch.add"})",
       ""},
      {"a.json", R"({"__kind__": "type", "class": "builtins.float"})", ""},
      {"a.json", R"({"type": "builtins.int"})", ""},
      {"a.json", R"({"__kind__": "instance", "class": "pandas.Timestamp"})", ""},
      {"config.json", R"({"_name_or_path": "me/model--v1.0"})", ""},
      {"config.json", R"({"_name_or_path": "a--b"})", ""},
      {"config.json", R"({"attn_implementation": "sdpa"})", ""},
      {"tokenizer_config.json", R"({"model_max_length": 1000000000000000019884624838656})", ""},
      {"tokenizer_config.json", R"({"eos_token": "</s>", "unk_token": "<unk>"})", ""},
      {"tokenizer_config.json", R"({"sep": "/", "b": "//", "c": "..."})", ""},
      {"special_tokens_map.json", R"({"bos_token": {"content": "<s>", "lstrip": false}})", ""},
      {"generation_config.json", R"({"temperature": 0.6, "eos_token_id": [1, 2]})", ""},
      {"modules.json", R"([{"type": "sentence_transformers.models.Transformer"}])", ""},
      {"model_index.json", R"({"_class_name": "X", "unet": ["diffusers", "U"], "x": [null, null]})",
       ""},
      {"model.safetensors.index.json",
       R"({"metadata": {"total_size": 1}, "weight_map": {"a": "model-00001-of-00002.safetensors"}})",
       ""},
      {"unheard_of.json", R"([1, "two", {"three": null}])", ""},
      {"config", R"({"a": 1})", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Config, AnyNameIsLookedInto) {
  EXPECT_EQ(found("notes", R"({"auto_map": {"AutoModel": "m.X"}})"), "CFG-101");
  EXPECT_EQ(found("notes.txt", R"( {"_target_": "os.system"})"), "CFG-107");
}

// What a document is besides hides nothing.
TEST(Config, WhateverElseItIs) {
  const Case cases[] = {
      {"config.json",
       R"j({"auto_map": {"A": "m.C"}, "model": {"unk_token": "", "vocab": {}}, "decoder": null})j",
       "CFG-101"},
      {"tokenizer.json", R"j({"trust_remote_code": true, "model": {"vocab": {}}})j",
       "CFG-103 TOK-302"},
      {"tokenizer.json",
       R"j({"model": {"unk_token": "", "vocab": {"trust_remote_code": 0, "_target_": 1}}})j", ""},
      {"tokenizer.json", R"j({"model": {"vocab": [["$print(1)", 0]]}})j", "CFG-112"},
      {"tokenizer.json", R"j({"model": {"vocab": [["../x", 0], ["https://a.b/c", 1]]}})j", ""},
      {"vocab.json", R"j({"a": 0, "auto_map": {"A": "m.C"}})j", "CFG-101 TOK-102"},
      {"vocab.json", R"j({"a": 0, "trust_remote_code": 1})j", ""},
      {"x.index.json", R"j({"weight_map": {}, "auto_map": {"A": "m.C"}})j", "CFG-101"},
      {"config.json", R"j({"nbformat": 4, "cells": [], "auto_map": {"A": "m.C"}})j",
       "CFG-101 COD-106"},
      {"a.ipynb", R"j({"nbformat": 4, "cells": ["https://a.b/c"]})j", "COD-106"},
      {"vocab.txt", "a: 1\n_target_: os.system\n", "CFG-107"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Config, Templates) {
  const Case cases[] = {
      {"a.json", R"j({"template": "$print(1)"})j", "CFG-112"},
      {"a.json", R"j({"chat_template": "$print(1)"})j", "CFG-112"},
      {"a.json", R"j({"a": {"chat_template": "$print(1)"}})j", "CFG-112"},
      {"a.json", R"j({"template": "{{ x.__class__ }}"})j", ""},
      {"a.json", R"j({"a": {"chat_template": ["chatml", 1]}})j", ""},
      {"a.json", R"j({"chat_template": ["chatml", 1]})j", "CFG-301"},
      {"a.json", R"j({"chat_template": "${a}{{ x }}", "b": "$question (short"})j", ""},
      {"a.yaml", "template: $print(1)\n", "CFG-112"},
      {"a.yaml", "chat_template: $print(1)\n", "CFG-112"},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Config, Facts) {
  const auto out = examined(
      "config.json", R"({"text_config": {"vocab_size": 7}, "auto_map": {"AutoModel": "a.b.X"}})");
  EXPECT_EQ(out.facts.vocab_size, 7u);
  EXPECT_TRUE(out.facts.nameless);
  EXPECT_FALSE(out.facts.has_adapter);
  const auto facts = [](std::string_view path, std::string_view text) {
    return examined(path, text).facts;
  };
  EXPECT_FALSE(facts("config.json", R"({"model_type": "x"})").nameless);
  EXPECT_FALSE(facts("config.json", R"({"architectures": ["X"]})").nameless);
  EXPECT_FALSE(facts("other.json", "{}").nameless);
  EXPECT_TRUE(facts("config.json", R"({"has_lora_adapter": true})").has_adapter);
  for (const char* other :
       {R"({"has_lora_adapter": false})", R"({"has_lora_adapter": 1})",
        R"({"has_lora_adapter": "true"})", R"({"text_config": {"has_lora_adapter": true}})"})
    EXPECT_FALSE(facts("config.json", other).has_adapter) << other;
  EXPECT_FALSE(facts("adapter_config.json", R"({"has_lora_adapter": true})").has_adapter);
  ASSERT_EQ(out.facts.modules.size(), 1u);
  EXPECT_EQ(out.facts.modules[0], "a/b.py");
  const auto index =
      examined("model.safetensors.index.json", R"({"weight_map": {"a": "x", "b": "y", "c": "x"}})");
  EXPECT_EQ(index.facts.shards, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(index.facts.kind, DocumentKind::index);
}

TEST(Config, Yaml) {
  const Case cases[] = {
      {"a.yaml", "model:\n  _target_: os.system\n  command: id\n", "CFG-107"},
      {"a.yaml", "- {_target_: subprocess.Popen}\n", "CFG-107"},
      {"a.yaml", "_target_: my.module.Class\n", "CFG-105"},
      {"a.yaml", "_target_: nemo.collections.asr.models.X\n", "CFG-106"},
      {"a.yaml", "trust_remote_code: yes\n", "CFG-103"},
      {"a.yaml", "trust-remote-code: true\n", "CFG-103"},
      {"a.yaml", "auto_map: {AutoModel: m.X}\n", "CFG-101"},
      {"a.yaml", "attn_implementation: me/kernel\n", "CFG-110"},
      {"a.yaml", "py/object: m.X\n", "CFG-113"},
      {"a.yaml", "model_lib_path: x.so\n", "CFG-114"},
      {"a.yaml", "a: !!python/object/apply:os.system [id]\n", "CFG-108 CFG-303"},
      {"a.yml", "a: !<tag:yaml.org,2002:python/name:os.system> x\n", "CFG-108 CFG-303"},
      {"a.yaml", "a: &x 1\nb: *x\n", ""},
      {"a.yaml", "a: 1\n---\nb: 2\n", ""},
      {"a.yaml", "a: 1\n---\n_target_: os.system\n", "CFG-107"},
      {"a.yaml", "a: &x [*x]\n", "CFG-303"},
      {"a.yaml", "a: &x {_target_: os.system}\nb: [*x, *y]\n", "CFG-107 CFG-303"},
      {"a.yaml", "a: 1\n---\ntarget: os.system\n---\n[\n", "CFG-107 CFG-303"},
      {"a.yaml", "x: &x os.system\na:\n  _target_: *x\n", "CFG-107"},
      {"a.yaml", "x: &x _target_\na:\n  *x : os.system\n", "CFG-107"},
      {"a.yaml", "x: &x {target: os.system}\na:\n  <<: *x\n  params: {}\n", "CFG-107"},
      {"a.yaml", "a: 1\na: 2\n", "CFG-303"},
      {"a.yaml", "a: 1\na: {_target_: os.system}\n", "CFG-107 CFG-303"},
      {"a.yaml", "a: &x 1\nb: &x os.system\n_target_: *x\n", "CFG-107 CFG-303"},
      {"a.yaml", "a: [1\n", "CFG-303"},
      {"a.yaml", "file: ../secret\n", "CFG-203"},
      {"a.yaml", "\xff", "CFG-303"},
      {"a.yaml", "models:\n  - model: mistralai/Mistral-7B\nmerge_method: slerp\n", ""},
      {"a.yaml", "model: /m\ntrust-remote-code: false\n", ""},
      {"a.yaml", "trust_remote_code: false\ntext: 'the _target_ key'\n", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.bytes;
}

TEST(Config, OtherRepository) {
  for (const std::string_view text : {"me/repo--modeling_x.Class", "repo--a.b.Class", "a.b/c--d.E"})
    EXPECT_TRUE(names_other_repository(text)) << text;
  for (const std::string_view text : {"", "--a.B", "a--b", "a--b.c", "me/model--v1.0", "a-b.C",
                                      "a--.B", "a--b.", "a b--c.D", "models--x--y/snapshots", "a"})
    EXPECT_FALSE(names_other_repository(text)) << text;
}

}  // namespace
}  // namespace gh::hub
