#pragma once
// Opening what may be anything: never a device, never through a link, never waiting.

#include <sys/stat.h>

#include <string>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_state.h"

namespace gh::artifacts {

enum class NodeKind : std::uint8_t { file, folder, link, special, missing };

struct Node {
  NodeKind kind = NodeKind::missing;
  std::uint64_t bytes = 0;  // of a file only
  FileState state;
  mode_t mode = 0;
};

// Looks without opening. `follow`: through a link, for what the operator named himself.
Node look(int folder, const std::string& name, bool follow = false);
Node look(int descriptor);

// What a file takes on the disk, its size at most: holes are left out. Where the file system keeps
// no such account, its size.
std::uint64_t bytes_on_disk(int descriptor);

struct OpenFile {
  Fd descriptor;  // above 2
  Node node;
};

struct NamedFile {
  std::string name;  // in its folder, raw bytes
  OpenFile file;
};

// Whether it is still what it was when it was opened; nothing that is open has not changed.
bool has_changed(const OpenFile& file);

// The same file open once more; without a descriptor when there are no more of them.
OpenFile duplicate(const OpenFile& file);

// A regular file or folder of `folder` (AT_FDCWD: the working directory); the error says why not.
Result<OpenFile> open_node(int folder, const std::string& name, bool follow = false);
// The same two with links followed, but only to what lies below `folder`.
Node look_beneath(int folder, const std::string& name);
Result<OpenFile> open_beneath(int folder, const std::string& name);

// Where a link leads, as it is written; "" when that cannot be read.
std::string link_target(int folder, const std::string& name);

// "a named pipe", "a socket", "a device"
std::string_view special_name(mode_t mode);

}  // namespace gh::artifacts
