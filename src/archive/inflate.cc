#include "archive/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>

namespace gh::archive {

namespace {

class Inflated final : public source::ForwardSource {
 public:
  Inflated(source::Source& whole, std::uint64_t offset, std::uint64_t packed, std::uint64_t size,
           std::uint64_t& work)
      : ForwardSource(size, work), packed_(whole, offset, packed) {}
  ~Inflated() override {
    if (begun_) ::inflateEnd(&stream_);
  }

 protected:
  bool rewind() override {
    const int result = begun_ ? ::inflateReset(&stream_) : ::inflateInit2(&stream_, -MAX_WBITS);
    if (result != Z_OK) {
      set_error("there is no memory to inflate with");
      return false;
    }
    begun_ = true;
    ended_ = false;
    read_ = produced_ = 0;
    stream_.avail_in = 0;
    return true;
  }

  std::size_t produce(std::span<char> into) override {
    // One byte beyond what is stated shows that there is more; the rest of a lie is not produced.
    const std::uint64_t wanted = size() - std::min(size(), produced_) + 1;
    if (ended_ || produced_ > size()) return 0;
    const auto room = static_cast<uInt>(std::min<std::uint64_t>(into.size(), wanted));
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = room;
    while (stream_.avail_out == room && !ended_) {
      if (stream_.avail_in == 0 && !refill()) break;
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        ended_ = true;
      } else if (result != Z_OK) {
        set_error("its deflate stream is broken");
        break;
      }
    }
    const std::size_t made = room - stream_.avail_out;
    produced_ += made;
    return made;
  }

 private:
  bool refill() {
    const std::size_t got = packed_.read_at(read_, input_);
    if (got == 0) {
      set_error("its deflate stream ends early");
      return false;
    }
    read_ += got;
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(got);
    return true;
  }

  source::Slice packed_;
  z_stream stream_{};
  std::array<char, std::size_t{32} * 1024> input_{};
  std::uint64_t read_ = 0;      // of the packed bytes
  std::uint64_t produced_ = 0;  // since the last rewind
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<source::Source> inflate(source::Source& whole, std::uint64_t offset,
                                        std::uint64_t packed, std::uint64_t size,
                                        std::uint64_t& work) {
  return std::make_unique<Inflated>(whole, offset, packed, size, work);
}

}  // namespace gh::archive
