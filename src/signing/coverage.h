#pragma once
// Which files count. Signing and verifying decide it by the same local rules; what a signed file
// says about it is not asked.

#include <string>
#include <vector>

#include "signing/tree.h"

namespace gh::signing {

struct Coverage {
  std::vector<std::string> ignored;  // relative paths; of a folder, with all that is below
  // Also `.git`, `.gitattributes`, `.github` and `.gitignore` at the top, as model_signing does.
  bool ignore_git = true;
  bool allow_symlinks = false;
};

// `signature` is the file that holds the signature, wherever it is; it need not exist.
ListingOptions listing_options(const Coverage& coverage, const std::string& signature);

// Those of `coverage.ignored` that name nothing of the model, as they were given: most likely meant
// for something else than what they leave out.
std::vector<std::string> unused(const Coverage& coverage, const Listing& listing);

// Without a leading "./" and ending slashes. Words on a command line are for people.
std::string tidy(std::string path);

}  // namespace gh::signing
