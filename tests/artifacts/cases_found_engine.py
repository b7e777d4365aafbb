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
serves("compiler_pass", "model: x\ncompilation-config:\n  inductor_passes: {p: evil.fn}\n", "CFG-115")
serves("compiler_pass_as_json", "compilation_config: ' {\"inductor_passes\": {\"p\": \"evil.fn\"}}'\n", "CFG-115")
serves("compiler", "compilation-config:\n  mode: 1\n  backend: evil.backend\n", "CFG-115")
serves("compiler_as_json", "compilation-config: '{\"mode\": 1, \"backend\": \"evil.backend\"}'\n", "CFG-115")
serves("compiler_as_json_in_list", "compilation-config: ['{\"mode\": 1, \"backend\": \"evil.backend\"}']\n", "CFG-115")
serves("compiler_of_duplicates", "compilation-config: '{\"backend\": \"evil.b\", \"mode\": 1, \"mode\": 2}'\n", "CFG-115")
serves("compiler_of_a_half", "compilation-config: '{\"a\": \"\\ud800\", \"backend\": \"evil.b\"}'\n", "CFG-115")
serves("compiler_through_vllm", "compilation-config: {backend: vllm.os.system}\n", "CFG-115")
serves("reasoning", "structured-outputs-config: {reasoning_parser_plugin: x.py}\n", "CFG-115")
serves("cache_policy", "kv-transfer-config: {kv_connector_extra_config: {cache_policy_module_path: evil}}\n", "CFG-115")
serves("back_pressure", "kv-transfer-config: {kv_connector_extra_config: {tiers: [{backpressure: {policy_cls: evil.P}}]}}\n", "CFG-115")
serves("proposer", "speculative-config: {method: custom_class, model: evil.Proposer}\n", "CFG-115")
serves("proposer_by_its_name", "speculative-config: '{\"model\": \"evil.Proposer\"}'\n", "CFG-115")
serves("proposer_alone", "spec-model: evil.Proposer\n", "CFG-115")
serves("proposer_of_two_methods", "spec-model: evil.Proposer\nspec-method: eagle\nspec_method: custom_class\n", "CFG-115")
serves("proposer_smuggled_method",
       'spec-model: evil.Proposer\nspec-method: eagle\nserved-model-name: [m, "--spec-method=custom_class"]\n', "CFG-115")
serves("proposer_method_in_a_list", "spec-model: evil.Proposer\nspec-method: [custom_class]\n", "CFG-115")
serves("proposer_method_in_a_list_of_json",
       """speculative-config: '{"method":["custom_class"],"model":"evil.Proposer"}'\n""", "CFG-115")
serves("deep_beside_module", "kv-transfer-config.kv_connector_module_path: evil\n"
       f"kv-transfer-config.kv_connector_extra_config.x: '{'[' * 126}{']' * 126}'\n", "CFG-115")
serves("deep_in_json", f"""kv-transfer-config: '{{"kv_connector_module_path":"evil","a":{'[' * 126}{']' * 126}}}'\n""",
       "CFG-115")

# a.b: c is a member of a
serves("dotted_backend", "compilation-config.backend: evil.backend\n", "CFG-115")
serves("dotted_backend_quoted", "compilation-config.backend: '\"evil.backend\"'\n", "CFG-115")
serves("dotted_pass", "compilation_config.inductor_passes.p: evil.fn\n", "CFG-115")
serves("dotted_passes", "compilation_config.inductor_passes: '{\"p\": \"evil.fn\"}'\n", "CFG-115")
serves("dotted_passes_plain", "compilation_config.inductor_passes: {p: evil.fn}\n", "CFG-115")
serves("dotted_reasoning", "structured-outputs-config.reasoning_parser_plugin: x.py\n", "CFG-115")
serves("dotted_connector", "kv-transfer-config.kv_connector_module_path: evil\n", "CFG-115")
serves("dotted_connector_other", "kv_transfer_config.kv_connector_module_path: evil.m\n", "CFG-115")
serves("dotted_connector_cut", "kv-tr.kv_connector_module_path: evil.m\n", "CFG-115")
serves("dotted_proposer", "speculative-config.method: custom_class\nspeculative-config.model: evil.P\n", "CFG-115")
serves("dotted_overrides", "hf-overrides.auto_map.AutoConfig: a.B\n", "CFG-101", "CFG-208")
serves("dotted_overrides_as_json", "hf_overrides: '{\"auto_map\": {\"AutoConfig\": \"a.B\"}}'\n", "CFG-101", "CFG-208")
serves("dotted_trust", "speculative-config.trust_remote_code: true\n", "CFG-103")
serves("dotted_kernel", "hf-overrides.attn_implementation: me/kernel\n", "CFG-110")

