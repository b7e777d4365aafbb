#include "simulator/prefix_cache.h"

#include <algorithm>

#include "base/siphash.h"
#include "simulator/text.h"

namespace gh::simulator {

PrefixCache::PrefixCache(std::uint32_t block_size, std::uint32_t capacity)
    : block_size_(std::max(block_size, 1u)), capacity_(capacity) {}

PrefixCache::Lookup PrefixCache::use(std::string_view prompt, std::string_view salt,
                                     std::string_view adapter) {
  Lookup found;
  std::uint64_t key = siphash({text_hash(salt), text_hash(adapter)}, "block 0");
  bool still_cached = true;
  std::size_t block_begin = 0;
  for (std::size_t at = 0; at < prompt.size();) {
    at = token_end(prompt, at);
    ++found.tokens;
    if (found.tokens % block_size_ != 0) continue;
    key = siphash({key, block_size_}, prompt.substr(block_begin, at - block_begin));
    block_begin = at;
    const bool hit = capacity_ > 0 && touch(key);
    still_cached = still_cached && hit && at < prompt.size();
    if (still_cached) found.cached = found.tokens;
  }
  stats_.queries += found.tokens;
  stats_.hits += found.cached;
  return found;
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
