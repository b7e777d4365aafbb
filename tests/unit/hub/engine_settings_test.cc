#include "hub/engine_settings.h"

#include <gtest/gtest.h>

#include "examined.h"

namespace gh::hub {
namespace {

TEST(EngineSettings, Imports) {
  for (const std::string_view text : {
           "tool-parser-plugin: parser.py\n",
           "reasoning_parser_plugin: parsers\n",
           "middleware: [a.b, vllm.x.Y]\n",
           "worker-cls: evil.Worker\n",
           "worker-extension-cls: evil:Worker\n",
           "scheduler_cls: evil.Scheduler\n",
           "distributed-executor-backend: evil.Executor\n",
           "logits-processors: ['evil:P']\n",
           "model-class-overrides: {Llama: evil.M}\n",
           "kv-transfer-config: {kv_connector_module_path: evil}\n",
           "kv-transfer-config: '{\"kv_connector_module_path\": \"evil\"}'\n",
           "ec-manager-config: {encoder_cache_manager_cls: evil.Cache}\n",
           "worker-cls: vllm.utils.import_module\n",
           "worker-cls: vllm.os.system\n",
           "compilation-config: {backend: evil.b}\n",
           "compilation-config: {inductor_passes: {p: evil.f}}\n",
           "compilation-config: '{\"backend\": \"evil.b\", \"a\": 1, \"a\": 1}'\n",
           "structured-outputs-config.reasoning_parser_plugin: x\n",
           "kv-transfer-config.kv_connector_module_path: evil\n",
           "kv_tr.a.b: 1\nkv_tr.a.module_path: evil\n",
           "speculative-config: {model: evil.P}\n",
           "spec-model: evil.P\n",
           "served-model-name: [x, --worker-cls, evil.W]\n",
           "served-model-name: --worker-cls=evil.W\n",
           "served-model-name: [x, -cc.backend=evil.b]\n",
           "served-model-name: [x, --unheard-of]\n",
           "served-model-name: [x, --middleware]\n",
           "worker-ext: evil.W\n",
           "worker-cls=evil.W: true\n",
       })
    EXPECT_EQ(found("serve.yaml", text), "CFG-115") << text;
}

TEST(EngineSettings, Harmless) {
  for (const std::string_view text : {
           "tool-parser-plugin: ''\nreasoning-parser-plugin: null\n",
           "middleware: []\nlogits-processors: null\n",
           "worker-cls: auto\ndistributed-executor-backend: mp\n",
           "worker-cls: vllm.v1.worker.gpu_worker.Worker\n",
           "middleware: runs a.b and c.d\n",
           "a: {middleware: [a.b], worker-cls: a.b}\n",
           "kv-transfer-config: {kv_connector: NixlConnector, kv_role: kv_both}\n",
           "kv-transfer-config: '{\"kv_connector\"'\n",
           "- middleware: [a.b]\n",
           "compilation-config: {backend: inductor, inductor_passes: {p: vllm.a.f}}\n",
           "compilation-config.mode: 3\ncompilation-config.backend: ''\n",
           "compilation-config.cudagraph_capture_sizes+: 1,2\n",
           "speculative-config: {model: Qwen2.5, method: null}\n",
           "speculative-config: {model: a.b, method: eagle}\n",
           "spec-model: a/b.c\nspec-method: eagle\n",
           "served-model-name: [x, --port, '8000']\n",
           "served-model-name: [x, -1, '-1.5', '-- a. b', -tp]\n",
           "args: [--unheard-of, x]\n",
           "scheduler: torch.optim.lr_scheduler.StepLR\nworker: a.b\nmid: a\n",
           "worker-cls=evil.W: false\n",
       })
    EXPECT_EQ(found("serve.yaml", text), "") << text;
  EXPECT_EQ(found("serve.json", R"({"middleware": ["a.b"]})"), "");
}

}  // namespace
}  // namespace gh::hub
