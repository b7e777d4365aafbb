#include "tensors/gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "tensors/dtypes.h"
#include "tensors/gguf_padding.h"
#include "tensors/gguf_reader.h"
#include "tensors/gguf_rules.h"
#include "tensors/gguf_values.h"
#include "tensors/name_set.h"
#include "tensors/note.h"

namespace gh::tensors {

namespace {

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::uint64_t kMaxName = 63;        // bytes
constexpr std::uint32_t kMaxShape = 4;
constexpr std::uint64_t kMinPair = 8 + 1 + 4 + 1;    // bytes: a key of one byte, a value of one
constexpr std::uint64_t kMinTensor = 8 + 4 + 4 + 8;  // bytes, of a description
constexpr std::uint32_t kRemoved[] = {4, 5, 31, 32, 33, 36, 37, 38};

std::optional<std::uint64_t> padded(std::uint64_t size, std::uint64_t alignment) {
  std::uint64_t end = 0;
  if (__builtin_add_overflow(size, alignment - 1, &end)) return std::nullopt;
  return end & ~(alignment - 1);
}

class GgufFile {
 public:
  GgufFile(source::Source& source, findings::Examination& examination)
      : size_(source.size()),
        reader_(source),
        padding_(source, examination),
        examination_(examination) {}

  std::optional<GgufFacts> read();

 private:
  bool version();
  bool counts();
  bool tensor();
  bool tensor_name(Tensor& tensor);
  bool tensor_shape(Tensor& tensor);
  bool tensor_type(Tensor& tensor, std::uint64_t& bytes);
  bool place(Tensor& tensor, std::uint64_t offset, std::uint64_t bytes);
  bool close();
  void check_padding(std::uint64_t data_at);

  bool refuse(const Rule& rule, std::string message) {
    examination_.add(rule, std::move(message), {.offset = reader_.position()});
    return false;
  }
  bool cut() { return refuse(kGgfCounts, "the file ends inside its descriptions of tensors"); }
  std::string quoted(const Tensor& tensor) const {
    return fmt::format("\"{}\"", escape(tensor.name, 100));
  }

