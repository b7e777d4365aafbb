#include "gateway/routes.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace gh::gateway {
namespace {

const std::set<std::string, std::less<>> kOurs = {"/v1/chat/completions", "/v1/completions",
                                                  "/v1/embeddings", "/v1/models"};

policy::Code code(http::Method method, std::string_view target) {
  const auto routed = find_route(method, target);
  EXPECT_FALSE(routed.has_value()) << target;
  return routed ? policy::Code::invalid_request : routed.error().code;
}

TEST(Routes, ServesExactlyItsTable) {
  EXPECT_EQ(find_route(http::Method::post, "/v1/chat/completions")->endpoint, vllm::Endpoint::chat);
  EXPECT_EQ(find_route(http::Method::post, "/v1/completions")->endpoint,
            vllm::Endpoint::completions);
  EXPECT_EQ(find_route(http::Method::post, "/v1/embeddings")->endpoint, vllm::Endpoint::embeddings);
  EXPECT_EQ(find_route(http::Method::get, "/v1/models")->route, Route::models);
  const auto model = find_route(http::Method::get, "/v1/models/meta-llama/Llama-3");
  EXPECT_EQ(model->route, Route::model);
  EXPECT_EQ(model->model_id, "meta-llama/Llama-3");
  EXPECT_EQ(model->endpoint, std::nullopt);
}

TEST(Routes, KnownPathWithAnotherMethodIs405) {
  for (auto method : {http::Method::get, http::Method::put, http::Method::delete_,
                      http::Method::options, http::Method::head, http::Method::patch}) {
    EXPECT_EQ(code(method, "/v1/chat/completions"), policy::Code::method_not_allowed);
  }
  EXPECT_EQ(code(http::Method::post, "/v1/models"), policy::Code::method_not_allowed);
  EXPECT_EQ(code(http::Method::delete_, "/v1/models/x"), policy::Code::method_not_allowed);
  EXPECT_EQ(allowed_method("/v1/models"), "GET");
  EXPECT_EQ(allowed_method("/v1/embeddings"), "POST");
  EXPECT_EQ(allowed_method("/nothing"), "");
}

TEST(Routes, NearMissesAre404) {
  for (const char* target :
       {"/", "/v1", "/v1/", "/v1/chat", "/v1/chat/completions/", "/V1/chat/completions",
        "/v1/Chat/completions", "/v1/chat/completions.", "/v1/models/", "/v2/chat/completions",
        "/v1/chat/completionsx", "/chat/completions", "/healthz", "/readyz"}) {
    EXPECT_EQ(code(http::Method::post, target), policy::Code::not_found) << target;
    EXPECT_EQ(code(http::Method::get, target), policy::Code::not_found) << target;
  }
}

// covers: algorithms-7-bypass-routes
TEST(Routes, NoOtherRouteOfAnyVllmVersionExists) {
  std::set<std::string> seen;
  for (const auto& file :
       std::filesystem::directory_iterator(GH_SOURCE_DIR "/tests/data/vllm_routes")) {
    std::ifstream lines(file.path());
    std::string line;
    while (std::getline(lines, line)) {
      const auto begin = line.find('/');
      if (begin == std::string::npos) continue;
      const std::string path = line.substr(begin, line.find_first_of(" \t", begin) - begin);
      seen.insert(path);
      if (kOurs.contains(path)) continue;
      for (auto method : {http::Method::get, http::Method::post, http::Method::delete_}) {
        EXPECT_EQ(code(method, path), policy::Code::not_found) << path;
      }
    }
  }
  EXPECT_GT(seen.size(), 60u);
  for (const char* known :
       {"/invocations", "/tokenize", "/v1/load_lora_adapter", "/adapters", "/metrics"}) {
    EXPECT_TRUE(seen.contains(known)) << known;
  }
}

}  // namespace
}  // namespace gh::gateway
