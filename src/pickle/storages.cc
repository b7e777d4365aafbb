#include "pickle/storages.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "pickle/allowed.h"
#include "pickle/call_rules.h"
#include "pickle/locations.h"
#include "pickle/stream_rules.h"

namespace gh::pickle {

namespace {

std::optional<std::uint64_t> count(Value value) {
  const auto number = value.as_integer();
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

}  // namespace

Value Storages::refuse(Value persistent_id, std::string_view reason) {
  report_.add(kPersistentId, [&] {
    return fmt::format("The persistent id {} {}.", values_.describe_arguments(persistent_id),
                       reason);
  });
  return Value(Kind::unknown);
}

Value Storages::too_many(std::size_t most, std::string_view what) {
  if (!limit_reached_)
    report_.add(kManyStorages,
                [&] { return fmt::format("There are more than {} {}.", most, what); });
  limit_reached_ = true;
  return Value(Kind::unknown);
}

// A device type and its number, as far as the form goes; what is forgotten is judged later.
bool Storages::has_form_of_location(Value location) const {
  if (!location.is(Kind::text)) return false;
  const auto text = values_.text_of(location);
  if (!text) return true;
  const std::size_t letters = text->find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
  if (letters == std::string::npos) return !text->empty();
  return letters > 0 && (*text)[letters] == ':' && letters + 1 < text->size() &&
         text->find_first_not_of("0123456789", letters + 1) == std::string::npos;
}

// Said of each name once; the storage is one all the same where the loader is told a place.
void Storages::judge_location(Value location) {
  const auto text = values_.text_of(location);
  if (!text) {
    report_.add(kForgotten, "The location of a storage is no longer known.");
  } else if (!is_location(*text) && odd_locations_.size() < kOddLocations &&
             odd_locations_.insert(*text).second) {
    report_.add(kUnknownDevice,
                [&] { return fmt::format("A storage lies on \"{}\".", escape(*text, 64)); });
  }
}

std::size_t Storages::storage(const std::string& key, std::uint64_t type, std::uint64_t elements,
                              bool is_meta) {
  const auto known = by_key_.find(key);
  if (known != by_key_.end()) {
    const Storage& first = all_[known->second];
    if (types_[known->second] == type && first.elements == elements) return known->second;
    report_.add(kStorageTwice, [&] {
      return fmt::format("Storage '{}' is {} × {} here, and was {} × {} before.", escape(key),
                         elements, name_of(type).name, first.elements,
                         name_of(types_[known->second]).name);
    });
    return kMost;
  }
  if (all_.size() == kMost) {
    too_many(kMost, "storages");
    return kMost;
  }
  all_.push_back({key, name_of(type).bytes, elements, 0});
  types_.push_back(type);
  is_meta_.push_back(is_meta);
  by_key_.emplace(key, all_.size() - 1);
  return all_.size() - 1;
}

// ('94022', 10, 5): a part of the storage, which files of PyTorch 0.4 and before have.
bool Storages::view(Value described, Part& part) const {
  const auto elements = values_.elements(described);
  if (!elements || elements->size() != 3 || !(*elements)[0].is_text()) return false;
  const auto offset = count((*elements)[1]);
  const auto size = count((*elements)[2]);
  if (!offset || !size || *offset > part.elements || *size > part.elements - *offset) return false;
  part.offset = *offset;
  part.elements = *size;
  return true;
}

Value Storages::load(Value persistent_id) {
  if (persistent_id.is(Kind::unknown) || persistent_id.is(Kind::refused))
    return Value(Kind::unknown);
  if (!persistent_id.is(Kind::tuple)) return refuse(persistent_id, "is not a tuple");
  const auto elements = values_.elements(persistent_id);
  if (!elements) return refuse(persistent_id, "is too long to be one");
  const bool short_form = elements->size() == 5 && layout_ != Layout::torch_legacy;
  const bool long_form = elements->size() == 6 && layout_ != Layout::single;
  if (!short_form && !long_form)
    return refuse(persistent_id, fmt::format("has {} elements", elements->size()));
  const std::span<const Value> id = *elements;
  if (!values_.is_text(id[0], "storage")) return refuse(persistent_id, "is not of a storage");
  if (!id[1].is(Kind::global) || name_of(id[1].payload()).role != Role::storage_type)
    return refuse(persistent_id, "has no storage type");
  // The format is older than they are: torch.save writes them all the same, and nothing loads that.
  if (layout_ == Layout::torch_legacy && name_of(id[1].payload()).name == "UntypedStorage")
    return refuse(persistent_id,
                  "is of a storage without a type, which no PyTorch loads from here");
  const auto key = values_.text_of(id[2]);
  if (!key) {
    if (!id[2].is_text()) return refuse(persistent_id, "has no text as its key");
    report_.add(kForgotten, "The key of a storage is no longer known.");
    return Value(Kind::unknown);
  }
  if (!has_form_of_location(id[3])) return refuse(persistent_id, "has no location");
  judge_location(id[3]);
  const auto count_of_elements = count(id[4]);
  if (!count_of_elements) return refuse(persistent_id, "has no number of elements");

  const std::size_t index =
      storage(*key, id[1].payload(), *count_of_elements, values_.is_text(id[3], "meta"));
  if (index == kMost) return Value(Kind::unknown);
  if (!long_form || id[5].is(Kind::none)) return Value(Kind::storage, index);
  Part seen{index, 0, *count_of_elements};
  if (!view(id[5], seen)) return refuse(persistent_id, "has an impossible view");
  if (views_.size() == kMost) return too_many(kMost, "views of storages");
  views_.push_back(seen);
  return Value(Kind::storage, kMost + views_.size() - 1);
}

std::optional<std::size_t> Storages::place(Value storage) const {
  const std::uint64_t index = storage.payload();
  return index < kMost ? std::optional(static_cast<std::size_t>(index)) : std::nullopt;
}

Storages::Part Storages::part(Value storage) const {
  const std::uint64_t index = storage.payload();
  return index < kMost ? Part{index, 0, all_[index].elements} : views_[index - kMost];
}

void Storages::use(Value storage, std::uint64_t elements, std::uint64_t element_bytes) {
  const Part seen = part(storage);
  Storage& whole = all_[seen.storage];
  // In the storage's own elements, or the bytes that hold several; rounded up.
  const std::uint64_t in_a_byte = name_of(types_[seen.storage]).in_a_byte;
  std::uint64_t needed = elements / in_a_byte + (elements % in_a_byte != 0 ? 1 : 0);
  if (element_bytes != 0 && element_bytes != whole.element_bytes) {
    if (__builtin_mul_overflow(elements, element_bytes, &needed)) needed = UINT64_MAX;
    needed = needed / whole.element_bytes + (needed % whole.element_bytes != 0 ? 1 : 0);
  }
  if (needed > seen.elements)
    report_.add(kTensorReach, [&] {
      return fmt::format("A tensor on storage '{}' reaches element {} of {}.", escape(whole.key),
                         needed, seen.elements);
    });
  else
    whole.needed = std::max(whole.needed, seen.offset + needed);
}

Numbers Storages::numbers(const Values::Strided& tensor) const {
  const Part seen = part(tensor.storage);
  return {.storage = seen.storage, .bytes = tensor.bytes, .offset = seen.offset + tensor.offset};
}

void Storages::follow(Followed followed) {
  if (followed_.size() == kMostFollowed)
    too_many(kMostFollowed, "sparse and nested tensors");
  else
    followed_.push_back(std::move(followed));
}

std::uint64_t Storages::room(Value storage) const {
  const Part seen = part(storage);
  const std::uint64_t in_a_byte = name_of(types_[seen.storage]).in_a_byte;
  return seen.elements > UINT64_MAX / in_a_byte ? UINT64_MAX : seen.elements * in_a_byte;
}

const Storage* Storages::find(const std::string& key) const {
  const auto known = by_key_.find(key);
  return known == by_key_.end() ? nullptr : &all_[known->second];
}

}  // namespace gh::pickle
