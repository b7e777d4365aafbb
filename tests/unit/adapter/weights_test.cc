#include "adapter/weights.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "adapter/linear.h"
#include "tensors/values.h"

namespace gh::adapter {
namespace {

using tensors::Tensor;
using tensors::TensorTable;

// A file of F32 tensors.
struct File {
  std::string bytes;
  TensorTable table;

  void add(std::string name, std::vector<std::uint64_t> shape, const std::vector<float>& values) {
    const std::uint64_t begin = bytes.size();
    bytes.resize(bytes.size() + values.size() * sizeof(float));
    std::memcpy(bytes.data() + begin, values.data(), values.size() * sizeof(float));
    table.tensors.push_back({.name = std::move(name),
                             .dtype = "F32",
                             .shape = std::move(shape),
                             .begin = begin,
                             .end = bytes.size()});
  }
  void add_module(std::string_view module, std::uint64_t rank, std::uint64_t in, std::uint64_t out,
                  const std::vector<float>& a, const std::vector<float>& b) {
    add(fmt::format("base_model.model.{}.lora_A.weight", module), {rank, in}, a);
    add(fmt::format("base_model.model.{}.lora_B.weight", module), {out, rank}, b);
  }
};

std::string ids(const findings::Examination& examination) {
  std::set<std::string_view> sorted;
  for (const auto& finding : examination.findings()) sorted.insert(finding.rule->id);
  return fmt::format("{}", fmt::join(sorted, " "));
}

std::string checked(const File& file) {
  source::MemorySource source(file.bytes);
  findings::Examination examination(0);
  examine_weights(source, file.table, {}, examination);
  return ids(examination);
}

// Deterministic, between -1 and 1.
std::vector<float> noise(std::size_t count, std::uint32_t seed) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 1'664'525 + 1'013'904'223;
    values.push_back(static_cast<float>(seed >> 8) / 8'388'608.0F - 1.0F);
  }
  return values;
}

TEST(AdapterWeights, SoundOnesAreClean) {
  File file;
  for (std::uint32_t i = 0; i < 6; ++i) {
    file.add_module(fmt::format("l.{}.q_proj", i), 2, 8, 8, noise(16, i), noise(16, i + 100));
  }
  EXPECT_EQ(checked(file), "");
}

TEST(AdapterWeights, EachCheckIsAFinding) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {infinity, -infinity, nan}) {
    File file;
    file.add_module("q_proj", 1, 2, 2, {1, bad}, {1, 2});
    EXPECT_EQ(checked(file), "LRA-040") << bad;
  }
  File zero;
  zero.add_module("q_proj", 1, 2, 2, {1, 2}, {0, -0.0F});
  EXPECT_EQ(checked(zero), "LRA-041");

  File repeated;
  repeated.add_module("a.q_proj", 1, 2, 2, {1, 2}, {3, 4});
  repeated.add_module("b.q_proj", 1, 2, 2, {1, 2}, {3, 5});
  EXPECT_EQ(checked(repeated), "LRA-042");

  File outlier;
  for (std::uint32_t i = 0; i < 6; ++i) {
    auto b = noise(16, i + 100);
    if (i == 3) {
      for (float& value : b) value *= 100;
    }
    outlier.add_module(fmt::format("l.{}.q_proj", i), 2, 8, 8, noise(16, i), b);
  }
  EXPECT_EQ(checked(outlier), "LRA-043");

  File other;
  other.add_module("q_proj", 1, 2, 2, {1, 2}, {3, 4});
  other.table.tensors[0].dtype = "F8_E4M3";
  EXPECT_EQ(checked(other), "LRA-045");
  other.table.tensors[0].dtype = "F32";
  other.bytes.resize(4);  // ends early
  EXPECT_EQ(checked(other), "LRA-045");
}

// All experts of a layer lie in one matrix: more numbers, and none of them larger.
TEST(AdapterWeights, ChangesAreComparedWithinTheirKind) {
  const auto adapter = [](float expert, float gate) {
    File file;
    for (std::uint32_t i = 0; i < 6; ++i) {
      file.add_module(fmt::format("l.{}.q_proj", i), 2, 8, 8, noise(16, i), noise(16, i + 100));
      auto b = noise(16 * 256, i + 300);
      if (i == 3)
        for (float& value : b) value *= expert;
      file.add_module(fmt::format("l.{}.mlp.experts", i), 512, 8, 8, noise(8 * 512, i + 200), b);
    }
    auto b = noise(16, 500);
    for (float& value : b) value *= gate;
    file.add_module("project_in", 2, 8, 8, noise(16, 400), b);
    return checked(file);
  };
  EXPECT_EQ(adapter(1, 1), "");
  EXPECT_EQ(adapter(100, 1), "LRA-043");
  EXPECT_EQ(adapter(1, 100), "LRA-043") << "there is one of its kind";
}

TEST(AdapterWeights, HalvesAndBrainFloatsAreRead) {
  const struct {
    std::string_view dtype;
    std::uint16_t raw;
    float value;
  } cases[] = {{"F16", 0x3c00, 1.0F},      {"F16", 0xc000, -2.0F},    {"F16", 0x0001, 0x1p-24F},
               {"F16", 0x8001, -0x1p-24F}, {"F16", 0x7bff, 65504.0F}, {"F16", 0x03ff, 0x3ffp-24F},
               {"BF16", 0x3f80, 1.0F},     {"BF16", 0xc000, -2.0F},   {"F16", 0x7c00, INFINITY},
               {"BF16", 0xff80, -INFINITY}};
  for (const auto& [dtype, raw, value] : cases) {
    std::string bytes(2, '\0');
    std::memcpy(bytes.data(), &raw, 2);
    source::MemorySource source(bytes);
    const auto values = tensors::read_values(
        source, {.name = "", .dtype = dtype, .shape = {1}, .begin = 0, .end = 2}, 9);
    ASSERT_TRUE(values.has_value());
    EXPECT_EQ(values->front(), value) << dtype << raw;
  }
}

