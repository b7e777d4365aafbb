#include "artifacts/torch_export.h"

#include <gtest/gtest.h>

namespace gh::artifacts {
namespace {

TEST(TorchExport, GraphIsToldByItsPlace) {
  for (const std::string_view name :
       {"m/models/model.json", "m/models/a/b.JSON", "serialized_exported_program.json"})
    EXPECT_TRUE(is_graph_of_export(name, "m/")) << name;
  for (const std::string_view name :
       {"models.json", "m/model.json", "m/data/models/model.json", "m/models/model.json/x",
        "m/data/weights/model_weights_config.json", "m/models/x.pt", "x/models/model.json",
        "x/m/models/model.json", ""})
    EXPECT_FALSE(is_graph_of_export(name, "m/")) << name;
}

}  // namespace
}  // namespace gh::artifacts