# What begins with -- is an option wherever it stands.
serves("smuggled", "served-model-name: [x, '--tool-parser-plugin', x.py]\n", "CFG-115")
serves("smuggled_at_once", "served-model-name: [x, '--tool-parser-plugin=x.py']\n", "CFG-115")
serves("smuggled_alone", "served-model-name: '--worker-cls=evil.W'\n", "CFG-115")
serves("smuggled_with_line", "served-model-name: '--worker_cls=evil.W'\n", "CFG-115")
serves("smuggled_cut", "lora-target-modules: [x, '--worker-ext', evil.W]\n", "CFG-115")
serves("smuggled_dotted", "served-model-name: [x, '--compilation-config.backend', evil.b]\n", "CFG-115")
serves("smuggled_short", "served-model-name: [x, '-cc.backend=evil.b']\n", "CFG-115")
serves("smuggled_short_whole", "served-model-name: [x, -cc, '{\"backend\": \"evil.b\"}']\n", "CFG-115")
serves("smuggled_trust", "served-model-name: [x, '--trust-remote-code']\n", "CFG-103")
serves("smuggled_where_nobody_knows", "anything: [x, '--middleware', evil.M]\n", "CFG-115")
serves("smuggled_on_a_line", "served-model-name: |\n  --worker-cls=evil.W\n", "CFG-115")
serves("smuggled_behind_a_dotted", "served_model_name.x: [a, '--worker-cls=evil.W']\n", "CFG-115")
serves("smuggled_behind_a_key", "'port=8000': '--worker-cls=evil.W'\n", "CFG-115")
serves("smuggled_in_key", "model: x\n'tool-parser-plugin=x.py': true\n", "CFG-115")
serves("smuggled_unknown", "served-model-name: [x, '--loads-code', evil]\n", "CFG-115")
serves("smuggled_end", "served-model-name: [x, '--', y]\n", "CFG-115")
serves("smuggled_overrides", "served-model-name: [x, '--hf-overrides={\"auto_map\": {\"AutoConfig\": \"a.B\"}}']\n", "CFG-101", "CFG-208")
serves("smuggled_without_value", "served-model-name: [x, '--tool-parser-plugin']\n", "CFG-115")

# argparse completes a name that is cut short.
serves("cut_parser", "tool-parser-plug: x.py\n", "CFG-115")
serves("cut_parser_far", "tool_p: x.py\n", "CFG-115")
serves("cut_worker", "worker-ext: evil.W\n", "CFG-115")
serves("cut_logits", "logits-proc: [evil.L]\n", "CFG-115")
serves("cut_middleware", "max-model-len: 4096\nmid: 'evil.m'\n", "CFG-115")
serves("cut_trust", "trust-remote: true\n", "CFG-103")
serves("cut_compiler", "max-model-len: 4096\ncomp: {backend: evil.b}\n", "CFG-115")

