#include "hub/logging_settings.h"

#include <gtest/gtest.h>

#include "examined.h"

namespace gh::hub {
namespace {

TEST(LoggingSettings, Calls) {
  for (const auto& [path, bytes, ids] : std::initializer_list<Case>{
           {"a.json", R"x({"version": 1, "filters": {"x": {"()" : "os.system"}}
})x",
            "CFG-107"},
           {"a.json", R"x({"version": 1, "filters": {"x": {"()": "logging.os.system"}
}
})x",
            "CFG-107"},
           {"a.json", R"x({"version": 1, "handlers": {"x": {"class": "evil"}}})x", "CFG-105"},
           {"a.yaml", "version: 1\nhandlers: {x: {queue: evil.Queue}}\n", "CFG-105"},
           {"a.yaml", "a: {version: 1, formatters: {x: {class: evil.F}}}\n", "CFG-105"},
           {"a.yaml", "version: 1\nhandlers: {x: {stream: 'ext://evil.x'}}\n", "CFG-109"},
       })
    EXPECT_EQ(found(path, bytes), ids) << bytes;
}

TEST(LoggingSettings, Harmless) {
  for (const std::string_view text : {
           "version: 1\nhandlers: {x: {stream: 'ext://sys.stdout'}}\n",
           "version: 1\nhandlers: {x: {class: logging.StreamHandler}}\n",
           "version: 1\nformatters: {x: {'()': uvicorn.logging.AccessFormatter, class: a.B}}\n",
           "version: 1\nformatters: {x: {class: vllm.logging_utils.NewLineFormatter}}\n",
           "version: 1\nhandlers: {x: {socktype: 'ext://socket.SOCK_STREAM'}}\n",
           "handlers: {x: {class: a.B, '()': os.system}}\n",
           "version: 1\nclass: a.B\nroot: x\nhandlers: [a.B]\n",
       })
    EXPECT_EQ(found("a.yaml", text), "") << text;
}

}  // namespace
}  // namespace gh::hub
