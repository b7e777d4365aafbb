#include "hub/libraries.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace gh::hub {

namespace {

// "libQnnHtp.so", "QnnCpu.dll": what comes with ONNX Runtime, and is looked for beside it.
bool is_own_backend(std::string_view text) {
  return (text.starts_with("Qnn") || text.starts_with("libQnn")) &&
         text.find_first_of("/\\") == std::string_view::npos;
}

// Also "libx.so.1".
bool is_library_name(std::string_view text) {
  static constexpr auto kEndings =
      std::to_array<std::string_view>({".so", ".dll", ".dylib", ".pyd"});
  if (text.contains(' ') && text.find_first_of("/\\") == std::string_view::npos) return false;
  return text.contains(".so.") || std::ranges::any_of(kEndings, [&](std::string_view ending) {
           return ends_with_ignoring_case(text, ending);
         });
}

}  // namespace

bool names_library(std::string_view key, std::string_view text) {
  // Of onnxruntime-genai, MLC, and providers of ONNX Runtime 1.23: QNN, TensorRT, TVM, and any that
  // is a library itself.
  static constexpr auto kKeys = std::to_array<std::string_view>(
      {"custom_ops_library", "model_lib_path", "op_packages", "shared_lib_path", "so_folder",
       "trt_extra_plugin_lib_paths"});
  if (text.empty()) return false;
  if (std::ranges::find(kKeys, key) != kKeys.end()) return true;
  if (key == "backend_path") return !is_own_backend(text);
  static constexpr auto kWords =
      std::to_array<std::string_view>({"lib_path", "libraries", "library", "plugin"});
  return is_library_name(text) &&
         std::ranges::any_of(kWords, [&](std::string_view word) { return key.contains(word); });
}

}  // namespace gh::hub
