#include "signing/coverage.h"

#include <algorithm>
#include <array>
#include <iterator>

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

std::vector<std::string> unused(const Coverage& coverage, const Listing& listing) {
  std::vector<std::string> unused;
  std::ranges::copy_if(coverage.ignored, std::back_inserter(unused), [&](const std::string& given) {
    const std::string path = tidy(given);
    const auto is_named = [&](const std::string& there) { return is_or_is_below(there, path); };
    // What is below a path that is left out is not listed.
    const auto is_within = [&](const std::string& left_out) {
      return is_or_is_below(path, left_out);
    };
    return std::ranges::none_of(listing.ignored, is_named) &&
           std::ranges::none_of(listing.ignored, is_within) &&
           std::ranges::none_of(listing.entries, is_named, &Entry::path);
  });
  return unused;
}

}  // namespace gh::signing
