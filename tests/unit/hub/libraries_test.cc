#include "hub/libraries.h"

#include <gtest/gtest.h>

#include <utility>

namespace gh::hub {
namespace {

using Setting = std::pair<std::string_view, std::string_view>;

TEST(Libraries, AreNamed) {
  for (const auto& [key, text] : {
           Setting{"custom_ops_library", "x"},
           {"model_lib_path", "lib/x"},
           {"trt_extra_plugin_lib_paths", "x.bin"},
           {"op_packages", "Add:x.bin:f"},
           {"shared_lib_path", "x"},
           {"so_folder", "x"},
           {"backend_path", "lib/QnnHtp.dll"},
           {"backend_path", "evil.dll"},
           {"backend_path", "Qnn\\x.dll"},
           {"library", "a.so"},
           {"library", "a.so.1"},
           {"decoder_library_path", "A.DLL"},
           {"x_lib_paths", "a.dylib"},
           {"op_library_filename", "libx.so"},
           {"plugin", "lib/x.so"},
           {"plugin", "a folder/x.so"},
       })
    EXPECT_TRUE(names_library(key, text)) << key << " " << text;
}

TEST(Libraries, AreNotWhatIsOrdinary) {
  for (const auto& [key, text] : {
           Setting{"backend_path", "QnnHtp.dll"},
           {"backend_path", "libQnnCpu.so"},
           {"backend_path", ""},
           {"custom_ops_library", ""},
           {"library", "transformers"},
           {"library", "see a.so.1 and others"},
           {"libraries", "torch.sort"},
           {"library_path", "lib"},
           {"tokenizer", "a.so"},
       })
    EXPECT_FALSE(names_library(key, text)) << key << " " << text;
}

}  // namespace
}  // namespace gh::hub
