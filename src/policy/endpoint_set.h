#pragma once
// A set of endpoints in one byte.

#include <cstdint>

#include "vllm/surface.h"

namespace gh::policy {

class EndpointSet {
 public:
  constexpr EndpointSet() = default;
  static constexpr EndpointSet all() { return EndpointSet{0b111}; }
  constexpr void add(vllm::Endpoint e) { bits_ = static_cast<std::uint8_t>(bits_ | bit(e)); }
  constexpr bool has(vllm::Endpoint e) const { return (bits_ & bit(e)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr EndpointSet operator&(EndpointSet other) const {
    return EndpointSet{static_cast<std::uint8_t>(bits_ & other.bits_)};
  }
  bool operator==(const EndpointSet&) const = default;

 private:
  constexpr explicit EndpointSet(std::uint8_t bits) : bits_(bits) {}
  static constexpr std::uint8_t bit(vllm::Endpoint e) {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(e));
  }
  std::uint8_t bits_ = 0;
};

}  // namespace gh::policy
