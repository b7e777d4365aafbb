#include "artifacts/reach.h"

#include <filesystem>
#include <system_error>

#include "artifacts/walk.h"

namespace gh::artifacts {

bool is_reached(const std::string& root, const std::vector<std::string>& exclude,
                const std::string& file) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::canonical(file, error);
  if (error || !std::filesystem::is_regular_file(whole, error)) return false;
  const std::filesystem::path top = std::filesystem::canonical(root, error);
  if (error) return false;
  if (whole == top) return !matches_any(exclude, std::filesystem::path(root).filename().string());
  const std::filesystem::path below = whole.lexically_relative(top);
  if (below.empty() || *below.begin() == "..") return false;
  std::filesystem::path part;
  for (const std::filesystem::path& name : below) {
    part /= name;
    if (matches_any(exclude, part.string())) return false;
  }
  return true;
}

}  // namespace gh::artifacts
