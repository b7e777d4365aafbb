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
       })
    EXPECT_EQ(found("serve.yaml", text), "") << text;
  EXPECT_EQ(found("serve.json", R"({"middleware": ["a.b"]})"), "");
}

}  // namespace
}  // namespace gh::hub
