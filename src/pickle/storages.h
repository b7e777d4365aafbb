#pragma once
// The storages of a PyTorch file: what its persistent ids say, and how far tensors reach.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "pickle/allowed.h"
#include "pickle/pickle.h"
#include "pickle/report.h"
#include "pickle/values.h"

namespace gh::pickle {

class Storages {
 public:
  static constexpr std::size_t kMost = 1'000'000;

  Storages(const Values& values, Report& report, Layout layout)
      : values_(values), report_(report), layout_(layout) {}

  // The storage that a persistent id names, or `Kind::unknown` after a finding.
  Value load(Value persistent_id);

  // A tensor on `storage` reaches `elements` of `element_bytes` each (0: of the storage's own).
  void use(Value storage, std::uint64_t elements, std::uint64_t element_bytes);

  // Its type, of those that are listed.
  const Name& type(Value storage) const { return name_of(types_[part(storage).storage]); }

  // Which of `all` it lies in; none of a part of one.
  std::optional<std::size_t> place(Value storage) const;

  // How many elements a tensor on it can have of its own.
  std::uint64_t room(Value storage) const;

  // Whether it has bytes at all.
  bool is_in_memory(Value storage) const { return !is_meta_[part(storage).storage]; }

  // Whether their bytes are read after the pickle, so that nothing made meanwhile may look at them.
  bool are_read_later() const { return layout_ == Layout::torch_legacy; }

  // Those of `tensor`, which lies in memory by strides, as so many rows. `offset` is its own.
  Numbers numbers(const Values::Strided& tensor) const;
  // A tensor with numbers in storages that are read when the pickle was.
  void follow(Followed followed);

  const std::vector<Storage>& all() const { return all_; }
  const std::vector<Followed>& followed() const { return followed_; }
  const Storage* find(const std::string& key) const;

 private:
  // A storage, or a part of one, that a persistent id named.
  struct Part {
    std::size_t storage;
    std::uint64_t offset;  // in elements
    std::uint64_t elements;
  };

  static constexpr std::size_t kOddLocations = 100;
  static constexpr std::size_t kMostFollowed = 100'000;

  Value refuse(Value persistent_id, std::string_view reason);
  Value too_many(std::size_t most, std::string_view what);
  bool has_form_of_location(Value location) const;
  void judge_location(Value location);
  // Index of the storage; `kMost` after a finding.
  std::size_t storage(const std::string& key, std::uint64_t type, std::uint64_t elements,
                      bool is_meta);
  // False when `described` is no part of `part`, which becomes it.
  bool view(Value described, Part& part) const;
  // What a `Kind::storage` carries: the index of a storage, or `kMost` and that of a view.
  Part part(Value storage) const;

  const Values& values_;
  Report& report_;
  Layout layout_;
  std::vector<Storage> all_;
  std::vector<std::uint64_t> types_;  // of `all_`: which allowed name
  std::vector<bool> is_meta_;         // of `all_`: where it lies when it is first named
  std::unordered_map<std::string, std::size_t> by_key_;
  std::vector<Part> views_;
  std::vector<Followed> followed_;
  bool limit_reached_ = false;
  std::unordered_set<std::string> odd_locations_;
};

}  // namespace gh::pickle
