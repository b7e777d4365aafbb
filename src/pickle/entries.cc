#include "pickle/entries.h"

#include <algorithm>
#include <utility>

#include "pickle/geometry.h"

namespace gh::pickle {

namespace {

bool is_tensor(Value value) {
  return value.is(Kind::tensor) || value.is(Kind::parameter);
}

}  // namespace

void Entries::set(Value target, std::span<const Value> items) {
  if (doubtful_) return;
  const bool is_first = !dictionary_;
  if (is_first) {
    bool any = false;
    for (std::size_t i = 1; i < items.size(); i += 2) any = any || is_tensor(items[i]);
    if (!any) return;
    dictionary_ = target;
  }
  // One that the memo forgot may be any.
  if (target != *dictionary_) {
    doubtful_ = target.payload() == Values::aged(target).payload();
    return;
  }
  doubtful_ = is_first && (values_.contents(target) & kFilled) != 0;
  for (std::size_t i = 0; i + 1 < items.size() && !doubtful_; i += 2)
    doubtful_ = !keep(items[i], items[i + 1]);
}

bool Entries::keep(Value key, Value value) {
  if (!key.is_text() || !is_tensor(value) || tensors_.size() == kMost) return false;
  value = Value(Kind::tensor, value.payload());
  auto name = values_.text_of(key);
  const auto shape = values_.shape_of(value);
  const auto strided = values_.strided(value);
  if (!name || !shape || !strided || !strided->plain || strided->bytes == 0 ||
      (Values::facts_of(value) & kContiguous) == 0)
    return false;
  const auto place = storages_.place(strided->storage);
  const auto count = product(*shape);
  if (!place || !count) return false;
  const Storage& storage = storages_.all()[*place];
  NamedTensor tensor{.name = std::move(*name),
                     .type = storages_.type(strided->storage).name,
                     .storage = storage.key,
                     .shape = {}};
  const std::uint64_t most = UINT64_MAX / strided->bytes;
  if (strided->offset > most || *count > most - strided->offset ||
      storage.element_bytes != strided->bytes)
    return false;
  tensor.begin = strided->offset * strided->bytes;
  tensor.end = tensor.begin + *count * strided->bytes;
  for (const Value length : *shape)
    tensor.shape.push_back(static_cast<std::uint64_t>(*length.as_integer()));
  bytes_ += tensor.name.size() + tensor.storage.size() + shape->size() * sizeof(std::uint64_t);
  if (bytes_ > kMostBytes) return false;
  tensors_.push_back(std::move(tensor));
  return true;
}

std::optional<std::vector<NamedTensor>> Entries::take(Value result) {
  if (doubtful_ || dictionary_ != result ||
      !(result.is(Kind::dict) || result.is(Kind::ordered_dict)))
    return std::nullopt;
  // A name that comes again takes the place of the first: nobody writes that.
  std::vector<std::string_view> names;
  names.reserve(tensors_.size());
  for (const NamedTensor& tensor : tensors_) names.push_back(tensor.name);
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) return std::nullopt;
  return std::move(tensors_);
}

}  // namespace gh::pickle
