#include "vllm/data_file.h"

#include <algorithm>

namespace gh::vllm {

std::string_view data_text(std::string_view path) {
  const auto files = data_files();
  const auto at = std::ranges::lower_bound(files, path, {}, &DataFile::path);
  return at != files.end() && at->path == path ? at->text : std::string_view{};
}

}  // namespace gh::vllm
