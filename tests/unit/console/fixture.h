#pragma once
// A gateway that is open and serves nobody.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "gateway/gateway.h"

namespace gh::console {

class OpenGateway : public testing::Test {
 protected:
  OpenGateway() {
    char name[] = "/tmp/gatehouse_console_XXXXXX";
    folder_ = ::mkdtemp(name);
    std::ofstream(folder_ + "/gatehouse.yaml") << R"(version: 1
listen: [{ address: '127.0.0.1:0' }]
admin: { address: '127.0.0.1:0' }
state: { directory: state }
upstreams:
  - { name: one, urls: ['http://127.0.0.1:1', 'http://127.0.0.1:2'], vllm: 0.32.0, health: off }
  - { name: two, url: 'unix:/run/two.sock', vllm: 0.32.0, health: off }
models:
  - { name: m, upstream: one, max_model_len: 8192, endpoints: [chat] }
  - { name: e, upstream: two, max_model_len: 8192, endpoints: [embeddings] }
tenants: [{ name: alpha, models: [m, e] }]
log: { requests: none, level: error }
)";
    std::filesystem::permissions(folder_ + "/gatehouse.yaml", std::filesystem::perms(0600));
    auto opened = gateway::Gateway::open(folder_ + "/gatehouse.yaml");
    if (opened) {
      gateway_ = std::move(*opened);
    } else {
      ADD_FAILURE() << opened.error().message;
    }
  }
  ~OpenGateway() override {
    gateway_.reset();
    std::filesystem::remove_all(folder_);
  }
  void SetUp() override { ASSERT_NE(gateway_, nullptr); }

  std::string folder_;
  std::unique_ptr<gateway::Gateway> gateway_;
};

}  // namespace gh::console
