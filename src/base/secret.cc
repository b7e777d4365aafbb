#include "base/secret.h"

#include <string.h>

namespace gh {

void wipe(void* data, std::size_t size) {
  if (size > 0) explicit_bzero(data, size);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(
        difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  }
  // Without this the compiler may turn the loop into one that ends early.
  asm volatile("" : "+r"(difference));
  return difference == 0;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    clear();
    bytes_ = std::move(other.bytes_);
    other.clear();
  }
  return *this;
}

void Secret::clear() {
  // A short string keeps its bytes inside the object, so wipe the capacity, not only the size.
  if (bytes_.capacity() > 0) {
    bytes_.resize(bytes_.capacity());
    wipe(bytes_.data(), bytes_.size());
  }
  bytes_.clear();
}

}  // namespace gh
