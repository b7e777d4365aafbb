#include "archive/deflated.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "archive/archive_rules.h"
#include "archive/growth.h"
#include "archive/inflate.h"
#include "archive/rest.h"
#include "archive/stream.h"
#include "source/source.h"

namespace gh::archive {

namespace {

constexpr std::size_t kBlock = std::size_t{64} * 1024;

// So many bytes do not come out of a text by chance.
constexpr std::size_t kCertain = 4096;

// The content, begun again when somebody goes back. It ends where the count did.
class Content final : public source::ForwardSource {
 public:
  Content(source::Source& whole, Wrapping wrapping, std::uint64_t size, std::uint64_t& work)
      : ForwardSource(size, work), stream_(whole, wrapping) {}

 protected:
  bool rewind() override {
    left_ = size();
    if (stream_.begin()) return true;
    set_error("there is no memory to inflate with");
    return false;
  }
  std::size_t produce(std::span<char> into) override {
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_));
    const std::size_t made = room == 0 ? 0 : stream_.read(into.first(room));
    left_ -= made;
    return made;
  }

 private:
  InflateStream stream_;
  std::uint64_t left_ = 0;
};

}  // namespace

bool is_gzip(std::string_view head) {
  return head.starts_with("\x1f\x8b");
}

bool is_zlib(std::string_view head) {
  // A window of 32 KiB, no dictionary, a sum that fits: what zlib and joblib write.
  if (head.size() < 2 || head[0] != 'x') return false;
  const unsigned flags = static_cast<unsigned char>(head[1]);
  if ((0x7800U + flags) % 31 != 0 || (flags & 0x20U) != 0) return false;
  source::MemorySource source(head);
  InflateStream stream(source, Wrapping::zlib);
  std::vector<char> block(kBlock);
  std::size_t made = 0;
  for (std::size_t more = stream.begin() ? 1 : 0; more != 0 && made < kCertain; made += more)
    more = stream.read(block);
  return made >= kCertain || stream.ended() || stream.is_cut();
}

bool is_deflated(source::Source& source) {
  std::vector<char> head(static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, source.size())));
  head.resize(source.read_at(0, head));
  const std::string_view bytes(head.data(), head.size());
  return is_gzip(bytes) || is_zlib(bytes);
}

bool for_deflated(source::Source& source, findings::Examination& examination,
                  const std::function<void(source::Source& content)>& visit) {
  std::vector<char> block(kBlock);
  block.resize(source.read_at(0, block));
  const Wrapping wrapping = is_gzip({block.data(), block.size()}) ? Wrapping::gzip : Wrapping::zlib;
  block.resize(kBlock);
  InflateStream stream(source, wrapping);
  std::uint64_t size = 0;
  std::string begin;
  bool bomb = false;
  for (bool more = stream.begin(); more && !bomb;) {
    if (examination.work() == 0) {
      examination.add(kArchiveLimit, "the limit of bytes to unpack for one file is used up");
      return false;
    }
    const auto room =
        static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), examination.work()));
    const std::size_t made = stream.read(std::span(block).first(room));
    if (size == 0) begin.assign(block.data(), std::min<std::size_t>(made, 8));
    source::spend(examination.work(), made);
    size += made;
    bomb = is_bomb(stream.consumed(), size);
    more = made != 0;
  }
  if (is_gzip(begin) || Stream::is_compressed(begin))
    examination.add(kArchiveTwice, "what is inside is compressed again");
  Content content(source, wrapping, size, examination.work());
  visit(content);
  if (bomb)
    examination.add(kArchiveBomb, growth(stream.consumed(), size));
  else if (!stream.ended())
    examination.add(kArchiveBroken, std::string(stream.failure()));
  else
    check_rest(source, stream.consumed(), examination);
  return !bomb && stream.ended();
}

}  // namespace gh::archive
