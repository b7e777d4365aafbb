#pragma once
// The dated data files below data/, compiled into the program (cmake/embed.cmake). Constant; any
// thread. For this folder and its tests.

#include <cstddef>
#include <span>
#include <string_view>

namespace gh::vllm {

struct DataFile {
  std::string_view path;  // below data/: "vllm/fields/0.10.0/chat.txt"
  std::string_view text;  // whole, as in the file
};

// Generated; use data_files().
extern const DataFile kDataFiles[];
extern const std::size_t kDataFileCount;

// Sorted by path.
inline std::span<const DataFile> data_files() {
  return {kDataFiles, kDataFileCount};
}

// The text of that file; empty when there is none.
std::string_view data_text(std::string_view path);

}  // namespace gh::vllm
