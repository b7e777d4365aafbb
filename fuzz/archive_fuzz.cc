// gh-link: gh_archive
// tar, 7z and compressed files: a walk ends, with a finding when it was cut
// short, within the budget, and members can be read forwards and again.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "archive/members.h"
#include "base/check.h"

namespace {

constexpr std::uint64_t kWork = 2 << 20;

}  // namespace

// libarchive reserves what an archive asks for, and takes no for an answer; the scanner's children
// have little address space to give.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "allocator_may_return_null=1:max_allocation_size_mb=1024";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gh::source::MemorySource source({reinterpret_cast<const char*>(data), size});
  gh::findings::Examination examination(kWork);
  std::size_t members = 0;
  const bool whole = gh::archive::for_each_member(
      source, examination,
      [&](const gh::archive::ArchiveMember& member, gh::source::Source* bytes) {
        ++members;
        if (bytes == nullptr) return;
        GH_CHECK(member.kind == gh::archive::MemberKind::file ||
                 member.kind == gh::archive::MemberKind::other);
        std::string head(16, '\0');
        head.resize(bytes->read_at(0, head));
        if (members % 2 == 0) return;
        std::string tail(1, '\0');
        (void)bytes->read_at(std::min<std::uint64_t>(bytes->size(), 300'000), tail);
        std::string again(head.size(), '\0');
        again.resize(bytes->read_at(0, again));
        GH_CHECK(bytes->error() || again == head);
      });
  GH_CHECK(whole || !examination.findings().empty());
  GH_CHECK(examination.work() <= kWork);
  return 0;
}
