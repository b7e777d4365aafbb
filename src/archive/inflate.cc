#include "archive/inflate.h"

#include <algorithm>
#include <string>

namespace gh::archive {

namespace {

// That is looked through for another stream, in bytes.
constexpr std::uint64_t kPadding = std::uint64_t{64} * 1024;

// What zlib is to expect, by the number of bits of its window.
int bits_of(Wrapping wrapping) {
  constexpr int kGzip = 16;
  switch (wrapping) {
    case Wrapping::none:
      return -MAX_WBITS;
    case Wrapping::zlib:
      return MAX_WBITS;
    case Wrapping::gzip:
      break;
  }
  return MAX_WBITS + kGzip;
}

}  // namespace

InflateStream::~InflateStream() {
  if (begun_) ::inflateEnd(&stream_);
}

bool InflateStream::begin() {
  const int result =
      begun_ ? ::inflateReset(&stream_) : ::inflateInit2(&stream_, bits_of(wrapping_));
  if (result != Z_OK) {
    failure_ = "there is no memory to inflate with";
    return false;
  }
  begun_ = true;
  ended_ = cut_ = false;
  failure_ = {};
  read_ = 0;
  stream_.avail_in = 0;
  return true;
}

std::size_t InflateStream::read(std::span<char> into) {
  if (ended_ || !failure_.empty()) return 0;
  const auto room = static_cast<uInt>(std::min<std::size_t>(into.size(), UINT32_MAX));
  stream_.next_out = reinterpret_cast<Bytef*>(into.data());
  stream_.avail_out = room;
  while (stream_.avail_out == room && !ended_) {
    // All input may be used, and zlib still have bytes to give.
    if (stream_.avail_in == 0) refill();
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      ended_ = !goes_on();
    } else if (result == Z_BUF_ERROR) {
      failure_ = "its deflate stream ends early";
      cut_ = true;
      break;
    } else if (result != Z_OK) {
      failure_ = "its deflate stream is broken";
      break;
    }
  }
  return room - stream_.avail_out;
}

void InflateStream::refill() {
  const std::size_t got = packed_.read_at(read_, input_);
  read_ += got;
  stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
  stream_.avail_in = static_cast<uInt>(got);
}

// Whether another stream begins here, or behind padding, which gzip has.
bool InflateStream::goes_on() {
  if (wrapping_ == Wrapping::none) return false;
  std::uint64_t at = consumed();
  std::array<char, 2> bytes{};
  std::size_t got = packed_.read_at(at, bytes);
  for (const std::uint64_t end = at + kPadding;
       wrapping_ == Wrapping::gzip && got != 0 && bytes[0] == '\0' && at < end;)
    got = packed_.read_at(++at, bytes);
  if (got < bytes.size()) return false;
  const auto second = static_cast<unsigned char>(bytes[1]);
  const bool again = wrapping_ == Wrapping::gzip ? bytes[0] == '\x1f' && second == 0x8b
                                                 : bytes[0] == 'x' && (0x7800U + second) % 31 == 0;
  if (!again || ::inflateReset(&stream_) != Z_OK) return false;
  read_ = at;
  stream_.avail_in = 0;
  return true;
}

std::uint64_t Inflated::unused() const {
  return stream_.ended() ? packed_.size() - stream_.consumed() : 0;
}

bool Inflated::rewind() {
  produced_ = 0;
  if (stream_.begin()) return true;
  set_error("there is no memory to inflate with");
  return false;
}

std::size_t Inflated::produce(std::span<char> into) {
  // One byte beyond what is stated shows that there is more; the rest of a lie is not produced.
  const std::uint64_t wanted = size() - std::min(size(), produced_) + 1;
  if (produced_ > size()) return 0;
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), wanted));
  const std::size_t made = stream_.read(into.first(room));
  if (!stream_.failure().empty()) set_error(std::string(stream_.failure()));
  produced_ += made;
  return made;
}

std::unique_ptr<Inflated> inflate(source::Source& whole, std::uint64_t offset, std::uint64_t packed,
                                  std::uint64_t size, std::uint64_t& work) {
  return std::make_unique<Inflated>(whole, offset, packed, size, work);
}

}  // namespace gh::archive
