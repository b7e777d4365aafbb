#include "adapter/presence.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <vector>

#include "adapter/families.h"
#include "adapter/names.h"
#include "base/text.h"

namespace gh::adapter {

namespace {

using Parts = std::span<const std::string_view>;

bool is_any(std::string_view part, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, part) != names.end();
}

// What a language model is in, in one that sees or hears: vLLM's mappers move these about.
bool is_wrapper(std::string_view part) {
  return is_any(part, {"language_model", "text_model", "language", "llm", "thinker"});
}

// Releases of transformers call the feed-forward network of experts, and what chooses among them,
// by each of these.
std::string_view one_name(std::string_view part) {
  if (part == "router") return "gate";
  return is_any(part, {"block_sparse_moe", "feed_forward", "ffn", "moe"}) ? "mlp" : part;
}

// The index of the part before the first number; the last but one when there is none. What is
// before it differs between a checkpoint, transformers' classes and those of vLLM.
std::size_t start_of(Parts parts) {
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (is_number(parts[i])) return i - 1;
  return parts.size() < 2 ? 0 : parts.size() - 2;
}

// "layers.0" of a decoder and of an encoder are two.
std::string join(Parts parts, std::size_t start, std::size_t end) {
  const auto before = parts.first(start);
  const bool encodes = std::ranges::find(before, "encoder") != before.end();
  std::string place = encodes ? "encoder" : "";
  for (std::size_t i = start; i < end; ++i) {
    place += '.';
    place += one_name(parts[i]);
  }
  return place;
}

std::string place_of(Parts parts) {
  return join(parts, start_of(parts), parts.size());
}

std::string layer_place_of(Parts parts) {
  const std::size_t start = start_of(parts);
  return join(parts, start, std::min(start + 2, parts.size()));
}

bool has_usual_name(std::string_view module) {
  return std::ranges::any_of(families(), [&](const Family& family) {
    return family.within.empty() && std::ranges::any_of(family.shapes, [&](const Shape& shape) {
             return is_named(module, shape.module);
           });
  });
}

// Modules that vLLM makes one of. It takes adapters for the names on the side of the base.
struct Pack {
  std::string_view whole;
  std::array<std::string_view, 3> parts;
};
constexpr Pack kPacks[] = {{"qkv_proj", {"q_proj", "k_proj", "v_proj"}},
                           {"gate_up_proj", {"gate_proj", "up_proj"}},
                           {"in_proj_qkvz", {"in_proj_qkv", "in_proj_z"}},
                           {"in_proj_ba", {"in_proj_b", "in_proj_a"}}};

}  // namespace

Presence::Presence(const BaseFacts& facts, std::optional<std::uint64_t> layers, bool many_modes)
    : many_modes_(many_modes) {
  if (facts.table == nullptr || !facts.whole || !facts.faults.empty()) return;
  for (const tensors::Tensor& tensor : facts.table->tensors) add(tensor);
  std::uint64_t there = 0;
  for (const std::uint64_t layer : layers_) there = std::max(there, layer + 1);
  const std::uint64_t wanted = layers.value_or(there);
  std::uint64_t found = 0;
  for (const std::uint64_t layer : layers_) found += layer < wanted ? 1 : 0;
  known_ = usual_ && wanted > 0 && found == wanted;
}

void Presence::add(const tensors::Tensor& tensor) {
  const std::string_view name = tensor.name;
  if (is_in_tower(name)) {
    has_tower_ = many_modes_ = true;
    return;
  }
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return;
  const std::string_view module = name.substr(0, dot);
  const auto parts = split(module, '.');
  if (const auto layer = layer_of(name); layer && *layer < kNoLayer) layers_.insert(*layer);
  many_modes_ = many_modes_ || std::ranges::any_of(parts, is_wrapper);
  usual_ = usual_ || has_usual_name(module);
  // GraniteMoe keeps its experts in "input_linear" and "output_linear".
  if (std::ranges::find(parts, "experts") != parts.end() || tensor.shape.size() == 3)
    with_experts_.insert(layer_place_of(parts));
  places_.insert(place_of(parts));
  last_parts_.emplace(one_name(parts.back()));
}

bool Presence::is_packed(std::string_view place, std::string_view last) const {
  const std::string_view before = place.substr(0, place.size() - last.size());
  const auto has = [&](std::string_view name) {
    return name.empty() || places_.contains(std::string(before).append(name));
  };
  return std::ranges::any_of(kPacks, [&](const Pack& pack) {
    if (last == pack.whole) return std::ranges::all_of(pack.parts, has);
    return std::ranges::find(pack.parts, last) != pack.parts.end() && has(pack.whole);
  });
}

std::string place_name(std::string_view module) {
  const auto parts = split(module, '.');
  return place_of(Parts(parts));
}

Place Presence::of(std::string_view module) const {
  if (!known_) return Place::unknown;
  const auto parts = split(module, '.');
  const std::string_view last = one_name(parts.back());
  const bool named = last_parts_.contains(std::string(last));
  if ((is_in_tower(module) && has_tower_) || (is_in_connector(module) && many_modes_))
    return Place::unknown;
  // Zamba's layers share one, which is saved under the first.
  if (std::ranges::find(parts, "shared_transformer") != parts.end()) return Place::unknown;
  if (const auto experts = std::ranges::find(parts, "experts"); experts != parts.end()) {
    // In one parameter or in one module each: releases of transformers differ, vLLM takes both.
    const bool known_name = named || is_any(last, {"experts", "base_layer", "gate_proj", "up_proj",
                                                   "down_proj", "gate_up_proj", "w1", "w2", "w3"});
    if (!known_name) return Place::nowhere;
    return with_experts_.contains(layer_place_of(parts)) ? Place::there : Place::elsewhere;
  }
  const auto before = Parts(parts).first(start_of(parts));
  const bool wrapped =
      !many_modes_ && (is_in_tower(module) || std::ranges::any_of(before, is_wrapper));
  const std::string place = place_of(parts);
  if (places_.contains(place)) return wrapped ? Place::elsewhere : Place::there;
  if (is_packed(place, last)) return Place::packed;
  return named ? Place::elsewhere : Place::nowhere;
}

}  // namespace gh::adapter
