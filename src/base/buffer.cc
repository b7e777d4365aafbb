#include "base/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.h"

namespace gh {
namespace {

// What is taken first: a head or an event fits, so that pieces of one do not grow it step by step.
constexpr std::size_t kLeast = 640;

}  // namespace

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      begin_(std::exchange(other.begin_, 0)),
      end_(std::exchange(other.end_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    begin_ = std::exchange(other.begin_, 0);
    end_ = std::exchange(other.end_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

Buffer::~Buffer() {
  release();
}

void Buffer::release() {
  std::free(data_);
  data_ = nullptr;
  begin_ = end_ = capacity_ = 0;
}

void Buffer::make_room(std::size_t size) {
  const std::size_t held = this->size();
  const std::size_t need = held + size + kSlack;
  if (need <= capacity_) {  // moving to the front is enough
    std::memmove(data_, data_ + begin_, held);
  } else {
    const std::size_t grown = std::max({need, capacity_ * 2, kLeast});
    char* fresh = static_cast<char*>(std::malloc(grown));
    if (fresh == nullptr) throw std::bad_alloc();
    if (held > 0) std::memcpy(fresh, data_ + begin_, held);
    // Parsers may read the slack; let what they read there be defined.
    std::memset(fresh + grown - kSlack, 0, kSlack);
    std::free(data_);
    data_ = fresh;
    capacity_ = grown;
  }
  begin_ = 0;
  end_ = held;
}

void Buffer::consume(std::size_t size) {
  GH_DCHECK(size <= this->size());
  begin_ += size;
  if (begin_ == end_) begin_ = end_ = 0;
}

}  // namespace gh
