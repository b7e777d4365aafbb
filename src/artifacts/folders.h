#pragma once
// The folders that are being scanned: which files each has, and when all of them are known.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "artifacts/adapter_files.h"
#include "artifacts/examine.h"
#include "artifacts/onnx_data.h"
#include "artifacts/token_files.h"
#include "hub/facts.h"

namespace gh::artifacts {

// Bytes of what the files of one folder may state, and those of all folders that wait to be
// compared; real models state some kilobytes.
inline constexpr std::size_t kMaxFactBytes = std::size_t{32} << 20;
inline constexpr std::size_t kMaxHeldBytes = std::size_t{256} << 20;

struct FolderState {
  std::string path;  // raw bytes, relative to the path that was asked for; "." for itself
  hub::FolderFacts facts;
  AdapterFiles adapter;
  std::vector<NamedFile> tokens;   // the files of its tokenizer
  OnnxData tensors;                // of its ONNX models
  std::vector<std::string> links;  // names in it that are links to what was examined
  std::size_t fact_bytes = 0;
  std::shared_ptr<std::size_t> held = std::make_shared<std::size_t>(0);  // of all folders
  bool too_much = false;    // more facts than are held: nothing is compared
  std::size_t pending = 0;  // files whose examination has not ended

  // When nothing more is asked of it: its line may wait long for those before it.
  void let_go();

  // Only what the files state: which there are remains known.
  void forget_facts();
};

// The place of one file's facts in its folder.
struct FolderPlace {
  std::shared_ptr<FolderState> folder;
  std::size_t index = 0;

  void settle(const Facts& facts) const;
};

class Folders {
 public:
  // Before the file is examined. `path`: relative, as `Found::path`.
  FolderPlace add(const std::string& path, const OpenFile& file);
  // A file that is added as well, or a folder.
  void add_link(const std::string& path);
  // A file that is there and not examined.
  void add_unseen(const std::string& path);
  // After everything in the folder was added; null when it has no files.
  std::shared_ptr<FolderState> leave(const std::string& path);

 private:
  std::shared_ptr<FolderState> at(const std::string& path);

  std::map<std::string, std::shared_ptr<FolderState>, std::less<>> open_;
  std::shared_ptr<std::size_t> held_ = std::make_shared<std::size_t>(0);
};

// What a file's facts take, nearly.
std::size_t bytes_of(const Facts& facts);

// The folder that a file belongs to, and its name there: that of a chat template in
// additional_chat_templates/ is the folder above.
struct NameInFolder {
  std::string folder;
  std::string name;
};
NameInFolder name_in_folder(std::string_view path);

// Whether the folder has tensors of an adapter and no configuration that was examined.
bool lacks_configuration(const FolderState& folder);

// Whether files of the folder state something that can be held against another.
bool worth_comparing(const FolderState& folder);

}  // namespace gh::artifacts
