#pragma once
// A value that must not be seen. It wipes its memory when it dies, cannot be printed or compared
// by accident, and is read only through `reveal()`, which makes each use easy to find.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace gh {

// Overwrites memory in a way the compiler may not drop.
void wipe(void* data, std::size_t size);

// True when both have the same bytes; the time depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes) : bytes_(bytes) {}
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.clear(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { clear(); }

  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  // Valid until this object changes or dies.
  std::string_view reveal() const { return bytes_; }
  // A second owner, made on purpose.
  Secret copy() const { return Secret(bytes_); }
  bool equals(std::string_view candidate) const { return equal_constant_time(bytes_, candidate); }
  void clear();

 private:
  std::string bytes_;
};

}  // namespace gh
