#include "pickle/words.h"

#include <array>
#include <cstring>
#include <vector>

#include "pickle/allowed.h"
#include "pickle/dangerous.h"
#include "pickle/generators.h"
#include "pickle/locations.h"

namespace gh::pickle {

namespace {

// What every tensor has and lets nobody set, or not to anything (PyTorch 2.13, measured): the first
// words.
constexpr auto kAttributes = std::to_array<std::string_view>({
    "H",
    "T",
    "__class__",
    "__cuda_array_interface__",
    "__dict__",
    "__weakref__",
    "_base",
    "_cdata",
    "_grad",
    "_grad_fn",
    "_has_symbolic_sizes_strides",
    "_python_dispatch",
    "_version",
    "data",
    "device",
    "dtype",
    "grad",
    "grad_dtype",
    "grad_fn",
    "imag",
    "is_cpu",
    "is_cuda",
    "is_ipu",
    "is_leaf",
    "is_maia",
    "is_meta",
    "is_mkldnn",
    "is_mps",
    "is_mtia",
    "is_nested",
    "is_quantized",
    "is_sparse",
    "is_sparse_csr",
    "is_vulkan",
    "is_xla",
    "is_xpu",
    "itemsize",
    "layout",
    "mH",
    "mT",
    "name",
    "nbytes",
    "ndim",
    "output_nr",
    "real",
    "requires_grad",
    "retains_grad",
    "shape",
});

// Open addressing; built once. Most texts of a pickle are no words and end at an empty slot.
class Words {
 public:
  Words() {
    words_.emplace_back();
    for (const std::string_view text : kAttributes) add(text);
    for (const std::string_view text : allowed_words()) add(text);
    for (const std::string_view text : dangerous_words()) add(text);
    for (const std::string_view text : common_locations()) add(text);
    for (const std::string_view text :
         {"storage", "latin1", "latin-1", "_metadata", "subclass", "shape", "order", "dtype",
          "allow_mmap", "numpy_array_alignment_bytes"})
      add(text);
    for (const std::string_view text : kGeneratorKeys) add(text);
  }

  std::uint16_t find(std::string_view text) const {
    if (text.empty() || text.size() > longest_) return 0;
    for (std::size_t slot = slot_of(text);; slot = (slot + 1) % kSlots) {
      const std::uint16_t number = slots_[slot];
      if (number == 0 || words_[number] == text) return number;
    }
  }

  std::string_view at(std::uint16_t number) const { return words_[number]; }

 private:
  static constexpr std::size_t kSlots = 4096;

  // From the length and eight bytes of either end.
  static std::size_t slot_of(std::string_view text) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const std::size_t size = text.size() < sizeof first ? text.size() : sizeof first;
    std::memcpy(&first, text.data(), size);
    std::memcpy(&last, text.data() + text.size() - size, size);
    const std::uint64_t mixed =
        (first ^ (last * 0x9e3779b97f4a7c15U) ^ text.size()) * 0xff51afd7ed558ccdU;
    return static_cast<std::size_t>(mixed >> 52);
  }

  void add(std::string_view text) {
    if (find(text) != 0) return;
    if (text.size() > longest_) longest_ = text.size();
    std::size_t slot = slot_of(text);
    while (slots_[slot] != 0) slot = (slot + 1) % kSlots;
    slots_[slot] = static_cast<std::uint16_t>(words_.size());
    words_.push_back(text);
  }

  std::vector<std::string_view> words_;
  std::array<std::uint16_t, kSlots> slots_{};
  std::size_t longest_ = 0;
};

const Words& words() {
  static const Words all;
  return all;
}

}  // namespace

std::uint16_t word_of(std::string_view text) {
  return words().find(text);
}

bool is_tensor_attribute(std::uint16_t number) {
  return number != 0 && number <= kAttributes.size();
}

std::string_view word(std::uint16_t number) {
  return words().at(number);
}

}  // namespace gh::pickle
