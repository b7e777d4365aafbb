"""What settings make the engine import, and by which patterns they choose modules. vLLM 0.32 matches the latter with the
module `regex`, compressed-tensors 0.17 and transformers 5.19 with `re` (November 2026)."""

import json

import severity
from corpus import case

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 64}


def told(id, name, content, *rules):
    text = content if isinstance(content, str) else json.dumps(content)
    case("engine/" + id, verdict=severity.verdict(rules), rules=rules, name=name)(lambda: text.encode())


def serves(id, text, *rules):
    told("serve_" + id, "serve.yaml", text, *rules)


def quantized(id, settings, *rules):
    told("modules_" + id, "config.json", {**LLAMA, "quantization_config": settings}, *rules)


# vllm serve --config
serves("parser", "model: me/model\ntool-parser-plugin: /opt/parser.py\n", "CFG-115", "CFG-204")
serves("parser_here", "tool-parser-plugin: parser.py\n", "CFG-115")
serves("parser_by_module", "reasoning_parser_plugin: parsers\n", "CFG-115")
serves("middleware", "middleware: [app.Audit]\n", "CFG-115")
serves("middleware_alone", "middleware: app.Audit\n", "CFG-115")
serves("worker", "worker-cls: evil.Worker\n", "CFG-115")
serves("worker_extension", "worker_extension_cls: evil.Worker\n", "CFG-115")
serves("scheduler", "scheduler-cls: evil.Scheduler\n", "CFG-115")
serves("executor", "distributed-executor-backend: evil.Executor\n", "CFG-115")
serves("logits", "logits-processors: ['evil.module:Processor']\n", "CFG-115")
serves("model_class", "model-class-overrides: {LlamaForCausalLM: 'evil:Model'}\n", "CFG-115")
serves("connector", "kv-transfer-config:\n  kv_connector: X\n  kv_connector_module_path: evil\n", "CFG-115")
serves("connector_as_json", "kv_transfer_config: '{\"kv_connector_module_path\": \"evil.kv\"}'\n", "CFG-115")
serves("connector_of_encoders", "ec-transfer-config: {ec_connector_module_path: evil}\n", "CFG-115")
serves("offloading", "kv-transfer-config: {kv_connector_extra_config: {spec_module_path: evil}}\n", "CFG-115")
serves("encoder_cache", "ec-manager-config: {encoder_cache_manager_cls: evil.Cache}\n", "CFG-115")
serves("through_vllm", "worker-cls: vllm.utils.importlib.import_module\n", "CFG-115")
serves("trusts", "model: me/model\ntrust-remote-code: true\n", "CFG-103")
serves("ordinary", "model: me/model\nworker-cls: auto\nworker-extension-cls: ''\nmiddleware: []\nlogits-processors: null\n"
       "distributed-executor-backend: mp\ntool-call-parser: hermes\nreasoning-parser: qwen3\ntool-parser-plugin: ''\n"
       "max-model-len: 32768\nkv-transfer-config: {kv_connector: LMCacheConnectorV1, kv_role: kv_both}\n")
serves("of_vllm", "worker-cls: vllm.v1.worker.gpu_worker.Worker\nscheduler-cls: vllm.v1.core.sched.scheduler.Scheduler\n"
       "kv-transfer-config: {kv_connector_module_path: vllm.distributed.kv_transfer.kv_connector.v1.lmcache_connector}\n")
serves("words", "services:\n  middleware: [a.b]\ndescription: worker-cls is a.b\nmiddleware: runs a.b and c.d\n")
told("serve_in_json", "serve.json", {"middleware": ["a.b"], "worker-cls": "a.B"})  # --config takes YAML only

# Patterns by which quantised modules are chosen.
SLOW = (r"(?:.|\w)*[A-Z]", r"(\w+\.?)+[^\w.]", r"(a|a)*b", r"(.*.*)*\d\d", ".*" * 6 + "[A-Z]", r"(?:(?:\w+)+\.?)+$")
for number, pattern in enumerate(SLOW):
    quantized(f"slow_{number}", {"quant_method": "compressed-tensors", "ignore": ["lm_head", "re:" + pattern]}, "CFG-216")