  std::uint64_t size_;
  GgufReader reader_;
  GgufPadding padding_;
  findings::Examination& examination_;
  std::uint64_t tensors_ = 0;
  std::uint64_t pairs_ = 0;
  GgufValues values_;
  NameSet names_;
  std::uint64_t data_size_ = 0;  // padded, of the tensors so far
  GgufFacts facts_;
};

bool GgufFile::version() {
  const auto magic = reader_.number<std::uint32_t>();
  if (magic != kMagic) return refuse(kGgfVersion, "the file does not begin with \"GGUF\"");
  const auto version = reader_.number<std::uint32_t>();
  if (!version) return refuse(kGgfVersion, "the file ends before its version");
  if (*version == 2 || *version == 3) return true;
  if (*version != 0 && (*version & 0xffff) == 0) {
    return refuse(kGgfVersion,
                  "the file is in big-endian byte order; ggml on this kind of machine refuses it");
  }
  if (*version == 1) {
    return refuse(kGgfVersion, "the file has version 1, which ggml no longer reads");
  }
  return refuse(kGgfVersion, fmt::format("the file has version {}", *version));
}

bool GgufFile::counts() {
  const auto tensors = reader_.number<std::uint64_t>();
  const auto pairs = reader_.number<std::uint64_t>();
  if (!tensors || !pairs) return refuse(kGgfCounts, "the file ends before its counts");
  tensors_ = *tensors;
  pairs_ = *pairs;
  if (tensors_ > reader_.left() / kMinTensor) {
    return refuse(kGgfCounts, fmt::format("{} tensors do not fit into {} bytes",
                                          static_cast<std::int64_t>(tensors_), reader_.left()));
  }
  if (pairs_ > (reader_.left() - tensors_ * kMinTensor) / kMinPair) {
    return refuse(kGgfCounts, fmt::format("{} keys do not fit into {} bytes",
                                          static_cast<std::int64_t>(pairs_), reader_.left()));
  }
  if (tensors_ > kMaxGgufRecords || pairs_ > kMaxGgufRecords) {
    return refuse(kGgfLimit, fmt::format("the file has {} keys and {} tensors", pairs_, tensors_));
  }
  return true;
}

bool GgufFile::tensor_name(Tensor& tensor) {
  const auto length = reader_.string_length();
  if (!length) return refuse(kGgfLength, "a tensor name is longer than the file");
  if (*length == 0 || *length > kMaxName) {
    return refuse(kGgfTensor,
                  fmt::format("a tensor name has {} bytes, not 1 to {}", *length, kMaxName));
  }
  tensor.name = reader_.take(*length);
  if (tensor.name.find('\0') != std::string::npos) {
    return refuse(
        kGgfTensor,
        fmt::format("the tensor name {} holds a zero byte, where ggml ends it", quoted(tensor)));
  }
  if (!is_utf8(tensor.name)) {
    note(examination_, kGgfNotUtf8, reader_.position(),
         [&] { return fmt::format("the tensor name {}", quoted(tensor)); });
  }
  if (names_.insert(tensor.name).second) return true;
  return refuse(kGgfTensor, fmt::format("tensor {} is there twice", quoted(tensor)));
}

bool GgufFile::tensor_shape(Tensor& tensor) {
  const auto dimensions = reader_.number<std::uint32_t>();
  if (!dimensions) return cut();
  if (*dimensions > kMaxShape) {
    return refuse(kGgfTensor,
                  fmt::format("tensor {} has {} dimensions", quoted(tensor), *dimensions));
  }
  // ggml: INT64_MAX / next must be more than the product before. A zero hides no overflow here.
  std::uint64_t product = 1;
  for (std::uint32_t i = 0; i < *dimensions; ++i) {
    const auto size = reader_.number<std::uint64_t>();
    if (!size) return cut();
    const bool fits = *size == 0 || (i == 0 ? *size < INT64_MAX
                                            : *size <= INT64_MAX && INT64_MAX / *size > product);
    if (!fits) {
      return refuse(kGgfTensor, fmt::format("the shape of tensor {} has more elements than fit in "
                                            "64 bits",
                                            quoted(tensor)));
    }
    if (*size != 0) product *= *size;
    tensor.shape.push_back(*size);
  }
  return true;
}

bool GgufFile::tensor_type(Tensor& tensor, std::uint64_t& bytes) {
  const auto id = reader_.number<std::uint32_t>();
  if (!id) return cut();
  if (std::ranges::find(kRemoved, *id) != std::end(kRemoved)) {
    return refuse(kGgfRemovedType,
                  fmt::format("tensor {} has the removed type {}", quoted(tensor), *id));
  }
  const auto type = std::ranges::find(kGgmlTypes, *id, &GgmlType::id);
  if (type == kGgmlTypes.end()) {
    return refuse(kGgfType, fmt::format("tensor {} has the type {}", quoted(tensor), *id));
  }
  tensor.dtype = type->name;
  const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape[0];
  if (row % type->block != 0) {
    return refuse(kGgfTensor, fmt::format("tensor {} has rows of {} elements, no multiple of {}",
                                          quoted(tensor), row, type->block));
  }
  std::uint64_t elements = 1;
  for (const std::uint64_t size : tensor.shape) elements *= size;
  if (__builtin_mul_overflow(elements / type->block, type->bytes, &bytes)) {
    return refuse(kGgfTensor,
                  fmt::format("the bytes of tensor {} do not fit in 64 bits", quoted(tensor)));
  }
  return true;
}

bool GgufFile::tensor() {
  Tensor tensor;
  std::uint64_t bytes = 0;
  if (!tensor_name(tensor) || !tensor_shape(tensor) || !tensor_type(tensor, bytes)) return false;
  const auto offset = reader_.number<std::uint64_t>();
  if (!offset) return cut();
  return place(tensor, *offset, bytes);
}

// Offsets count from the beginning of the data, which is not known before the last description.
bool GgufFile::place(Tensor& tensor, std::uint64_t offset, std::uint64_t bytes) {
  if (offset != data_size_) {
    return refuse(kGgfOffsets, fmt::format("tensor {} is at offset {}; by those before it is at {}",
                                           quoted(tensor), offset, data_size_));
  }
  const auto size = padded(bytes, values_.alignment);
  if (!size || __builtin_add_overflow(data_size_, *size, &data_size_)) {
    return refuse(kGgfOffsets, fmt::format("tensor {} ends beyond 64 bits", quoted(tensor)));
  }
  tensor.begin = offset;
  tensor.end = offset + bytes;
  facts_.table.tensors.push_back(std::move(tensor));
  return true;
}

// Where the data lies in the file, and whether it does.
bool GgufFile::close() {
  const auto data_at = padded(reader_.position(), values_.alignment);
  auto& tensors = facts_.table.tensors;
  const std::uint64_t end = tensors.empty() ? 0 : tensors.back().end;
  if (!tensors.empty() && (!data_at || *data_at > size_ || end > size_ - *data_at)) {
    return refuse(kGgfOffsets,
                  fmt::format("tensor {} ends after the file does", quoted(tensors.back())));
  }
  for (Tensor& tensor : tensors) {
    tensor.begin += *data_at;
    tensor.end += *data_at;
  }
  check_padding(data_at.value_or(size_));
  std::uint64_t file_end = size_;
  if (data_at && !__builtin_add_overflow(*data_at, data_size_, &file_end) && file_end < size_) {
    examination_.add(kGgfTrailer, fmt::format("{} bytes follow the last tensor", size_ - file_end),
                     {.offset = file_end, .length = size_ - file_end});
  }
  return true;
}

// In the order of the file. Without a tensor all that is left up to the alignment is padding.
void GgufFile::check_padding(std::uint64_t data_at) {
  padding_.check(reader_.position(), data_at);
  for (const Tensor& tensor : facts_.table.tensors) {
    const auto next = padded(tensor.end - data_at, values_.alignment);
    padding_.check(tensor.end, next ? data_at + *next : size_);
  }
}

std::optional<GgufFacts> GgufFile::read() {
  if (!version() || !counts()) return std::nullopt;
  auto values = read_values(reader_, pairs_, examination_);
  if (!values) return std::nullopt;
  values_ = std::move(*values);
  check_values(values_, examination_);
  facts_.table.tensors.reserve(tensors_);
  for (std::uint64_t i = 0; i < tensors_; ++i) {
    if (!tensor()) return std::nullopt;
  }
  if (!close()) return std::nullopt;
  facts_.chat_templates = std::move(values_.chat_templates);
  return std::move(facts_);
}

constexpr const Rule* kRules[] = {&kGgfVersion,      &kGgfCounts,         &kGgfKey,
                                  &kGgfKeyText,      &kGgfValueType,      &kGgfLength,
                                  &kGgfAlignment,    &kGgfSmallAlignment, &kGgfTensor,
                                  &kGgfType,         &kGgfRemovedType,    &kGgfOffsets,
                                  &kGgfTrailer,      &kGgfPadding,        &kGgfVocabulary,
                                  &kGgfSpecialToken, &kGgfBlockCount,     &kGgfByteToken,
                                  &kGgfTemplateType, &kGgfNotUtf8,        &kGgfLimit};

}  // namespace

std::optional<GgufFacts> read_gguf(source::Source& source, findings::Examination& examination) {
  return GgufFile(source, examination).read();
}

std::span<const Rule* const> gguf_rules() {
  return kRules;
}

}  // namespace gh::tensors
