#pragma once
// A growable byte queue: append at the end, consume from the front. Always keeps `kSlack` readable
// bytes after its content, so that SIMD parsers (simdjson wants 32) may read past the end without
// a copy. Not thread-safe; views are valid until the next non-const call.

#include <cstddef>
#include <cstring>
#include <string_view>

namespace gh {

class Buffer {
 public:
  static constexpr std::size_t kSlack = 64;

  Buffer() = default;
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  // Bytes of memory held, including the slack; 0 after release().
  std::size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_ + begin_, size()}; }
  char* data() { return data_ + begin_; }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(prepare(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }
  // Room for `size` more bytes to be written at the returned place; commit() what was written.
  char* prepare(std::size_t size) {
    if (end_ + size + kSlack > capacity_) make_room(size);
    return data_ + end_;
  }
  void commit(std::size_t size) { end_ += size; }
  // Drops `size` bytes (at most size()) from the front.
  void consume(std::size_t size);
  void clear() { begin_ = end_ = 0; }
  // Clears it and overwrites what it held. What it outgrew was overwritten on the way.
  void wipe();
  // Gives the memory back; what idle connections do.
  void release();

 private:
  void make_room(std::size_t size);

  char* data_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace gh
