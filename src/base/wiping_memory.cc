#include "base/wiping_memory.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/secret.h"

namespace gh::wiping_memory {

void* take(std::size_t size) {
  return std::malloc(size);
}

void* take_zeroed(std::size_t count, std::size_t size) {
  return std::calloc(count, size);
}

void give_back(void* block) {
  if (block == nullptr) return;
  wipe(block, malloc_usable_size(block));
  std::free(block);
}

void* resize(void* block, std::size_t size) {
  if (block == nullptr) return take(size);
  if (size == 0) {
    give_back(block);
    return nullptr;
  }
  const std::size_t held = malloc_usable_size(block);
  if (size <= held && size >= held / 2) return block;
  void* const fresh = take(size);
  if (fresh == nullptr) return nullptr;
  std::memcpy(fresh, block, std::min(held, size));
  give_back(block);
  return fresh;
}

}  // namespace gh::wiping_memory
