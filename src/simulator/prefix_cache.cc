#include "simulator/prefix_cache.h"

#include <algorithm>

#include "base/siphash.h"
#include "simulator/text.h"

namespace gh::simulator {

PrefixCache::PrefixCache(std::uint32_t block_size, std::uint32_t capacity)
    : block_size_(std::max(block_size, 1u)), capacity_(capacity) {}

std::uint64_t PrefixCache::use(std::string_view prompt, std::uint64_t tokens, std::string_view salt,
                               std::string_view adapter) {
  stats_.queries += tokens;
  if (capacity_ == 0) return 0;
  std::uint64_t key = siphash({text_hash(salt), text_hash(adapter)}, "block 0");
  std::uint64_t cached = 0;
  std::size_t begin = 0;
  for (std::uint64_t done = block_size_; done <= tokens; done += block_size_) {
    std::size_t end = begin;
    for (std::uint32_t i = 0; i < block_size_; ++i) end = token_end(prompt, end);
    key = siphash({key, block_size_}, prompt.substr(begin, end - begin));
    begin = end;
    const bool hit = touch(key);
    if (hit && cached + block_size_ == done && done < tokens) cached = done;
  }
  stats_.hits += cached;
  return cached;
}

bool PrefixCache::touch(std::uint64_t key) {
  if (const auto it = where_.find(key); it != where_.end()) {
    recent_.splice(recent_.begin(), recent_, it->second);
    return true;
  }
  if (recent_.size() == capacity_) {
    where_.erase(recent_.back());
    recent_.pop_back();
  }
  recent_.push_front(key);
  where_.emplace(key, recent_.begin());
  return false;
}

}  // namespace gh::simulator
