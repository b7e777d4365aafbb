#include "hub/wire.h"

#include "source/protobuf.h"

namespace gh::hub {

std::optional<WireField> Wire::next() {
  if (left_.empty() || broken_) return std::nullopt;
  const auto head = source::field_head(left_);
  broken_ = !head || head->size > left_.size() - head->head;
  if (broken_) return std::nullopt;
  const WireField field{.number = head->number,
                        .value = head->value,
                        .bytes = left_.substr(head->head, head->size),
                        .delimited = head->type == source::WireType::bytes};
  left_.remove_prefix(head->head + head->size);
  return field;
}

}  // namespace gh::hub
