#include "tensors/numpy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "source/bytes.h"
#include "tensors/numpy_dtype.h"
#include "tensors/python_literal.h"

namespace gh::tensors {

namespace {

using findings::Effect;
using findings::Rule;
using findings::Severity;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::uint64_t kMaxHeader = 10'000;  // characters; NumPy's own limit

constexpr std::string_view kRemake = "Save the array again with numpy.save.";
constexpr Rule kPreamble{"NPY-001",
                         Severity::high,
                         Effect::finding,
                         "is not a NumPy file of version 1.0, 2.0 or 3.0",
                         "NumPy refuses the file: it is cut, or something else under this name.",
                         kRemake};
constexpr Rule kHeader{
    "NPY-002",
    Severity::high,
    Effect::finding,
    "has a header that NumPy does not write",
    "The header is a Python expression. Only the dictionary that NumPy writes is "
    "read here; old readers evaluated whatever stood there.",
    kRemake};
constexpr Rule kLongHeader{
    "NPY-003",
    Severity::high,
    Effect::finding,
    "has a header of more than 10,000 characters",
    "NumPy refuses it unless told to trust the file: long expressions exhaust "
    "Python's parser.",
    kRemake};
constexpr Rule kShape{
    "NPY-004",
    Severity::high,
    Effect::finding,
    "has an impossible shape",
    "A shape is a tuple of sizes whose product with the element's size fits in 63 "
    "bits. NumPy's own product wraps around.",
    kRemake};
constexpr Rule kShort{"NPY-005",
                      Severity::high,
                      Effect::finding,
                      "has fewer bytes than its shape says",
                      "NumPy fails, or a memory map reaches beyond the file.",
                      "Fetch the file again and compare its size and digest with the source."};
constexpr Rule kTrailer{
    "NPY-006",
    Severity::medium,
    Effect::finding,
    "has bytes after its array",
    "numpy.load does not look at them. They can be another array or another file.",
    kRemake};
constexpr Rule kObjects{"NPY-007",
                        Severity::low,
                        Effect::finding,
                        "holds Python objects",
                        "What follows the header is a pickle, which numpy.load runs with "
                        "allow_pickle=True. It is examined as one.",
                        "Save numbers with a numeric dtype."};
constexpr Rule kDtype{"NPY-008",
                      Severity::medium,
                      Effect::unsupported,
                      "has an element type that is not known here",
                      "The size of the data cannot be checked, nor whether it is a pickle.",
                      "If the type is newer than this program, update it."};

// A member of an archive may hold more than its container says.
std::uint64_t bytes_after(const source::Source& source, std::uint64_t at) {
  return source.size() > at ? source.size() - at : 0;
}

// Where the header's text lies.
struct Preamble {
  std::uint8_t version;
  std::uint64_t text_at;
  std::uint64_t text_size;  // bytes
};

std::optional<Preamble> read_preamble(source::Source& source, findings::Examination& examination) {
  std::array<char, 12> bytes{};
  const std::string_view head(bytes.data(), source.read_at(0, bytes));
  const bool known =
      head.size() >= 8 && head.starts_with(kMagic) && head[6] >= 1 && head[6] <= 3 && head[7] == 0;
  const std::size_t width = known && head[6] == 1 ? 2 : 4;
  if (!known || head.size() < 8 + width) {
    examination.add(kPreamble, "the file does not begin like a NumPy array", {.offset = 0});
    return std::nullopt;
  }
  const Preamble preamble{static_cast<std::uint8_t>(head[6]), 8 + width,
                          source::little_endian(head, 8, width)};
  if (preamble.text_size > bytes_after(source, preamble.text_at)) {
    examination.add(kPreamble, fmt::format("the header is said to have {} bytes, the file has {}",
                                           preamble.text_size, source.size()));
    return std::nullopt;
  }
  return preamble;
}

std::optional<std::string> read_text(source::Source& source, const Preamble& preamble,
                                     findings::Examination& examination) {
  const auto size = static_cast<std::size_t>(std::min(preamble.text_size, 4 * kMaxHeader + 1));
  std::string text(size, '\0');
  text.resize(source.read_at(preamble.text_at, text));
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  const auto characters =
      preamble.version == 3
          ? text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues))
          : preamble.text_size;
  if (preamble.text_size > 4 * kMaxHeader || characters > kMaxHeader) {
    examination.add(kLongHeader, fmt::format("the header has {} bytes", preamble.text_size));
    return std::nullopt;
  }
  if (text.size() == preamble.text_size && (preamble.version < 3 || is_utf8(text))) return text;
  examination.add(kHeader, "the header is not UTF-8, or cannot be read");
  return std::nullopt;
}

