#include "artifacts/onnx_data.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>

#include "artifacts/onnx_dtypes.h"

namespace gh::artifacts {
namespace {

std::string messages(const OnnxData& data, const hub::FolderFacts& folder) {
  findings::Examination examination(0);
  data.examine(folder, examination);
  std::string all;
  for (const findings::Finding& finding : examination.findings())
    all += std::string(finding.rule->id) + ": " + finding.message + "\n";
  return all;
}

hub::FolderFacts folder() {
  hub::FolderFacts facts;
  facts.files.push_back({.path = "a.onnx", .bytes = 10, .document = {}});
  facts.files.push_back({.path = "b.onnx", .bytes = 10, .document = {}});
  facts.files.push_back({.path = "w", .bytes = 100, .document = {}});
  return facts;
}

TEST(OnnxData, IsWhatAModelNamesAndAllTensorsLieIn) {
  OnnxData data;
  EXPECT_TRUE(data.empty());
  data.add(0, {{.name = "w", .end = 40}, {.name = "saved_model.pb", .end = 1}});
  EXPECT_FALSE(data.empty());
  EXPECT_EQ(data.model_of("w", 100), 0);
  EXPECT_EQ(data.model_of("w", 40), 0);
  EXPECT_EQ(data.model_of("w", 39), std::nullopt);
  EXPECT_EQ(data.model_of("v", 100), std::nullopt);
  EXPECT_EQ(data.model_of("W", 100), std::nullopt);
  EXPECT_EQ(data.model_of("saved_model.pb", 100), std::nullopt);
  data.add(1, {{.name = "w", .end = 60}});
  data.add(0, {{.name = "w", .end = 50}});
  EXPECT_EQ(data.model_of("w", 59), std::nullopt);
  EXPECT_EQ(data.model_of("w", 60), 1);
}

TEST(OnnxData, HasANameThatNoLoaderGoesBy) {
  const auto is_data = [](const char* name) {
    OnnxData data;
    data.add(0, {{.name = name, .end = 1}});
    return data.model_of(name, 1).has_value();
  };
  for (const char* const name :
       {"w", "model.onnx_data", "model.onnx_data_1", "model.onnx.data", "model.data", "weights.bin",
        "weights.pb", "onnx__MatMul_1234", "model.layers.0.weight", "h.0.attn.in_proj_weight",
        "bert.pooler.dense.bias", "norm.gamma", "norm.g", "encoder.pe", "attn.mask", "parameters.7",
        "Constant_3_attr__value"})
    EXPECT_TRUE(is_data(name)) << name;
  for (const char* const name : {"model.joblib",
                                 "model.pkl",
                                 "m.PICKLE",
                                 "m.dill",
                                 "m.pt",
                                 "m.pth",
                                 "m.ckpt",
                                 "m.npy",
                                 "m.tflite",
                                 "m.engine",
                                 "m.plan",
                                 "m.mlmodel",
                                 "m.pte",
                                 "m.nemo",
                                 "m.ort",
                                 "m.pb",
                                 "m.gz",
                                 "saved_model.pb",
                                 "keras_metadata.pb",
                                 "m.rds",
                                 "m.ser",
                                 "m.dat",
                                 "m.lz4",
                                 "m.distcp",
                                 ".metadata",
                                 "m.t7",
                                 "m.",
                                 "m.dylib",
                                 "v.data-00000-of-00001"})
    EXPECT_FALSE(is_data(name)) << name;
}

TEST(OnnxData, ThatIsNotThereOrTooShortIsSaid) {
  OnnxData data;
  data.add(0, {{.name = "w", .end = 100}});
  EXPECT_EQ(messages(data, folder()), "");
  data.add(1, {{.name = "w", .end = 101}, {.name = "v", .end = 0}});
  EXPECT_EQ(messages(data, folder()),
            "ONX-008: b.onnx refers to v, which is not there\n"
            "ONX-008: b.onnx refers to w, which has 100 bytes of 101\n");
}

TEST(OnnxData, TakesWhatItsTypeAndItsDimensionsSay) {
  const auto bytes = [](std::uint64_t type, std::initializer_list<std::uint64_t> dimensions) {
    OnnxElements elements;
    for (const std::uint64_t one : dimensions) elements.add(one);
    return elements.bytes(type);
  };
  EXPECT_EQ(bytes(1, {}), 4);
  EXPECT_EQ(bytes(1, {2, 3}), 24);
  EXPECT_EQ(bytes(15, {2}), 32);
  EXPECT_EQ(bytes(16, {5}), 10);
  EXPECT_EQ(bytes(22, {3}), 2);
  EXPECT_EQ(bytes(26, {5}), 2);
  EXPECT_EQ(bytes(1, {0}), 0);
  EXPECT_EQ(bytes(1, {0, UINT64_C(1) << 40, UINT64_C(1) << 40}), 0);
  // Texts, a type that is not known, a dimension below nothing.
  EXPECT_EQ(bytes(8, {9}), 0);
  EXPECT_EQ(bytes(0, {9}), 0);
  EXPECT_EQ(bytes(27, {9}), 0);
  EXPECT_EQ(bytes(UINT64_MAX, {9}), 0);
  EXPECT_EQ(bytes(1, {UINT64_MAX}), 0);
  // More than there can be.
  EXPECT_EQ(bytes(1, {UINT64_C(1) << 40, UINT64_C(1) << 40}), INT64_MAX);
  EXPECT_EQ(bytes(15, {UINT64_C(1) << 60}), INT64_MAX);
}

}  // namespace
}  // namespace gh::artifacts
