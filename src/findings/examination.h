#pragma once
// What an examiner of one file writes into: findings, with the member path that they belong to, and
// what may still be spent. One per file, used by one thread.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"

namespace gh::findings {

// Where in the file, for `Examination::add`. Everything is optional; `evidence` is raw bytes and is
// escaped and cut there.
struct Where {
  std::optional<std::uint64_t> offset = std::nullopt;
  std::optional<std::uint64_t> length = std::nullopt;
  std::optional<std::uint64_t> line = std::nullopt;
  std::optional<std::uint64_t> column = std::nullopt;
  std::string_view evidence = {};
};

class Examination {
 public:
  // More than this many findings of one rule in one file are counted, not kept: a hostile file must
  // not fill the report. `count` knows how many there were, and the report says so.
  static constexpr std::size_t kKeptPerRule = 20;

  // `work`: bytes that may be produced by decompression for this file, in all.
  explicit Examination(std::uint64_t work) : work_(work) {}

  // `message` may quote untrusted bytes only through `gh::escape`.
  void add(const Rule& rule, std::string message, const Where& where = {});
  // So many more that are counted, and not kept.
  void add_count(const Rule& rule, std::uint64_t more);

  // Findings made while a `Member` lives are inside it: "outer.zip" then "x/data.pkl" reads
  // "outer.zip!x/data.pkl". The name is escaped here.
  class Member {
   public:
    Member(Examination& examination, std::string_view name);
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    ~Member();

   private:
    Examination& examination_;
    std::size_t length_before_;
  };
  // How many members are open: the depth of nesting.
  std::size_t depth() const { return depth_; }

  std::uint64_t& work() { return work_; }
  const std::vector<Finding>& findings() const { return findings_; }
  // How often each kept rule was found in all, kept or not.
  std::uint64_t count(const Rule& rule) const;
  bool has(const Rule& rule) const { return count(rule) > 0; }

  // The kind that was recognised, for the report: "PyTorch zip checkpoint". The outermost wins.
  void set_kind(std::string_view kind);
  std::string_view kind() const { return kind_; }

 private:
  struct Count {
    const Rule* rule;
    std::uint64_t seen;
  };
  Count& count_of(const Rule& rule);

  std::uint64_t work_;
  std::string member_;
  std::size_t depth_ = 0;
  std::string kind_;
  std::vector<Finding> findings_;
  std::vector<Count> counts_;
};

}  // namespace gh::findings
