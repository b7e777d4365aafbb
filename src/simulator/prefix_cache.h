#pragma once
// vLLM's automatic prefix cache as far as a client can see it: which leading blocks of a prompt
// were computed before. Only whole blocks count, each block's key chains on the one before it, and
// the first is keyed with the salt and the adapter, so that one namespace never meets another. The
// last token of a prompt is always computed. Not thread-safe.

#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

namespace gh::simulator {

class PrefixCache {
 public:
  struct Stats {
    std::uint64_t queries = 0;  // tokens looked up
    std::uint64_t hits = 0;     // tokens found
  };

  // `capacity` in blocks; with 0 nothing is ever found.
  PrefixCache(std::uint32_t block_size, std::uint32_t capacity);

  // Looks up a prompt of that many tokens and remembers all of its whole blocks as most recently
  // used. Returns how many of its tokens were found, a multiple of the block size.
  std::uint64_t use(std::string_view prompt, std::uint64_t tokens, std::string_view salt,
                    std::string_view adapter);

  const Stats& stats() const { return stats_; }
  std::size_t blocks() const { return recent_.size(); }

 private:
  bool touch(std::uint64_t key);  // whether it was there

  std::uint32_t block_size_;
  std::uint32_t capacity_;
  std::list<std::uint64_t> recent_;  // front: most recently used
  std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> where_;
  Stats stats_;
};

}  // namespace gh::simulator