quantized("slow_target", {"config_groups": {"group_0": {"targets": ["re:" + SLOW[0]], "weights": {"num_bits": 8}}}}, "CFG-216")
quantized("slow_class", {"layer_quant_config": {"re:" + SLOW[0]: {"weight": {}}}}, "CFG-216")
for sign in ("-:", "+:", ""):
    quantized("slow_dynamic_" + {"-:": "not", "+:": "so", "": "plain"}[sign],
              {"quant_method": "gptq", "dynamic": {sign + SLOW[0]: {"bits": 8}}}, "CFG-216")
quantized("slow_round", {"quant_method": "auto-round", "extra_config": {SLOW[1]: {"bits": 16}}}, "CFG-216")
quantized("slow_not_converted", {"modules_to_not_convert": [SLOW[1]]}, "CFG-216")
quantized("slow_within", {"a": {"quantization_config": {"ignore": ["re:" + SLOW[0]]}}}, "CFG-216")
told("modules_slow_of_text", "config.json", {**LLAMA, "text_config": {"quantization_config": {"ignore": ["re:" + SLOW[0]]}}},
     "CFG-216")
told("modules_slow_of_gptq", "quantize_config.json", {"bits": 4, "dynamic": {"-:" + SLOW[0]: {}}}, "CFG-216")
told("modules_slow_of_sparse", "config.json", {**LLAMA, "compression_config": {"ignore": ["re:" + SLOW[0]]}}, "CFG-216")
told("modules_slow_in_yaml", "serve.yaml", "quantization-config:\n  ignore: ['re:(?:.|\\w)*[A-Z]']\n", "CFG-216")

# As llm-compressor, GPTQModel, AutoRound and their users write them.
quantized("published", {"quant_method": "compressed-tensors", "ignore": [
    "lm_head", "re:.*lm_head", "re:.*mlp.gate$", "re:.*gate$", "re:.*vision_tower.*", "re:.*multi_modal_projector.*",
    "re:.*linear_attn.*", r"re:.*mtp\..*", "re:.*self_attn$", r"re:visual\.blocks\.\d+\.(attn|mlp)\..*", "re:model.layers.*",
    r"re:.*\.layers\.(0|1|2)\.(self_attn|mlp)\.(q|k|v|o|gate|up|down)_proj$", "re:.*block_sparse_moe.gate",
    "re:.*mlp.*experts.*gate_proj.*", "re:^(?!.*experts).*$", r"re:^model\.layers\.\d{1,2}\.mlp\.experts\.\d+\.(?:gate|up)_proj$"],
    "config_groups": {"group_0": {"targets": ["Linear", r"re:.*(self_attn|attention)\.(q|k|v)_proj$", "re:.*down_proj.*"]}}})
quantized("published_dynamic", {"quant_method": "gptq", "dynamic": {
    r"-:.*\.per_layer_input_gate$": {}, "-:.*attn.*": {}, "-:.*shared_expert.*": {}, r"-:mtp\..*": {}, r"-:.*layers\.48\..*": {},
    r"+:.*\.(?:1[0-5])\..*": {"bits": 8}, r".*\.19\..*gate.*": {"bits": 8}, r"-:.*\.20\..*gate.*": {}, "-:lm_head": {},
    r"+:^model\.layers\.(?:[0-9]|1[0-9])\.mlp\.(?:gate|up|down)_proj$": {"bits": 4}}})
quantized("published_round", {"quant_method": "auto-round", "extra_config": {
    r".*\.mlp\.gate\..*": {"bits": 16}, "lm_head": {"bits": 16}, r"model\.language_model\.layers\.\d+\.mlp\.gate.*": {"bits": 8}}})
quantized("many", {"quant_method": "gptq", "dynamic": {
    rf"-:.*layers\.{layer}\.mlp\.experts\.\d+\.(gate|up|down)_proj.*": {} for layer in range(2000)}})
quantized("names", {"modules_to_not_convert": ["lm_head", "model.vision_tower", "mlp.gate"], "ignored_layers": ["re", "a+b"]})
told("modules_no_quantization", "config.json", {**LLAMA, "subject": "re: (.|\\w)*", "dynamic": {SLOW[0]: 1}})
