// gh-link: gh_pickle
//
// A pickle is followed without a crash and to one result, whatever the reads that it comes in; what
// was found before a cut is found with the cut; what is clean reached its STOP. Numbers in storages
// are read inside them.
// Bytes of another format act alike, too.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "pickle/followed.h"
#include "pickle/pickle.h"

namespace {

using namespace gh;

// At most `step` bytes per read, as a member that is inflated may give them: the reader asks again.
class Pieces final : public source::Source {
 public:
  Pieces(std::string_view bytes, std::size_t step) : inner_(bytes), step_(step) {}
  std::uint64_t size() const override { return inner_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
    std::size_t got = 0;
    while (got < into.size()) {
      const std::size_t wanted = std::min(step_, into.size() - got);
      const std::size_t more = inner_.read_at(offset + got, into.subspan(got, wanted));
      if (more == 0) break;
      got += more;
    }
    return got;
  }
  const std::optional<Error>& error() const override { return inner_.error(); }

 private:
  source::MemorySource inner_;
  std::size_t step_;
};

struct Seen {
  std::vector<std::pair<std::string_view, std::uint64_t>> found;
  pickle::Outcome outcome;
};

Seen examined(source::Source& source, pickle::Layout layout, pickle::Profile profile) {
  findings::Examination examination(0);
  Seen seen;
  seen.outcome = pickle::examine(source, layout, profile, examination);
  for (const findings::Finding& finding : examination.findings())
    seen.found.emplace_back(finding.rule->id, finding.offset.value_or(0));
  return seen;
}

// Numbers that are followed are found anywhere in the bytes, and read whole or not, as `source`
// gives them.
void follow(const pickle::Outcome& outcome, std::string_view bytes) {
  const auto open = [&](std::size_t storage) -> std::unique_ptr<source::Source> {
    GH_CHECK(storage < outcome.storages.size());
    const std::string_view at = bytes.substr(std::min<std::size_t>(storage, bytes.size()));
    return std::make_unique<source::MemorySource>(at);
  };
  for (const bool big_endian : {false, true}) {
    findings::Examination examination(0);
    const bool readable = pickle::check_followed(outcome, open, big_endian, examination);
    GH_CHECK(readable || !outcome.followed.empty());
    GH_CHECK(examination.findings().size() <= outcome.followed.size());
  }
}

}  // namespace

// The first byte picks layout and profile, the second the reads and the cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto layout = static_cast<pickle::Layout>(data[0] % 3);
  const auto profile = static_cast<pickle::Profile>(data[0] / 3 % 2);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

  source::MemorySource memory(bytes);
  const Seen whole = examined(memory, layout, profile);
  GH_CHECK(whole.outcome.end <= bytes.size());
  GH_CHECK(!whole.found.empty() || whole.outcome.complete);
  for (const pickle::Storage& storage : whole.outcome.storages)
    GH_CHECK(storage.needed <= storage.elements);
  follow(whole.outcome, bytes);

  Pieces pieces(bytes, std::size_t{data[1]} + 1);
  const Seen again = examined(pieces, layout, profile);
  GH_CHECK(again.found == whole.found);
  GH_CHECK(again.outcome.end == whole.outcome.end);

  if (layout == pickle::Layout::single) {
    source::MemorySource part(bytes.substr(0, bytes.size() * data[1] / 256));
    const Seen cut = examined(part, layout, profile);
    for (const auto& found : cut.found) {
      // A name that the cut goes through is another name.
      const bool at_the_cut =
          std::ranges::find(cut.found, std::pair(std::string_view("PKL-302"), found.second)) !=
          cut.found.end();
      GH_CHECK(!found.first.starts_with("PKL-1") || at_the_cut ||
               std::ranges::find(whole.found, found) != whole.found.end());
    }
  }
  GH_CHECK(pickle::looks_like_pickle(memory) == pickle::looks_like_pickle(pieces));
  findings::Examination one(0);
  findings::Examination other(0);
  const bool acts = pickle::attempt(memory, profile, false, one).acts;
  GH_CHECK(acts == pickle::attempt(pieces, profile, false, other).acts);
  GH_CHECK(one.findings().size() == other.findings().size() && (acts || one.findings().empty()));
  // Of lines less counts.
  GH_CHECK(acts || !pickle::attempt(memory, profile, true, other).acts);
  return 0;
}
