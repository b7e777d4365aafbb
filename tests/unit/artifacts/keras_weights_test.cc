#include "artifacts/keras_weights.h"

#include <gtest/gtest.h>

#include <string>

#include "artifacts/keras_config.h"

namespace gh::artifacts {
namespace {

double weights(const std::string& text) {
  json::Parser parser(kKerasLimits);
  const auto document = parser.parse(text);
  EXPECT_TRUE(document) << text;
  return document ? weights_of(document->root()) : -1;
}

std::string layer(const std::string& name, const std::string& config,
                  const std::string& more = "") {
  return R"({"module": "keras.layers", "class_name": ")" + name + R"(", "config": {)" + config +
         "}" + more + "}";
}

std::string built(const std::string& shape) {
  return R"(, "build_config": {"input_shape": )" + shape + "}";
}

TEST(KerasWeights, AreAtLeastWhatLayersState) {
  EXPECT_EQ(weights(layer("Dense", R"("units": 8)")), 8);
  EXPECT_EQ(weights(layer("Dense", R"("units": 8)", built("[null, 3]"))), 24);
  EXPECT_EQ(weights(layer("Dense", R"("units": 8)", built("[null, null]"))), 8);
  EXPECT_EQ(weights(layer("Dense", R"("units": -8)")), 0);
  EXPECT_EQ(weights(layer("Dense", R"("units": "8")")), 0);
  EXPECT_EQ(weights(layer("Dense", "")), 0);
  EXPECT_EQ(weights(layer("Embedding", R"("input_dim": 100, "output_dim": 16)")), 1600);
  EXPECT_EQ(weights(layer("Conv2D", R"("filters": 4, "kernel_size": [3, 3], "groups": 1)",
                          built("[null, 9, 9, 2]"))),
            72);
  EXPECT_EQ(weights(layer("Conv2D",
                          R"("filters": 4, "kernel_size": [3, 3], "data_format": "channels_first")",
                          built("[null, 2, 9, 9]"))),
            72);
  EXPECT_EQ(weights(layer("DepthwiseConv2D", R"("kernel_size": [3, 3], "depth_multiplier": 2)",
                          built("[null, 9, 9, 2]"))),
            36);
  EXPECT_EQ(weights(layer("SeparableConv1D", R"("filters": 5, "kernel_size": [3])",
                          built("[null, 9, 2]"))),
            16);
  EXPECT_EQ(weights(layer("LSTM", R"("units": 2)", built("[null, 9, 3]"))), 40);
  EXPECT_EQ(weights(layer("GRU", R"("units": 2)")), 18);
  EXPECT_EQ(weights(layer("Bidirectional", R"("layer": )" + layer("GRU", R"("units": 2)"))), 18);
  EXPECT_EQ(weights(layer("MultiHeadAttention", R"("num_heads": 2, "key_dim": 4)",
                          R"(, "build_config": {"shapes_dict": {"query_shape": [null, 9, 3]}})")),
            24);
  EXPECT_EQ(
      weights(layer("EinsumDense", R"("equation": "abc,cde->abde", "output_shape": [null, 4, 5])")),
      20);
  EXPECT_EQ(
      weights(layer("EinsumDense", R"("equation": "abc,cd->abd", "output_shape": [4096, 5])")), 5);
  EXPECT_EQ(weights(layer("PReLU", "", built("[null, 9, 3]"))), 27);
  EXPECT_EQ(weights(layer("LayerNormalization", "", built("[null, 9, 3]"))), 3);
  EXPECT_EQ(weights(layer("Dropout", R"("rate": 0.5)", built("[null, 1000000]"))), 0);
  EXPECT_EQ(weights(layer("Mine", R"("units": 1000)")), 0);
  EXPECT_EQ(weights("[]"), 0);
  EXPECT_EQ(weights("{}"), 0);
}

TEST(KerasWeights, FollowFromWhatIsBefore) {
  const auto sequential = [](const std::string& layers) {
    return layer("Sequential", R"("name": "s", "layers": [)" + layers + "]");
  };
  const std::string input = layer("InputLayer", R"("batch_shape": [null, 5, 7], "name": "i")");
  const std::string dense = layer("Dense", R"("units": 2)");
  EXPECT_EQ(weights(sequential(input + "," + dense)), 14);
  EXPECT_EQ(weights(sequential(input + "," + dense + "," + dense)), 18);
  EXPECT_EQ(weights(sequential(input + "," + layer("Dropout", "") + "," + dense)), 14);
  EXPECT_EQ(weights(sequential(input + "," + layer("Flatten", "") + "," + dense)), 70);
  EXPECT_EQ(weights(sequential(input + "," + layer("GlobalAveragePooling1D", "") + "," + dense)),
            14);
  EXPECT_EQ(weights(sequential(input + "," + layer("Mine", "") + "," + dense)), 2);
  EXPECT_EQ(weights(sequential(layer("Dense", R"("units": 2, "batch_input_shape": [null, 9])"))),
            18);
  // By name, as a functional model of Keras 3 and one of Keras 2 has it.
  const auto functional = [&](const std::string& nodes) {
    return layer(
        "Functional",
        R"("name": "f", "layers": [)" + input + "," +
            layer("Dense", R"("units": 100, "name": "d")",
                  R"(, "inbound_nodes": [[["nowhere", 0, 0, {}]]])") +
            "," + layer("Dense", R"("units": 3, "name": "e")", R"(, "inbound_nodes": )" + nodes) +
            "]");
  };
  EXPECT_EQ(weights(functional(R"([[["i", 0, 0, {}]]])")), 121);
  EXPECT_EQ(weights(functional(R"([[["d", 0, 0, {}]]])")), 400);
  EXPECT_EQ(weights(functional(R"([[["x", 0, 0, {}]]])")), 103);
  EXPECT_EQ(weights(functional(
                R"([{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 5, 7],
              "keras_history": ["d", 0, 0]}}], "kwargs": {}}])")),
            400);
}

TEST(KerasWeights, AreTooManyFarBeyondTheFile) {
  constexpr double kGib = std::uint64_t{1} << 30;
  EXPECT_FALSE(ask_for_too_much(0, 0));
  EXPECT_FALSE(ask_for_too_much(kGib / 4, 0));
  EXPECT_TRUE(ask_for_too_much(kGib / 2, 0));
  EXPECT_TRUE(ask_for_too_much(kGib / 2, 1'000'000));
  // A file of that many weights, of half a byte each.
  EXPECT_FALSE(ask_for_too_much(kGib, std::uint64_t{1} << 29));
  EXPECT_TRUE(ask_for_too_much(1e300, UINT64_MAX));
}

}  // namespace
}  // namespace gh::artifacts