serves("usual", """model: meta-llama/Llama-3.1-8B-Instruct
host: 0.0.0.0
port: 8000
tensor-parallel-size: 4
served-model-name: [llama, llama-3.1-8b, me/llama]
reasoning-parser: qwen3
tokenizer: me/model.v2
scheduling-policy: fcfs
compilation-config: {level: 3, backend: inductor, cudagraph_capture_sizes: [1, 2, 4], inductor_passes: {}}
kv-transfer-config: {kv_connector: LMCacheConnectorV1, kv_role: kv_both, kv_connector_extra_config: {cache_policy: lru}}
speculative-config: {method: eagle3, model: me/Eagle3.v2, num_speculative_tokens: 3}
hf-overrides: {rope_scaling: {rope_type: yarn, factor: 4.0}, max_position_embeddings: 131072}
chat-template-content-format: auto
override-generation-config: {temperature: 0.6}
""")
serves("usual_forms", """model: Qwen2.5
compilation-config: 3
speculative_config: '{"model": "me/Qwen3.5", "num_speculative_tokens": 3}'
kv-transfer-config: '{"kv_connector": "NixlConnector", "kv_role": "kv_both"}'
hf-overrides.rope_scaling.factor: 4.0
hf-overrides.rope_scaling.rope_type: yarn
compilation-config.mode: 3
compilation-config.backend: eager
compilation-config.cudagraph_capture_sizes+: 1,2,4
limit-mm-per-prompt.image: 2
kv-cache-memory-bytes: 80g
spec-model: Qwen/Qwen3.5
""")
serves("usual_short", "compilation-config: ''\nspeculative-config: {method: ngram, model: '[ngram]'}\nmodel: x\n")
serves("usual_smuggled", "served-model-name: [x, '--port', '8001', '--served-model-name=y']\n")  # odd, and as good as a key
serves("usual_negative", "seed: -1\nmax-model-len: '-1'\nrope-theta: '-0.5'\n")
serves("other_programs", """model: a.b
scheduler: torch.optim.lr_scheduler.StepLR
worker: node.example.com
tool: a.b
trust: false
args: [--model, x, --loads-code, evil.x, -c, a.b]
command: [bash, -c, "echo --x"]
optimizer.name: torch.optim.AdamW
lr: --
notes: '-- a sentence. With dots'
mid: 1.5
comp: {a.b: c.d}
additional: a.b
""")
serves("other_text", "model: x\ndescription: '--- a rule = a line'\nhost: '-- see below'\n")
told("serve_in_json", "serve.json", {"middleware": ["a.b"], "worker-cls": "a.B"})  # --config takes YAML only

