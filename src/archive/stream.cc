#include "archive/stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include "archive/growth.h"
#include "base/text.h"
#include "source/source.h"

namespace gh::archive {

namespace {

constexpr std::size_t kBlock = std::size_t{64} * 1024;

Stream& self_of(void* self) {
  return *static_cast<Stream*>(self);
}

using Support = int (*)(struct archive*);
// What is inside a compression is for the caller to recognise: libarchive takes a block of zeroes
// for an empty tar and would stop there. A compression that libarchive would leave to an external
// program answers ARCHIVE_WARN, and is refused.
constexpr std::array<Support, 2> kArchives = {&archive_read_support_format_tar,
                                              &archive_read_support_format_7zip};
constexpr std::array<Support, 7> kCompressions = {
    &archive_read_support_format_raw,   &archive_read_support_filter_gzip,
    &archive_read_support_filter_bzip2, &archive_read_support_filter_xz,
    &archive_read_support_filter_lzma,  &archive_read_support_filter_zstd,
    &archive_read_support_filter_lz4};

constexpr std::array<std::string_view, 5> kMagics = {
    std::string_view("BZh", 3), std::string_view("\x5d\0\0", 3),
    std::string_view("\xfd"
                     "7zXZ\0",
                     6),
    std::string_view("\x28\xb5\x2f\xfd", 4), std::string_view("\x04\x22\x4d\x18", 4)};

}  // namespace

Stream::Stream(source::Source& source, std::uint64_t& work) : source_(source), work_(work) {
  std::array<char, 6> head{};
  compressed_ = is_compressed({head.data(), source.read_at(0, head)});
}

bool Stream::is_compressed(std::string_view head) {
  return std::ranges::any_of(kMagics,
                             [&](std::string_view magic) { return head.starts_with(magic); });
}

void Stream::Free::operator()(struct archive* handle) const {
  archive_read_free(handle);
}

la_ssize_t Stream::read_block(struct archive*, void* self, const void** block) {
  Stream& stream = self_of(self);
  stream.block_.resize(kBlock);
  const std::size_t got = stream.source_.read_at(stream.position_, stream.block_);
  stream.position_ += got;
  *block = stream.block_.data();
  return static_cast<la_ssize_t>(got);
}

std::int64_t Stream::skip_bytes(struct archive*, void* self, std::int64_t count) {
  Stream& stream = self_of(self);
  const std::uint64_t left =
      stream.source_.size() - std::min(stream.source_.size(), stream.position_);
  const std::uint64_t skipped =
      std::min(left, static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0)));
  stream.position_ += skipped;
  return static_cast<std::int64_t>(skipped);
}

std::int64_t Stream::seek_to(struct archive*, void* self, std::int64_t offset, int whence) {
  Stream& stream = self_of(self);
  const auto size =
      static_cast<std::int64_t>(std::min<std::uint64_t>(stream.source_.size(), INT64_MAX));
  std::int64_t base = 0;
  if (whence == SEEK_CUR) base = static_cast<std::int64_t>(stream.position_);
  if (whence == SEEK_END) base = size;
  std::int64_t to = 0;
  if (__builtin_add_overflow(base, offset, &to) || to < 0) return ARCHIVE_FATAL;
  stream.position_ = static_cast<std::uint64_t>(std::min(to, size));
  return static_cast<std::int64_t>(stream.position_);
}

bool Stream::fail(std::string reason) {
  if (failure_.empty()) failure_ = std::move(reason);
  return false;
}

bool Stream::fail_by_archive() {
  const char* reason = archive_error_string(handle_.get());
  return fail(reason == nullptr ? "damaged" : escape(reason));
}

bool Stream::open() {
  entry_ = nullptr;
  position_ = produced_ = 0;
  members_ = 0;
  handle_.reset(archive_read_new());
  if (!handle_) return fail("no memory to read archives with");
  const std::span<const Support> supports =
      compressed_ ? std::span<const Support>(kCompressions) : kArchives;
  for (const Support support : supports)
    if (support(handle_.get()) != ARCHIVE_OK) return fail("a format is not built in");
  archive_read_set_read_callback(handle_.get(), &Stream::read_block);
  archive_read_set_skip_callback(handle_.get(), &Stream::skip_bytes);
  archive_read_set_seek_callback(handle_.get(), &Stream::seek_to);
  archive_read_set_callback_data(handle_.get(), this);
  return archive_read_open1(handle_.get()) == ARCHIVE_OK || fail_by_archive();
}

Stream::Next Stream::next() {
  if (!failure_.empty()) return Next::failed;
  if (!handle_ && !open()) return Next::failed;
  // A warning means that a field was not understood; the member and what follows can be read.
  const int result = archive_read_next_header(handle_.get(), &entry_);
  if (result == ARCHIVE_EOF) return Next::end;
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
    fail_by_archive();
    return Next::failed;
  }
  ++members_;
  return Next::member;
}

std::size_t Stream::read(std::span<char> into) {
  if (!failure_.empty() || into.empty()) return 0;
  const la_ssize_t got = archive_read_data(handle_.get(), into.data(), into.size());
  if (got < 0) {
    fail_by_archive();
    return 0;
  }
  const auto size = static_cast<std::size_t>(got);
  produced_ += size;
  if (archive::is_bomb(consumed(), produced_)) {
    bomb_ = true;
    fail("it grows too far");
    return 0;
  }
  return size;
}

bool Stream::finish() {
  if (!failure_.empty()) return false;
  // A tar that is not compressed is skipped by position; everything else has to be unpacked.
  if (is_tar()) return archive_read_data_skip(handle_.get()) == ARCHIVE_OK || fail_by_archive();
  std::vector<char> block(kBlock);
  while (work_ > 0) {
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), work_));
    const std::size_t got = read(std::span(block).first(room));
    if (got == 0) return failure_.empty();
    source::spend(work_, got);
  }
  exhausted_ = true;
  return fail("the limit of bytes to unpack for one file is used up");
}

bool Stream::go_to(std::size_t index) {
  if (!failure_.empty() || !open()) return false;
  while (next() == Next::member) {
    if (this->index() == index) return true;
    if (!finish()) return false;
  }
  return fail("it cannot be read again");
}

bool Stream::is_tar() const {
  return (archive_format(handle_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
}

std::size_t Stream::layers() const {
  return static_cast<std::size_t>(std::max(archive_filter_count(handle_.get()) - 1, 0));
}

std::uint64_t Stream::consumed() const {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(archive_filter_bytes(handle_.get(), -1), 0));
}

}  // namespace gh::archive
