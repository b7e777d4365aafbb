#pragma once
// The fields of a protobuf message in memory, without a schema.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gh::hub {

struct WireField {
  std::uint32_t number = 0;
  std::uint64_t value = 0;  // of a varint
  std::string_view bytes;   // of a length-delimited field, and of fixed ones
  bool delimited = false;
};

class Wire {
 public:
  explicit Wire(std::string_view bytes) : left_(bytes) {}

  // The next field; nothing at the end, or when what follows is none: then `broken`.
  std::optional<WireField> next();
  bool broken() const { return broken_; }

 private:
  std::string_view left_;
  bool broken_ = false;
};

}  // namespace gh::hub
