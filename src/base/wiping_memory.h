#pragma once
// malloc for libraries that hold what must not be seen (header fields with keys, decrypted records,
// private keys): every block is overwritten as it is given back. Any thread.

#include <cstddef>

namespace gh::wiping_memory {

void* take(std::size_t size);  // null when there is none
void* take_zeroed(std::size_t count, std::size_t size);
void* resize(void* block, std::size_t size);  // as realloc; `size` 0 gives it back
void give_back(void* block);

}  // namespace gh::wiping_memory