# What logging.config.dictConfig calls and imports: --log-config-file, uvicorn's --log-config.
UVICORN = {
    "version": 1, "disable_existing_loggers": False,
    "formatters": {
        "default": {"()": "uvicorn.logging.DefaultFormatter", "fmt": "%(levelprefix)s %(message)s", "use_colors": None},
        "access": {"()": "uvicorn.logging.AccessFormatter", "fmt": '%(client_addr)s - "%(request_line)s" %(status_code)s'}},
    "handlers": {"default": {"formatter": "default", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"},
                 "access": {"formatter": "access", "class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
    "loggers": {"uvicorn": {"handlers": ["default"], "level": "INFO", "propagate": False}}}
VLLM = {
    "version": 1, "formatters": {"vllm": {"class": "vllm.logging_utils.NewLineFormatter", "format": "%(message)s"},
                                 "json": {"class": "pythonjsonlogger.jsonlogger.JsonFormatter"},
                                 "json3": {"()": "pythonjsonlogger.json.JsonFormatter"}},
    "filters": {"a": {"()": "vllm.logging_utils.access_log_filter.UvicornAccessLogFilter", "excluded_paths": ["/health"]},
                "b": {"name": "vllm"}},
    "handlers": {"vllm": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"},
                 "file": {"class": "logging.handlers.RotatingFileHandler", "filename": "vllm.log", "maxBytes": 1000},
                 "system": {"class": "logging.handlers.SysLogHandler", "socktype": "ext://socket.SOCK_STREAM",
                            "facility": "ext://logging.handlers.SysLogHandler.LOG_USER"}},
    "loggers": {"vllm": {"handlers": ["vllm"], "level": "DEBUG"}}, "root": {"handlers": ["file"]}}
for name, log in (("uvicorn", UVICORN), ("vllm", VLLM)):
    told("log_" + name, "log.json", log)
    told("log_" + name + "_yaml", "log.yaml", json.dumps(log))
    told("log_" + name + "_inside", "log.yaml", json.dumps({"logging": log}))
for name, rule in (("os.system", "CFG-107"), ("subprocess.Popen", "CFG-107"), ("logging.os.system", "CFG-107"),
                   ("evil.Formatter", "CFG-105"), ("evil", "CFG-105"), ("logging.config.listen", "CFG-105"), ("logging.handlers.pickle.loads", "CFG-107"),
                   ("vllm.utils.import_module", "CFG-111"), ("cfg://a", "CFG-105")):
    for part in ("formatters", "filters", "handlers"):
        told(f"log_{part}_{name}", "log.json", {"version": 1, part: {"x": {"()": name, "command": "id"}}}, rule)
told("log_class", "log.json", {"version": 1, "handlers": {"x": {"class": "evil.Handler"}}}, "CFG-105")
told("log_class_yaml", "log.yaml", "version: 1\nhandlers: {x: {class: os.system}}\n", "CFG-107")
told("log_class_inside", "a.json", {"log_config": {"version": 1, "formatters": {"x": {"class": "evil.Format"}}}}, "CFG-105")
told("log_queue", "log.json", {"version": 1, "handlers": {"x": {"class": "logging.handlers.QueueHandler", "queue": {"()": "os.system"}}}},
     "CFG-107")
told("log_listener", "log.json", {"version": 1, "handlers": {"x": {"class": "logging.handlers.QueueHandler", "listener": "evil.L"}}}, "CFG-105")
told("log_queue_usual", "log.json", {"version": 1, "handlers": {"x": {
    "class": "logging.handlers.QueueHandler", "queue": {"()": "queue.Queue", "maxsize": 9}, "listener": "logging.handlers.QueueListener"}}})
told("log_import", "log.json", {"version": 1, "handlers": {"x": {"class": "logging.StreamHandler", "stream": "ext://evil.stream"}}}, "CFG-109")
told("log_import_through", "log.json", {"version": 1, "handlers": {"x": {"class": "logging.StreamHandler", "a": "ext://logging.os.system"}}},
     "CFG-109")
told("log_none", "a.json", {"handlers": {"x": {"class": "a.B"}}, "()": "os.system", "class": "a.B", "filters": ["x"]})
told("log_none_versioned", "a.json", {"version": 2, "class": "a.B", "handlers": {"click": {"action": "os.system"}}, "root": "/"})

# Patterns by which quantised modules are chosen.
SLOW = (r"(?:.|\w)*[A-Z]", r"(\w+\.?)+[^\w.]", r"(a|a)*b", r"(.*.*)*\d\d", ".*" * 6 + "[A-Z]", r"(?:(?:\w+)+\.?)+$", r"[\w.]{1,9}" * 20 + "!")
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

# Files of other programs that have words in common with vLLM's options, or look like them.
serves("other_trust", "trust: {keys: [a]}\nname: x\n")
serves("other_scheduler", "scheduler: transformers.get_cosine_schedule_with_warmup\n")
serves("other_scheduler_class", "scheduler: {class: foo.Bar}\n")
serves("other_scheduler_dotted", "scheduler.type: foo.bar\n")
serves("other_launcher", "distributed: {launcher: torch.distributed.run}\n")
serves("other_arguments", "model: Qwen/Qwen3\nconfig: [--foo, --bar=baz]\n")
serves("arguments_of_vllm", "served-model-name: a\nconfig: [--foo, --bar=baz]\n", "CFG-115")
serves("cut_beside_one_of_vllm", "max-model-len: 4096\nscheduler: evil.Scheduler\n", "CFG-115")
