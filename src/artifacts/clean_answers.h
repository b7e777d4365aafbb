#pragma once
// Answers for files that are reached under several paths: the same file under the same name in its
// folder gets the same answer. Only short answers without findings are kept, and so many of them:
// what is not kept is examined again.

#include <cstddef>
#include <map>
#include <string>

#include "artifacts/answer.h"
#include "artifacts/open.h"

namespace gh::artifacts {

// A file and a name that it has: what a name promises is a question of its own.
struct NamedNode {
  NamedNode() = default;
  NamedNode(const Node& node, std::string as)
      : device(node.device), inode(node.inode), name(std::move(as)) {}

  dev_t device = 0;
  ino_t inode = 0;
  std::string name;

  auto operator<=>(const NamedNode& other) const = default;
};

// Whether size and time of change are the same.
bool same_content(const Node& before, const Node& after);

class CleanAnswers {
 public:
  void keep(const Node& node, const std::string& name, const Answer& answer);
  // Null when there is none for what the file is now.
  const Answer* find(const Node& node, const std::string& name) const;

 private:
  static constexpr std::size_t kMost = 10'000;
  static constexpr std::size_t kMaxFacts = 4096;  // bytes of one answer

  struct Kept {
    Node node;
    Answer answer;
  };
  std::map<NamedNode, Kept> kept_;
};

}  // namespace gh::artifacts
