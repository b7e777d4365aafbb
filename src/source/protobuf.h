#pragma once
// The head of a field in the protobuf wire format (protobuf.dev/programming-guides/encoding, read
// 2026-11): its number, what follows, and how much of it. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gh::source {

// Groups (wire types 3 and 4) are none: proto3 has none.
enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct FieldHead {
  std::uint32_t number = 0;  // 1 to 2^29-1
  WireType type = WireType::varint;
  std::uint64_t value = 0;  // of a varint, which is part of the head
  std::uint64_t size = 0;   // of the bytes that follow the head
  std::size_t head = 0;     // bytes of the head itself
};

// What a head takes at most.
inline constexpr std::size_t kFieldHead = 20;

// Nothing when `bytes` does not begin with a whole head. Varints beyond 64 bits are none.
std::optional<FieldHead> field_head(std::string_view bytes);

}  // namespace gh::source
