#pragma once
// tar by what its readers go by.

#include <string_view>

namespace gh::artifacts {

// Whether a first header with a checksum that fits is there: what Python's tarfile and libarchive
// demand, and all that they demand; archives before POSIX have no magic. No chance does it.
bool has_tar_header(std::string_view head);

// Whether "ustar" stands where the magic would: an archive, if nothing else.
bool has_tar_magic(std::string_view head);

}  // namespace gh::artifacts
