#include "signing/coverage.h"

#include <array>

namespace gh::signing {
namespace {

constexpr std::array<const char*, 4> kGitPaths = {".git", ".gitattributes", ".github",
                                                  ".gitignore"};

}  // namespace

std::string tidy(std::string path) {
  while (path.starts_with("./")) path.erase(0, 2);
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

ListingOptions listing_options(const Coverage& coverage, const std::string& signature) {
  ListingOptions options;
  options.allow_symlinks = coverage.allow_symlinks;
  for (const std::string& path : coverage.ignored) options.ignored.push_back(tidy(path));
  if (coverage.ignore_git)
    options.ignored.insert(options.ignored.end(), kGitPaths.begin(), kGitPaths.end());
  options.signature = place_of(signature);
  return options;
}

}  // namespace gh::signing
