#include "base/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/sanitizer.h"
#include "base/secret.h"

namespace gh {
namespace {

// What is taken first: a head or an event fits, so that pieces of one do not grow it step by step.
constexpr std::size_t kLeast = 640;

// What malloc has at hand ends at 1,032 bytes, and most bodies are a little longer: of the blocks
// for those some are kept by each thread. They live as long as the process, as threads do here.
#if defined(GH_ADDRESS_SANITIZER)
constexpr std::size_t kKeptBlocks = 0;  // so that a block which is used too late is seen
#else
constexpr std::size_t kKeptBlocks = 32;
#endif
constexpr std::size_t kLeastBlock = 1024;
constexpr std::size_t kBlock = 4096;

struct Kept {
  char* blocks[kKeptBlocks + 1];
  std::size_t count;
};
constinit thread_local Kept kept{};

char* take(std::size_t size) {
  if (size == kBlock && kept.count > 0) return kept.blocks[--kept.count];
  char* const fresh = static_cast<char*>(std::malloc(size));
  if (fresh == nullptr) throw std::bad_alloc();
  return fresh;
}

void give_back(char* data, std::size_t size) {
  if (size == kBlock && kept.count < kKeptBlocks) {
    kept.blocks[kept.count++] = data;
  } else {
    std::free(data);
  }
}

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
  give_back(data_, capacity_);
  data_ = nullptr;
  begin_ = end_ = capacity_ = 0;
}

void Buffer::make_room(std::size_t size) {
  const std::size_t held = this->size();
  const std::size_t need = held + size + kSlack;
  if (need <= capacity_) {  // moving to the front is enough
    std::memmove(data_, data_ + begin_, held);
  } else {
    std::size_t grown = std::max({need, capacity_ * 2, kLeast});
    if (grown > kLeastBlock && grown <= kBlock) grown = kBlock;
    char* const fresh = take(grown);
    if (held > 0) std::memcpy(fresh, data_ + begin_, held);
    // Parsers may read the slack; let what they read there be defined.
    std::memset(fresh + grown - kSlack, 0, kSlack);
    gh::wipe(data_, capacity_);
    give_back(data_, capacity_);
    data_ = fresh;
    capacity_ = grown;
  }
  begin_ = 0;
  end_ = held;
}

void Buffer::wipe() {
  gh::wipe(data_, capacity_);
  clear();
}

void Buffer::consume(std::size_t size) {
  GH_CHECK(size <= this->size());  // beyond it everything would be read and written elsewhere
  begin_ += size;
  if (begin_ == end_) begin_ = end_ = 0;
}

}  // namespace gh
