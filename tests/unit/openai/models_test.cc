#include "openai/models.h"

#include <gtest/gtest.h>

namespace gh::openai {
namespace {

policy::Snapshot two_models() {
  policy::Snapshot snapshot;
  snapshot.models.resize(2);
  snapshot.models[0].name = "a";
  snapshot.models[0].served_as = "/models/secret-path";
  snapshot.models[0].max_model_len = 4096;
  snapshot.models[1].name = "b";
  snapshot.models[1].served_as = "org/b";
  return snapshot;
}

constexpr WallTime kSince{1'790'000'000'000'000'000};

TEST(Models, AreListedAsGranted) {
  const policy::Snapshot snapshot = two_models();
  const policy::Grant grants[] = {{.model = 0}, {.model = 1}};
  std::string out;
  write_models(out, snapshot, grants, kSince);
  EXPECT_EQ(out, R"({"object":"list","data":[{"id":"a","object":"model","created":1790000000,)"
                 R"("owned_by":"gatehouse","max_model_len":4096},{"id":"b","object":"model",)"
                 R"("created":1790000000,"owned_by":"gatehouse"}]})");
}

TEST(Models, NoneIsAnEmptyList) {
  std::string out;
  write_models(out, two_models(), {}, kSince);
  EXPECT_EQ(out, R"({"object":"list","data":[]})");
}

TEST(Models, OneByItself) {
  std::string out;
  write_model(out, two_models().models[1], kSince);
  EXPECT_EQ(out, R"({"id":"b","object":"model","created":1790000000,"owned_by":"gatehouse"})");
}

}  // namespace
}  // namespace gh::openai
