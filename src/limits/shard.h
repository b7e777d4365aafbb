#pragma once
// A part of the Table: a small hash table of fixed size behind one lock. Entries never move, so a
// pointer to one is good for as long as the lock is held.
//
// The lock belongs to the caller, who may need several shards at once: every function but the
// constructor and reserve() is called with `mutex` held.

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "limits/bucket.h"
#include "limits/table.h"

namespace gh::limits {

struct Entry {
  Subject subject;
  Bucket bucket;
  MonoTime idle_at;             // by the rate it was last charged by
  std::uint32_t in_flight = 0;  // slots of concurrency that are taken
  std::uint32_t taken = 0;      // requests that its rate ever took, modulo 2^32
  std::uint16_t next = 0;       // in its chain: 1 + index, 0 ends it
};

class alignas(64) Shard {
 public:
  // Room for `capacity` entries, at most 65,535. Pages of it are touched only as they fill.
  void reserve(std::size_t capacity) { entries_.reserve(capacity); }

  // Null when there is none.
  Entry* find(const Subject& subject);
  // A fresh entry for a subject that has none. When the shard is full, the entry that is idle
  // soonest gives way, but none with something in flight and none of `kept`; null when that
  // leaves no choice.
  Entry* make(const Subject& subject, std::span<Entry* const> kept);
  std::size_t size() const { return entries_.size(); }

  std::mutex mutex;

 private:
  std::uint16_t& head(const Subject& subject) { return heads_[subject.hash >> 56]; }
  Entry* soonest_idle(std::span<Entry* const> kept);
  void unlink(Entry& entry);

  std::array<std::uint16_t, 256> heads_{};
  std::vector<Entry> entries_;
};

}  // namespace gh::limits
