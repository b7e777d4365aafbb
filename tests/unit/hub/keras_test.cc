#include "hub/keras.h"

#include <gtest/gtest.h>

#include <string>

#include "examined.h"

namespace gh::hub {
namespace {

TEST(Keras, ModulesAreOfOnePackageByThreeNames) {
  for (const std::string_view module : {"keras.utils", "tf_keras.utils", "tensorflow.keras.utils"})
    EXPECT_EQ(module_of_keras(module), "utils") << module;
  for (const std::string_view module : {"keras", "tf_keras", "tensorflow.keras"})
    EXPECT_EQ(module_of_keras(module), "") << module;
  for (const std::string_view module :
       {"", "os", "keras_hub.layers", "kerasx", "tensorflow", "tensorflow.io", "tf_keras2.utils"})
    EXPECT_FALSE(module_of_keras(module)) << module;
}

// In a preset of KerasHub, which lies open in a folder.
std::string of_layer(const std::string& changes) {
  return found("config.json", R"({"config": {"layers": [{"config": {"filepath": "x"}, )" + changes +
                                  "}]}, \"class_name\": \"Functional\", \"module\": \"keras\"}");
}

TEST(Keras, LooksUpWhatIsRegisteredToo) {
  EXPECT_EQ(of_layer(R"("module": "keras.utils", "class_name": "get_file")"), "KER-003");
  EXPECT_EQ(
      of_layer(R"("module": "keras.utils", "class_name": "X", "registered_name": "get_file")"),
      "KER-003");
  EXPECT_EQ(of_layer(R"("module": "tensorflow.keras.utils", "class_name": "get_file")"), "KER-003");
  EXPECT_EQ(of_layer(R"("module": "keras.layers", "class_name": "X", "registered_name": "Lambda")"),
            "CFG-107");
  EXPECT_EQ(
      of_layer(R"("module": "keras.layers", "class_name": "X", "registered_name": "TFSMLayer")"),
      "KER-020");
}

TEST(Keras, LayersAndPartsOfModelsAreNoCalls) {
  for (
      const std::string changes : {
          R"("module": "keras.layers", "class_name": "Dense", "registered_name": null)",
          R"("module": "keras.layers", "class_name": "Dense", "registered_name": "Dense")",
          R"("module": "keras.layers", "class_name": "X", "registered_name": "a>get_file")",
          R"("module": "keras_hub.src.layers", "class_name": "X", "registered_name": "keras_hub>X")",
      })
    EXPECT_EQ(of_layer(changes), "") << changes;
  EXPECT_EQ(found("config.json", R"({"module": "tf_keras.losses", "class_name": "function",
                                     "config": "mse", "registered_name": "mse"})"),
            "");
  EXPECT_EQ(found("config.json", R"({"module": "keras.utils", "class_name": "function",
                                     "config": "get_file", "registered_name": "get_file"})"),
            "KER-003");
}

}  // namespace
}  // namespace gh::hub
