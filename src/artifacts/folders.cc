#include "artifacts/folders.h"

#include <algorithm>
#include <utility>

namespace gh::artifacts {

namespace {

constexpr std::string_view kTemplates = "additional_chat_templates";

// "a/b/c" → ("a/b", "c"); "c" → (".", "c")
std::pair<std::string_view, std::string_view> split_last(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {".", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace

std::size_t bytes_of(const Facts& facts) {
  std::size_t bytes = 0;
  for (const auto* templates : {&facts.document.templates, &facts.weight_templates})
    for (const hub::TemplateFact& fact : *templates)
      bytes += sizeof(fact) + fact.carrier.size() + fact.name.size() + fact.digest.size();
  for (const auto* names : {&facts.document.shards, &facts.document.modules})
    for (const std::string& name : *names) bytes += name.size() + sizeof(std::string);
  bytes += facts.document.named.size() * sizeof(hub::NamedTensor);
  if (facts.document.tensors) bytes += facts.document.tensors->size() * sizeof(std::uint64_t);
  for (const TensorFile& file : facts.tensor_files) bytes += file.name.size() + sizeof(TensorFile);
  return bytes;
}

NameInFolder name_in_folder(std::string_view path) {
  const auto [folder, name] = split_last(path);
  const auto [above, last] = split_last(folder);
  if (last == kTemplates) {
    return {.folder = std::string(above), .name = std::string(last) + '/' + std::string(name)};
  }
  return {.folder = std::string(folder), .name = std::string(name)};
}

void FolderState::forget_facts() {
  for (hub::FileFacts& file : facts.files) file.document = {};
  facts.weight_templates = {};
  tensors = {};
  *held -= std::exchange(fact_bytes, 0);
}

void FolderState::let_go() {
  forget_facts();
  adapter = {};
  tokens.clear();
  facts = {};
}

void FolderPlace::settle(const Facts& facts) const {
  --folder->pending;
  if (folder->too_much) return;
  const std::size_t bytes = bytes_of(facts);
  folder->fact_bytes += bytes;
  *folder->held += bytes;
  folder->too_much = folder->fact_bytes > kMaxFactBytes || *folder->held > kMaxHeldBytes;
  if (folder->too_much) return folder->forget_facts();
  folder->facts.files[index].document = facts.document;
  std::ranges::copy(facts.weight_templates, std::back_inserter(folder->facts.weight_templates));
  folder->facts.embedding_rows = std::max(folder->facts.embedding_rows, facts.embedding_rows);
  folder->tensors.add(index, facts.tensor_files);
}

std::shared_ptr<FolderState> Folders::at(const std::string& path) {
  std::shared_ptr<FolderState>& folder = open_[path];
  if (folder == nullptr) {
    folder = std::make_shared<FolderState>();
    folder->path = path;
    folder->held = held_;
  }
  return folder;
}

FolderPlace Folders::add(const std::string& path, const OpenFile& file) {
  NameInFolder name = name_in_folder(path);
  const std::shared_ptr<FolderState> folder = at(name.folder);
  ++folder->pending;
  keep_adapter_file(folder->adapter, name.name, file);
  keep_token_file(folder->tokens, name.name, file);
  folder->facts.files.push_back({.path = std::move(name.name),
                                 .bytes = file.node.bytes,
                                 .device = file.node.state.device,
                                 .inode = file.node.state.inode,
                                 .document = {}});
  return {.folder = folder, .index = folder->facts.files.size() - 1};
}

void Folders::add_link(const std::string& path) {
  NameInFolder name = name_in_folder(path);
  at(name.folder)->links.push_back(std::move(name.name));
}

void Folders::add_unseen(const std::string& path) {
  const NameInFolder name = name_in_folder(path);
  if (std::ranges::find(kAdapterTensors, name.name) != kAdapterTensors.end())
    note_unseen(at(name.folder)->adapter, name.name);
}

std::shared_ptr<FolderState> Folders::leave(const std::string& path) {
  const auto at = open_.find(path);
  if (at == open_.end()) return nullptr;
  std::shared_ptr<FolderState> folder = std::move(at->second);
  open_.erase(at);
  return folder;
}

bool lacks_configuration(const FolderState& folder) {
  if (folder.adapter.config.descriptor.valid()) return false;
  return std::ranges::any_of(folder.facts.files, [](const hub::FileFacts& file) {
    return std::ranges::find(kAdapterTensors, file.path) != kAdapterTensors.end();
  });
}

bool worth_comparing(const FolderState& folder) {
  if (lacks_configuration(folder) || folder.adapter.config.descriptor.valid() ||
      !folder.facts.weight_templates.empty() || !folder.tensors.empty())
    return true;
  return std::ranges::any_of(folder.facts.files, [](const hub::FileFacts& file) {
    return (file.document.kind != hub::DocumentKind::unknown &&
            file.document.kind < hub::DocumentKind::yaml) ||
           !file.document.modules.empty();
  });
}

}  // namespace gh::artifacts
