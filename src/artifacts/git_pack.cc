#include "artifacts/git_pack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "archive/archive_rules.h"
#include "archive/growth.h"
#include "archive/inflate.h"
#include "artifacts/container.h"
#include "base/text.h"
#include "hub/code_rules.h"
#include "source/bytes.h"
#include "source/source.h"

namespace gh::artifacts {

namespace {

constexpr std::uint64_t kPackHead = 12;
constexpr std::size_t kMostObjects = 100'000;  // that are looked into; each is inflated by itself
constexpr std::uint64_t kMostPointer = 1024;   // bytes
constexpr std::uint64_t kDigest = 20;

enum ObjectKind : std::uint64_t { blob = 3, last_whole = 4, by_offset = 6, by_digest = 7 };

class Pack {
 public:
  Pack(source::Source& source, Context& context) : source_(source), context_(context) {}

  bool follow() {
    const std::string head = bytes_at(source_, 0, kPackHead);
    const std::uint64_t version = source::big_endian(head, 4, 4);
    const std::uint64_t count = source::big_endian(head, 8, 4);
    if (!head.starts_with("PACK") || (version != 2 && version != 3) || count == 0) return false;
    context_.examination.set_kind("pack of git");
    at_ = kPackHead;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, kMostObjects); ++i) {
      if (!object()) return false;
      if (ended_) return true;
    }
    if (count > kMostObjects) {
      context_.examination.add(hub::rule::kGitObjects,
                               fmt::format("{} of {} objects, which are more than are looked into",
                                           count - kMostObjects, count));
      return true;
    }
    const std::uint64_t left = source_.size() - std::min(at_, source_.size());
    if (left != kDigest && left != 32) return false;  // SHA-1 or SHA-256
    if (differences_ > 0)
      context_.examination.add(
          hub::rule::kGitObjects,
          fmt::format("{} of {} objects are differences from others", differences_, count));
    return true;
  }

 private:
  // The next byte of a head; 256 where there is none.
  std::uint64_t byte() {
    const std::string next = bytes_at(source_, at_, 1);
    ++at_;
    return next.empty() ? 256 : static_cast<unsigned char>(next[0]);
  }

  bool object() {
    std::uint64_t next = byte();
    const std::uint64_t kind = next >> 4 & 7U;
    std::uint64_t size = next & 15U;
    for (int shift = 4; (next & 0x80U) != 0; shift += 7) {
      next = byte();
      if (next > 255 || shift > 50) return false;
      size |= (next & 0x7fU) << shift;
    }
    if (kind == by_offset) {
      for (next = 0x80; (next & 0x80U) != 0;)
        if (next = byte(); next > 255) return false;
    } else if (kind == by_digest) {
      at_ += kDigest;
    } else if (kind == 0 || kind > last_whole) {
      return false;
    }
    differences_ += kind > last_whole ? 1 : 0;
    return deflated(kind, size);
  }

  // zlib's two bytes, deflated ones, and a sum of four.
  bool deflated(std::uint64_t kind, std::uint64_t size) {
    const std::uint64_t first = byte();
    const std::uint64_t second = byte();
    if ((first & 15U) != 8 || second > 255 || (first << 8 | second) % 31 != 0 ||
        (second & 32U) != 0)
      return false;
    const std::uint64_t from = at_;
    const bool kept = kind == blob && size <= kSmallMember;
    const auto packed = inflate(size, kept);
    if (!packed) return ended_;
    at_ += *packed + 4;
    if (kind != blob) return true;
    const std::string name = fmt::format("blob at {}", from);
    if (kept) {
      source::MemorySource content(content_);
      examine_blob(content, name, context_);
    } else {
      const auto content =
          archive::inflate(source_, from, *packed, size, context_.examination.work());
      examine_blob(*content, name, context_);
    }
    return true;
  }

  // How many bytes were used to make so many; none where there are fewer or more.
  std::optional<std::uint64_t> inflate(std::uint64_t size, bool kept) {
    source::Slice rest(source_, at_, source_.size());
    archive::InflateStream stream(rest, archive::Wrapping::none);
    std::array<char, std::size_t{64} * 1024> block{};
    content_.clear();
    std::uint64_t made = 0;
    bool more = stream.begin();
    while (more && made <= size) {
      std::uint64_t& work = context_.examination.work();
      if (work == 0) return stop(archive::kArchiveLimit, "the limit of bytes to unpack is used up");
      const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), work));
      const std::size_t got = stream.read(std::span(block).first(room));
      source::spend(work, got);
      made += got;
      if (kept) content_.append(block.data(), got);
      if (archive::is_bomb(stream.consumed(), made))
        return stop(archive::kArchiveBomb, archive::growth(stream.consumed(), made));
      more = got != 0;
    }
    return stream.ended() && made == size ? std::optional(stream.consumed()) : std::nullopt;
  }

  std::nullopt_t stop(const findings::Rule& rule, std::string why) {
    context_.examination.add(rule, std::move(why));
    ended_ = true;
    return std::nullopt;
  }

  source::Source& source_;
  Context& context_;
  std::uint64_t at_ = 0;
  std::uint64_t differences_ = 0;
  std::string content_;
  bool ended_ = false;  // said why nothing more is looked at
};

}  // namespace

void examine_blob(source::Source& content, std::string_view name, Context& context) {
  if (content.size() < kMostPointer) {
    const std::string bytes = bytes_at(content, 0, kMostPointer);
    if (bytes.starts_with("version https://git-lfs.github.com/spec/") && is_utf8(bytes) &&
        !bytes.contains('\0'))
      return;
  }
  examine_member(content, name, context);
}

bool examine_git_pack(source::Source& source, Context& context) {
  return Pack(source, context).follow();
}

}  // namespace gh::artifacts