TEST(AdapterLinear, SingularValuesOfKnownMatrices) {
  // [[3, 0], [4, 5]] has √45 and √5.
  const auto values = singular_values({2, 2, {3, 4, 0, 5}});
  ASSERT_EQ(values.size(), 2U);
  EXPECT_NEAR(values[0], std::sqrt(45.0), 1e-12);
  EXPECT_NEAR(values[1], std::sqrt(5.0), 1e-12);
  EXPECT_EQ(singular_values({2, 2, {0, 0, 0, 0}}), (std::vector<double>{0, 0}));
}

Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint32_t seed) {
  const auto values = noise(rows * columns, seed);
  return {rows, columns, {values.begin(), values.end()}};
}

TEST(AdapterLinear, TheTriangleKeepsTheGram) {
  const Matrix matrix = random_matrix(30, 5, 7);
  const Matrix triangle = triangle_of(matrix);
  ASSERT_EQ(triangle.rows, 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      double expected = 0;
      double actual = 0;
      for (std::size_t k = 0; k < 30; ++k) expected += matrix.at(k, i) * matrix.at(k, j);
      for (std::size_t k = 0; k < 5; ++k) actual += triangle.at(k, i) * triangle.at(k, j);
      EXPECT_NEAR(actual, expected, 1e-10);
    }
  }
}

TEST(AdapterLinear, ProductsNeedNotBeFormed) {
  for (const auto& [rows, rank, columns] :
       {std::tuple<std::size_t, std::size_t, std::size_t>{12, 3, 9},
        {3, 8, 5},
        {1, 1, 1},
        {6, 6, 2}}) {
    const Matrix b = random_matrix(rows, rank, 1);
    const Matrix a = random_matrix(rank, columns, 2);
    Matrix product{rows, columns, std::vector<double>(rows * columns)};
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t k = 0; k < rank; ++k) product.at(r, c) += b.at(r, k) * a.at(k, c);
      }
    }
    const auto expected = singular_values(product);
    const auto actual = singular_values_of_product(b, a);
    for (std::size_t i = 0; i < std::min({rows, rank, columns}); ++i) {
      EXPECT_NEAR(actual[i], expected[i], 1e-10) << rows << rank << columns;
    }
  }
}

TEST(AdapterWeights, MeasuresTheFiveNumbers) {
  // B·A = diag(3, 4) of rank 2.
  File file;
  file.add_module("l.q_proj", 2, 2, 2, {1, 0, 0, 1}, {3, 0, 0, 4});
  source::MemorySource source(file.bytes);
  findings::Examination examination(0);
  const auto modules = measure_weights(source, file.table, examination);
  ASSERT_EQ(modules.size(), 1U);
  EXPECT_EQ(ids(examination), "");
  EXPECT_EQ(modules[0].module, "l.q_proj");
  EXPECT_NEAR(modules[0].values[0], 4, 1e-12);
  EXPECT_NEAR(modules[0].values[1], 5, 1e-12);
  EXPECT_NEAR(modules[0].values[2], 16.0 / 25, 1e-12);
  EXPECT_NEAR(modules[0].values[3], -(0.36 * std::log(0.36) + 0.64 * std::log(0.64)), 1e-12);
  EXPECT_GT(modules[0].values[4], 1);
}

TEST(AdapterWeights, WhatCannotBeMeasuredIsSaid) {
  File file;
  file.add_module("l.q_proj", 2, 2, 2, {1, 0, 0, NAN}, {3, 0, 0, 4});
  file.add("l.k_proj.lora_A.weight", {1, 2}, {1, 2});
  source::MemorySource source(file.bytes);
  findings::Examination examination(0);
  EXPECT_TRUE(measure_weights(source, file.table, examination).empty());
  EXPECT_EQ(ids(examination), "LRA-045");
}

TEST(AdapterWeights, TheBankIsCompared) {
  std::vector<ModuleNumbers> bank;
  for (int i = 0; i < 9; ++i) {
    const double x = 1 + 0.01 * i;
    bank.push_back({.module = fmt::format("model.layers.{}.q_proj", i), .values = {x, x, x, x, 3}});
  }
  const std::vector<ModuleNumbers> modules = {
      {.module = "a.q_proj", .values = {1.03, 1.03, 1.03, 1.03, 9}},
      {.module = "b.q_proj", .values = {7, 1.03, 1.03, 1.03, 3}},
      {.module = "c.k_proj", .values = {7, 7, 7, 7, 7}},
  };
  findings::Examination examination(0);
  const auto scores = compare_with_bank(modules, bank, {}, examination);
  ASSERT_EQ(scores.size(), 3U);
  EXPECT_LT(std::abs(scores[0].z[0]), 1);
  EXPECT_TRUE(std::isnan(scores[0].z[4]));  // the bank does not vary
  EXPECT_GT(scores[1].z[0], 100);
  EXPECT_TRUE(std::isnan(scores[2].z[0]));  // no such modules in the bank
  EXPECT_EQ(ids(examination), "LRA-044");
  ASSERT_EQ(examination.findings().size(), 1U);
  EXPECT_NE(examination.findings()[0].message.find("b.q_proj"), std::string::npos);

  findings::Examination none(0);
  compare_with_bank(modules, std::span(bank).first(7), {}, none);
  EXPECT_EQ(ids(none), "");
}

}  // namespace
}  // namespace gh::adapter
