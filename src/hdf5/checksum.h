#pragma once
// The checksum of HDF5's newer structures: Bob Jenkins' lookup3 (2006, public domain),
// `hashlittle`. It finds damage; it keeps nobody from writing what they like.

#include <cstdint>
#include <string>
#include <string_view>

namespace gh::hdf5 {

std::uint32_t checksum(std::string_view bytes);
// Whether the last four bytes are the checksum of those before them.
bool is_sealed(std::string_view bytes);
// Whether the four bytes at `at` are the checksum of all, with zeroes in their place.
bool is_sealed_within(std::string bytes, std::size_t at);

}  // namespace gh::hdf5