// The three values, when the header is a dictionary of exactly these.
struct Fields {
  const Literal* descr = nullptr;
  const Literal* fortran_order = nullptr;
  const Literal* shape = nullptr;
};
std::optional<Fields> fields_of(const Literal& header) {
  if (header.kind != Literal::Kind::dict || header.items.size() != 3) return std::nullopt;
  Fields fields;
  for (std::size_t i = 0; i < header.items.size(); ++i) {
    if (header.keys[i] == "descr") fields.descr = &header.items[i];
    if (header.keys[i] == "fortran_order") fields.fortran_order = &header.items[i];
    if (header.keys[i] == "shape") fields.shape = &header.items[i];
  }
  if (fields.descr == nullptr || fields.shape == nullptr || fields.fortran_order == nullptr ||
      fields.fortran_order->kind != Literal::Kind::boolean) {
    return std::nullopt;
  }
  return fields;
}

bool check_size(std::uint64_t need, std::uint64_t there, std::uint64_t data_at,
                findings::Examination& examination) {
  if (need > there) {
    examination.add(kShort, fmt::format("the array needs {} bytes, {} are there", need, there),
                    {.offset = data_at});
    return false;
  }
  if (need < there) {
    examination.add(kTrailer, fmt::format("{} bytes follow the array", there - need),
                    {.offset = data_at + need, .length = there - need});
  }
  return true;
}

constexpr const Rule* kRules[] = {&kPreamble, &kHeader,  &kLongHeader, &kShape,
                                  &kShort,    &kTrailer, &kObjects,    &kDtype};

}  // namespace

std::optional<NpyFacts> read_npy(source::Source& source, findings::Examination& examination) {
  const auto preamble = read_preamble(source, examination);
  if (!preamble) return std::nullopt;
  const auto text = read_text(source, *preamble, examination);
  if (!text) return std::nullopt;
  const auto header = parse_literal(*text, preamble->version < 3);
  const auto fields = header ? fields_of(*header) : std::nullopt;
  if (!fields) {
    examination.add(kHeader, "the header is no dictionary of descr, fortran_order and shape",
                    {.offset = preamble->text_at, .evidence = *text});
    return std::nullopt;
  }
  const auto elements = elements_of(*fields->shape);
  if (!elements || *elements > INT64_MAX) {
    examination.add(kShape, "the shape is no tuple of sizes that fit", {.evidence = *text});
    return std::nullopt;
  }
  // A sub-array has no dtype of its own in an array; NumPy fails on one here.
  const bool whole = fields->descr->kind != Literal::Kind::tuple;
  const auto dtype = whole ? numpy_dtype(*fields->descr) : std::nullopt;
  if (!dtype) {
    examination.add(kDtype, "the dtype is none that NumPy is known to write", {.evidence = *text});
    return std::nullopt;
  }
  const std::uint64_t data_at = preamble->text_at + preamble->text_size;
  if (dtype->objects) {
    examination.add(kObjects, "the array holds Python objects", {.offset = data_at});
    return NpyFacts{.data_offset = data_at, .objects = true};
  }
  std::uint64_t need = 0;
  if (__builtin_mul_overflow(*elements, dtype->size, &need) || need > INT64_MAX) {
    examination.add(kShape, "the array's size does not fit in 63 bits", {.evidence = *text});
    return std::nullopt;
  }
  if (!check_size(need, bytes_after(source, data_at), data_at, examination)) return std::nullopt;
  return NpyFacts{.data_offset = data_at, .objects = false};
}

std::span<const Rule* const> npy_rules() {
  return kRules;
}

}  // namespace gh::tensors
