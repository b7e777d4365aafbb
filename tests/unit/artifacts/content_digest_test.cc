#include "artifacts/content_digest.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace gh::artifacts {
namespace {

FolderState folder() {
  FolderState state;
  state.facts.files.push_back({.path = "config.json", .document = {}});
  state.facts.files.push_back({.path = "model.safetensors", .document = {}});
  state.facts.files[0].document.vocab_size = 3;
  state.facts.files[0].document.shards = {"a", "b"};
  state.facts.weight_templates = {{.carrier = "a.gguf", .name = "default", .digest = "1"},
                                  {.carrier = "b.gguf", .name = "default", .digest = "2"}};
  state.facts.embedding_rows = 4;
  return state;
}

TEST(ContentDigest, OfBytes) {
  source::MemorySource source("abc");
  EXPECT_EQ(sha256_of(source), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ContentDigest, OfAFolderFollowsFromEveryFact) {
  const std::function<void(FolderState&)> changes[] = {
      [](FolderState&) {},
      [](FolderState& f) { f.facts.files[0].path = "x.json"; },
      [](FolderState& f) { f.facts.files.pop_back(); },
      [](FolderState& f) { f.facts.files[0].document.kind = hub::DocumentKind::config; },
      [](FolderState& f) { f.facts.files[0].document.vocab_size.reset(); },
      [](FolderState& f) { f.facts.files[0].document.highest_id = 3; },
      [](FolderState& f) { f.facts.files[0].document.highest_base = 3; },
      [](FolderState& f) { f.facts.files[0].document.base_tokens = 3; },
      [](FolderState& f) { f.facts.files[0].document.end_id = 3; },
      [](FolderState& f) { f.facts.files[0].document.nameless = true; },
      [](FolderState& f) { f.facts.files[0].document.has_adapter = true; },
      [](FolderState& f) { f.facts.files[0].document.named = {{.name = 1, .shard = 0}}; },
      [](FolderState& f) { f.facts.files[0].document.named = {{.name = 1, .shard = 1}}; },
      [](FolderState& f) { f.facts.files[1].document.tensors.emplace(); },
      [](FolderState& f) { f.facts.files[1].document.tensors = {{1}}; },
      [](FolderState& f) { f.facts.files[0].document.shards = {"ab"}; },
      [](FolderState& f) {
        std::swap(f.facts.files[0].document.shards, f.facts.files[0].document.modules);
      },
      [](FolderState& f) { f.facts.files[0].document.templates = {{"a", "b", "c"}}; },
      [](FolderState& f) { f.facts.weight_templates[0].digest = "3"; },
      [](FolderState& f) { f.facts.embedding_rows = 5; },
      [](FolderState& f) { f.links = {"config.json"}; },
      [](FolderState& f) {
        f.adapter.config.descriptor = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      },
      [](FolderState& f) {
        f.adapter.config.descriptor = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        note_unseen(f.adapter, "adapter_model.safetensors");
      },
      [](FolderState& f) { f.tokens.push_back({.name = "vocab.txt", .file = {}}); },
      // The sizes of files count where a model says how large one is.
      [](FolderState& f) { f.tensors.add(0, {{.name = "model.safetensors", .end = 5}}); },
      [](FolderState& f) { f.tensors.add(1, {{.name = "model.safetensors", .end = 5}}); },
      [](FolderState& f) { f.tensors.add(0, {{.name = "model.safetensors", .end = 6}}); },
      [](FolderState& f) { f.tensors.add(0, {{.name = "other.bin", .end = 5}}); },
      [](FolderState& f) {
        f.tensors.add(0, {{.name = "model.safetensors", .end = 5}});
        f.facts.files[1].bytes = 4;
      },
      // One file under two names.
      [](FolderState& f) {
        for (hub::FileFacts& file : f.facts.files) file.inode = 7;
      },
  };
  std::set<std::string> seen;
  for (const auto& change : changes) {
    FolderState state = folder();
    change(state);
    EXPECT_TRUE(seen.insert(folder_digest(state, {})).second);
  }
}

TEST(ContentDigest, OfAFolderIsThatOfACopy) {
  FolderState one = folder();
  FolderState other = folder();
  for (std::size_t i = 0; i < 2; ++i) {
    one.facts.files[i].inode = 7 + i;
    other.facts.files[i].device = 2;
    other.facts.files[i].inode = 20 - i;
  }
  EXPECT_EQ(folder_digest(one, {}), folder_digest(other, {}));
}

TEST(ContentDigest, OfAnAdapterFollowsFromWhatItWasHeldAgainst) {
  FolderState state = folder();
  state.adapter.config.descriptor = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::function<void(Comparison&)> changes[] = {
      [](Comparison&) {},
      [](Comparison& c) { c.base_faults = {"x"}; },
      [](Comparison& c) { c.base_config.descriptor = Fd(::open("/dev/null", O_RDONLY)); },
      [](Comparison& c) { c.bank = {{.module = "q", .values = {}}}; },
      [](Comparison& c) { c.bank = {{.module = "v", .values = {}}}; },
      [](Comparison& c) { c.bank = {{.module = "q", .values = {1}}}; },
  };
  std::set<std::string> seen;
  for (const auto& change : changes) {
    Comparison comparison;
    change(comparison);
    EXPECT_TRUE(seen.insert(folder_digest(state, comparison)).second);
  }
}

TEST(ContentDigest, OfAFolderDoesNotDependOnWhoWasDoneFirst) {
  FolderState state = folder();
  FolderState again = folder();
  state.tensors.add(0, {{.name = "x", .end = 5}});
  state.tensors.add(1, {{.name = "x", .end = 5}});
  again.tensors.add(1, {{.name = "x", .end = 5}});
  again.tensors.add(0, {{.name = "x", .end = 5}});
  std::swap(state.facts.weight_templates[0], state.facts.weight_templates[1]);
  EXPECT_EQ(folder_digest(state, {}), folder_digest(again, {}));
}

}  // namespace
}  // namespace gh::artifacts
