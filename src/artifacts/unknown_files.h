#pragma once
// Files of folders that no format is known of. Each waits until it is known what the ONNX models
// beside it keep in other files. Used by one thread.

#include <map>
#include <vector>

#include "artifacts/slot.h"

namespace gh::artifacts {

class UnknownFiles {
 public:
  // Whether the examined file is one of these; it is kept then, and must outlive this.
  bool keep(Slot& slot);

  // Those of the folder, with what is known of them now: of its models, or because there are too
  // many files in it to wait for the rest. They are kept no longer.
  std::vector<Slot*> take(const FolderState& folder);

 private:
  std::map<const FolderState*, std::vector<Slot*>> waiting_;
};

}  // namespace gh::artifacts
