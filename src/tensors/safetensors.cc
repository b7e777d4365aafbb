#include "tensors/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <utility>

#include "base/large_pages.h"
#include "base/text.h"
#include "source/bytes.h"
#include "tensors/dtypes.h"
#include "tensors/header_json.h"
#include "tensors/note.h"
#include "tensors/safetensors_header.h"
#include "tensors/safetensors_rules.h"

namespace gh::tensors {

namespace {

constexpr std::size_t kLength = 8;  // bytes, of the header's length
constexpr std::uint64_t kMaxHeader = 100'000'000;

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// What is the same for every tensor of a file.
struct File {
  const Header& header;
  std::uint64_t data_at;  // byte of the file where offset 0 is
  findings::Examination& examination;

  std::string quoted(const StatedTensor& tensor) const {
    return fmt::format("\"{}\"", escape(header.names.name(tensor.name), 100));
  }
  std::span<const std::uint64_t> shape(const StatedTensor& tensor) const {
    return std::span(header.dimensions).subspan(tensor.shape, tensor.dimensions);
  }
};

struct Size {
  std::uint64_t bits = 0;
  bool overflows = false;         // as the library multiplies: from left to right
  bool overflows_beside = false;  // of the dimensions that are not zero
};

Size size_of(const File& file, const StatedTensor& tensor) {
  const std::uint64_t width = kDtypes[tensor.dtype].bits;
  Size size;
  std::uint64_t product = 1;
  std::uint64_t beside = 1;
  for (const std::uint64_t dimension : file.shape(tensor)) {
    size.overflows = size.overflows || __builtin_mul_overflow(product, dimension, &product);
    if (dimension == 0) continue;
    size.overflows_beside =
        size.overflows_beside || __builtin_mul_overflow(beside, dimension, &beside);
  }
  size.overflows = size.overflows || __builtin_mul_overflow(product, width, &size.bits);
  size.overflows_beside = size.overflows_beside || __builtin_mul_overflow(beside, width, &beside);
  return size;
}

// Rules 14 to 16 for one tensor that must begin at `begin`.
bool check_tensor(const File& file, const StatedTensor& tensor, std::uint64_t begin) {
  const Size size = size_of(file, tensor);
  if (size.overflows || size.overflows_beside) {
    file.examination.add(kStfOverflow, fmt::format("the size of tensor {} does not fit in 64 bits",
                                                   file.quoted(tensor)));
    if (size.overflows) return false;
  }
  if (size.bits % 8 != 0) {
    file.examination.add(kStfHalfByte, fmt::format("tensor {} has {} bits, no whole bytes",
                                                   file.quoted(tensor), size.bits));
    return false;
  }
  if (tensor.begin == begin && tensor.end >= begin && tensor.end - begin == size.bits / 8) {
    return true;
  }
  file.examination.add(
      kStfOffsets,
      fmt::format("tensor {} has the bytes {} to {}; by its place and shape they are "
                  "{} to {}",
                  file.quoted(tensor), tensor.begin, tensor.end, begin, begin + size.bits / 8));
  return false;
}

// In order of offsets, as the library compares them.
std::vector<std::uint32_t> by_offset(const Header& header) {
  std::vector<std::uint32_t> order(header.tensors.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto offsets = [&](std::uint32_t index) {
    return std::pair(header.tensors[index].begin, header.tensors[index].end);
  };
  if (!std::ranges::is_sorted(order, {}, offsets)) std::ranges::sort(order, {}, offsets);
  return order;
}

bool check_layout(const File& file, std::uint64_t data_size) {
  std::uint64_t end = 0;
  for (const std::uint32_t index : by_offset(file.header)) {
    const StatedTensor& tensor = file.header.tensors[index];
    if (!check_tensor(file, tensor, end)) return false;
    end = tensor.end;
  }
  if (end == data_size) return true;
  file.examination.add(
      kStfTrailer,
      fmt::format("the tensors have {} bytes, the file has {} after its header", end, data_size),
      {.offset = file.data_at + std::min(end, data_size)});
  return false;
}

// Characters of a name that need no further look.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x21; c < 0x7f; ++c) plain[c] = c != '/' && c != '\\';
  return plain;
}();

// Empty, with characters that do things to a terminal, or with a way out of a folder.
std::string_view fault_of_name(std::string_view name) {
  const auto plain = [](char c) { return kPlain[static_cast<unsigned char>(c)]; };
  if (!name.empty() && std::ranges::all_of(name, plain)) return name == ".." ? "is a path" : "";
  if (name.empty()) return "is empty";
  if (name.front() == '/') return "begins like a path";
  if (name.find('\\') != std::string_view::npos) return "holds a backslash";
  for (const std::string_view part : split(name, '/')) {
    if (part == "..") return "has a step to the parent folder";
  }
  // Nothing else is changed by `escape`, now that there is no backslash.
  if (escape(name, SIZE_MAX) != name) return "holds characters that are not to be shown";
  return "";
}

void check_names(const File& file) {
  for (const StatedTensor& tensor : file.header.tensors) {
    const std::string_view name = file.header.names.name(tensor.name);
    const std::string_view fault = fault_of_name(name);
    if (fault.empty()) continue;
    note(file.examination, kStfName, kLength,
         [&] { return fmt::format("the tensor name {} {}", file.quoted(tensor), fault); });
  }
}

// Rule 20: what the library's writer would have done otherwise; "" when nothing.
std::string_view fault_of_layout(const File& file, std::uint64_t header_size) {
  if (header_size % 8 != 0) return "the header is not padded to a multiple of 8 bytes";
  const auto& tensors = file.header.tensors;
  for (const StatedTensor& tensor : tensors) {
    const std::uint64_t bytes = std::max(8U, unsigned{kDtypes[tensor.dtype].bits}) / 8;
    if ((file.data_at + tensor.begin) % bytes != 0) {
      return "a tensor is not aligned to the size of its elements";
    }
  }
  const auto dtype = [](const StatedTensor& tensor) { return -int{tensor.dtype}; };
  const auto rank = [&](const StatedTensor& tensor) {
    return std::pair(dtype(tensor), file.header.names.name(tensor.name));
  };
  const bool sorted = file.header.names.are_rising() ? std::ranges::is_sorted(tensors, {}, dtype)
                                                     : std::ranges::is_sorted(tensors, {}, rank);
  if (!sorted) {
    return "tensors are not sorted by dtype and then by name";
  }
  if (!std::ranges::is_sorted(tensors, {}, &StatedTensor::begin)) {
    return "tensors are not in the order of their data";
  }
  return "";
}

void check_padding(const File& file, std::string_view text) {
  if (is_space(text.front())) {
    file.examination.add(kStfLeadingSpace, "the header begins with white space",
                         {.offset = kLength, .evidence = text.substr(0, 1)});
  }
  const std::size_t end = text.find_last_of('}');
  const std::size_t odd = text.find_first_not_of(' ', end + 1);
  if (odd == std::string_view::npos) return;
  file.examination.add(
      kStfPadding,
      fmt::format("the header is padded with \\x{:02x}", static_cast<unsigned char>(text[odd])),
      {.offset = kLength + odd, .evidence = text.substr(odd, 1)});
}

TensorTable table_of(const File& file, Header& header, const WantedTensor& wanted) {
  TensorTable table;
  table.metadata = std::move(header.metadata);
  for (const StatedTensor& tensor : header.tensors) {
    const std::string_view name = header.names.name(tensor.name);
    if (wanted && !wanted(name)) continue;
    const auto shape = file.shape(tensor);
    table.tensors.push_back({.name = std::string(name),
                             .dtype = kDtypes[tensor.dtype].name,
                             .shape = {shape.begin(), shape.end()},
                             .begin = file.data_at + tensor.begin,
                             .end = file.data_at + tensor.end});
  }
  return table;
}

// Rules 1 to 4: the text of the header; nothing when there is none.
std::optional<std::string> header_text(source::Source& source, findings::Examination& examination) {
  std::array<char, kLength> length{};
  if (source.read_at(0, length) < kLength) {
    examination.add(kStfTooSmall, fmt::format("the file has {} bytes", source.size()));
    return std::nullopt;
  }
  const std::uint64_t size = source::little_endian({length.data(), length.size()}, 0, kLength);
  if (size > kMaxHeader) {
    examination.add(kStfHeaderTooLarge, fmt::format("the header is said to have {} bytes", size),
                    {.offset = 0, .length = kLength});
    return std::nullopt;
  }
  const auto cut = [&](std::uint64_t there) {
    examination.add(kStfHeaderCut,
                    fmt::format("the header is said to have {} bytes, {} follow", size, there),
                    {.offset = 0, .length = kLength});
    return std::nullopt;
  };
  // A member of an archive may hold more than its container says.
  const std::uint64_t after = source.size() > kLength ? source.size() - kLength : 0;
  if (after < size) return cut(after);
  std::string text;
  std::size_t there = 0;
  // Not cleared first. Some libraries state the capacity as the room, so `size` counts.
  text.resize_and_overwrite(size, [&](char* into, std::size_t) {
    prefer_large_pages(into, size);
    return there = source.read_at(kLength, {into, size});
  });
  if (there < size) return cut(there);
  if (!is_utf8(text)) {
    examination.add(kStfHeaderForm, "the header is not UTF-8", {.offset = kLength});
    return std::nullopt;
  }
  return text;
}

constexpr const findings::Rule* kRules[] = {&kStfTooSmall,       &kStfHeaderTooLarge,
                                            &kStfHeaderCut,      &kStfHeaderForm,
                                            &kStfLeadingSpace,   &kStfPadding,
                                            &kStfMetadataNull,   &kStfMetadataForm,
                                            &kStfDuplicateName,  &kStfDuplicateMetadata,
                                            &kStfDuplicateField, &kStfEntryForm,
                                            &kStfUnknownField,   &kStfNotU64,
                                            &kStfDtype,          &kStfOverflow,
                                            &kStfHalfByte,       &kStfOffsets,
                                            &kStfTrailer,        &kStfName,
                                            &kStfLayout,         &kStfLimit};

}  // namespace

std::optional<TensorTable> read_safetensors(source::Source& source,
                                            findings::Examination& examination,
                                            const WantedTensor& wanted) {
  const auto text = header_text(source, examination);
  if (!text) return std::nullopt;
  Header header;
  if (!read_header(*text, header, examination)) return std::nullopt;
  const File file{header, kLength + text->size(), examination};
  check_padding(file, *text);
  check_names(file);
  if (!check_layout(file, source.size() - file.data_at)) return std::nullopt;
  if (const auto fault = fault_of_layout(file, text->size()); !fault.empty()) {
    examination.add(kStfLayout, std::string(fault));
  }
  return table_of(file, header, wanted);
}

bool looks_like_safetensors(std::string_view head, std::uint64_t file_size) {
  if (head.size() <= kLength || file_size <= kLength) return false;
  const std::uint64_t size = source::little_endian(head, 0, kLength);
  if (size < 2 || size > kMaxHeader) return false;
  const char first = head[kLength];
  // White space alone is little evidence; a header that fits into the file adds to it.
  return first == '{' || (is_space(first) && size <= file_size - kLength);
}

std::span<const findings::Rule* const> safetensors_rules() {
  return kRules;
}

}  // namespace gh::tensors
