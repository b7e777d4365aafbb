#include "tensors/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/large_pages.h"
#include "base/text.h"
#include "tensors/dtypes.h"
#include "tensors/header_json.h"
#include "tensors/note.h"
#include "tensors/safetensors_rules.h"

namespace gh::tensors {

namespace {

constexpr std::size_t kHeaderAt = 8;

// Reads one header. Methods give false when the library would refuse the file or a limit is
// reached; the finding is then made.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, Header& header, findings::Examination& examination)
      : json_(text), header_(header), examination_(examination) {
    // Room for what a header of that length usually states. It costs address space, not memory,
    // until it is used.
    header_.names.reserve(std::min(text.size() / 64, kMaxTensors));
    header_.tensors.reserve(std::min(text.size() / 64, kMaxTensors));
    header_.dimensions.reserve(std::min(text.size() / 32, kMaxDimensionsInAll));
    prefer_large_pages(header_.tensors.data(), header_.tensors.capacity() * sizeof(StatedTensor));
  }

  bool read();

 private:
  bool member(std::string_view key);
  bool metadata();
  bool metadata_pair(std::string_view key);
  bool tensor(std::string_view key);
  bool entry(StatedTensor& tensor);
  bool entry_as_written(StatedTensor& tensor);
  bool take_entry(StatedTensor& tensor);
  bool entry_as_array(StatedTensor& tensor);
  bool field(std::string_view key, StatedTensor& tensor, unsigned& seen);
  bool dtype(StatedTensor& tensor);
  bool dtype_named(std::string_view name, StatedTensor& tensor);
  bool shape(StatedTensor& tensor);
  bool dimension(StatedTensor& tensor);
  bool offsets(StatedTensor& tensor);
  bool unsigned_integer(std::uint64_t& value);

  template <class Message>
  void note(const Rule& rule, Message&& message) {
    tensors::note(examination_, rule, kHeaderAt + json_.position(), std::forward<Message>(message));
  }
  bool refuse(const Rule& rule, std::string message) {
    examination_.add(rule, std::move(message), {.offset = kHeaderAt + json_.position()});
    refused_ = true;
    return false;
  }
  std::string quoted() const { return fmt::format("\"{}\"", escape(current_, 100)); }

  HeaderJson json_;
  Header& header_;
  findings::Examination& examination_;
  NameSet metadata_keys_;
  std::string_view current_;  // name of the tensor that is read
  std::uint8_t last_dtype_ = 0;
  bool metadata_seen_ = false;
  bool refused_ = false;
};

bool HeaderReader::read() {
  if (json_.object([this](std::string_view key) { return member(key); }) && json_.at_end()) {
    return true;
  }
  if (refused_) return false;
  const std::string_view fault = json_.fault();
  return refuse(kStfHeaderForm, fmt::format("byte {} of the header: {}", json_.position(),
                                            fault.empty() ? "more follows the object" : fault));
}

bool HeaderReader::member(std::string_view key) {
  return key == "__metadata__" ? metadata() : tensor(key);
}

bool HeaderReader::metadata() {
  if (metadata_seen_) return refuse(kStfMetadataForm, "__metadata__ is there twice");
  metadata_seen_ = true;
  const char first = json_.peek();
  if (first == 'n') {
    if (!json_.null()) return false;
    note(kStfMetadataNull, [] { return "__metadata__ is null"; });
    return true;
  }
  if (first != '{') return refuse(kStfMetadataForm, "__metadata__ is not an object");
  return json_.object([this](std::string_view key) { return metadata_pair(key); });
}

bool HeaderReader::metadata_pair(std::string_view key) {
  const auto [index, fresh] = metadata_keys_.insert(key);
  if (index == kMaxMetadata) {
    return refuse(kStfLimit, fmt::format("more than {} keys in __metadata__", kMaxMetadata));
  }
  if (json_.peek() != '"') {
    return refuse(kStfMetadataForm, fmt::format("the value of \"{}\" in __metadata__ is no string",
                                                escape(metadata_keys_.name(index), 100)));
  }
  const auto value = json_.string();
  if (!value) return false;
  if (fresh) {
    header_.metadata.emplace_back(metadata_keys_.name(index), *value);
    return true;
  }
  note(kStfDuplicateMetadata, [&] {
    return fmt::format("__metadata__ has \"{}\" twice", escape(metadata_keys_.name(index), 100));
  });
  header_.metadata[index].second = *value;
  return true;
}

bool HeaderReader::tensor(std::string_view key) {
  const auto [index, fresh] = header_.names.insert(
      key, json_.is_of_text(key) ? NameSet::Bytes::lasting : NameSet::Bytes::copied);
  if (index == kMaxTensors) {
    return refuse(kStfLimit, fmt::format("more than {} tensors", kMaxTensors));
  }
  current_ = header_.names.name(index);
  StatedTensor tensor{};
  tensor.name = index;
  if (!entry_as_written(tensor) && !entry(tensor)) return false;
  if (fresh) {
    header_.tensors.push_back(tensor);
  } else {
    note(kStfDuplicateName, [&] { return fmt::format("tensor {} is there twice", quoted()); });
    header_.tensors[index] = tensor;
  }
  return true;
}

bool HeaderReader::entry(StatedTensor& tensor) {
  const char first = json_.peek();
  if (first == '[') return entry_as_array(tensor);
  if (first != '{') {
    return refuse(kStfHeaderForm, fmt::format("the entry of {} is not an object", quoted()));
  }
  unsigned seen = 0;
  if (!json_.object([&](std::string_view key) { return field(key, tensor, seen); })) return false;
  if (seen == 7) return true;
  return refuse(kStfHeaderForm, fmt::format("the entry of {} lacks {}", quoted(),
                                            (seen & 1) == 0   ? "dtype"
                                            : (seen & 2) == 0 ? "shape"
                                                              : "data_offsets"));
}

// An entry in the bytes that the library's own writer would use, as nearly all are, in a third of
// the time. False, with nothing taken, for every other: `entry` says what it is.
bool HeaderReader::entry_as_written(StatedTensor& tensor) {
  const std::size_t position = json_.position();
  const std::size_t dimensions = header_.dimensions.size();
  StatedTensor taken = tensor;
  if (take_entry(taken)) {
    tensor = taken;
    return true;
  }
  json_.rewind(position);
  header_.dimensions.resize(dimensions);
  return false;
}

bool HeaderReader::take_entry(StatedTensor& tensor) {
  if (!json_.take("{\"dtype\":\"") || !json_.take(kDtypes[last_dtype_].name)) return false;
  tensor.dtype = last_dtype_;
  tensor.shape = static_cast<std::uint32_t>(header_.dimensions.size());
  if (!json_.take("\",\"shape\":[")) return false;
  if (!json_.take("]")) {
    do {
      std::uint64_t size = 0;
      if (tensor.dimensions == kMaxDimensions || header_.dimensions.size() == kMaxDimensionsInAll ||
          !json_.take_integer(size)) {
        return false;
      }
      ++tensor.dimensions;
      header_.dimensions.push_back(size);
    } while (json_.take(","));
    if (!json_.take("]")) return false;
  }
  return json_.take(",\"data_offsets\":[") && json_.take_integer(tensor.begin) && json_.take(",") &&
         json_.take_integer(tensor.end) && json_.take("]}");
}

bool HeaderReader::entry_as_array(StatedTensor& tensor) {
  int place = 0;
  const bool read = json_.array([&] {
    switch (place++) {
      case 0:
        return dtype(tensor);
      case 1:
        return shape(tensor);
      case 2:
        return offsets(tensor);
      default:
        return refuse(kStfHeaderForm,
                      fmt::format("the entry of {} is an array of more than 3", quoted()));
    }
  });
  if (!read) return false;
  if (place != 3) {
    return refuse(kStfHeaderForm,
                  fmt::format("the entry of {} is an array of {}", quoted(), place));
  }
  note(kStfEntryForm, [&] { return fmt::format("the entry of {} is an array", quoted()); });
  return true;
}

bool HeaderReader::field(std::string_view key, StatedTensor& tensor, unsigned& seen) {
  const unsigned bit = key == "dtype" ? 1 : key == "shape" ? 2 : key == "data_offsets" ? 4 : 0;
  if (bit == 0) {
    note(kStfUnknownField, [&] {
      return fmt::format("the entry of {} has a field \"{}\"", quoted(), escape(key, 100));
    });
    return json_.skip_value();
  }
  if ((seen & bit) != 0) {
    return refuse(kStfDuplicateField,
                  fmt::format("the entry of {} has {} twice", quoted(), escape(key, 100)));
  }
  seen |= bit;
  return bit == 1 ? dtype(tensor) : bit == 2 ? shape(tensor) : offsets(tensor);
}

bool HeaderReader::dtype(StatedTensor& tensor) {
  const char first = json_.peek();
  if (first == '"') {
    const auto name = json_.string();
    return name && dtype_named(*name, tensor);
  }
  if (first != '{') {
    return refuse(kStfHeaderForm, fmt::format("the dtype of {} is no string", quoted()));
  }
  // serde also takes a variant without content as {"F32": null}.
  int variants = 0;
  const bool read = json_.object([&](std::string_view name) {
    if (++variants > 1 || !dtype_named(name, tensor)) return false;
    return json_.peek() == 'n' && json_.null();
  });
  if (read && variants == 1) {
    note(kStfEntryForm, [&] { return fmt::format("the dtype of {} is an object", quoted()); });
    return true;
  }
  if (refused_ || !json_.fault().empty()) return false;
  return refuse(kStfHeaderForm, fmt::format("the dtype of {} is no string", quoted()));
}

bool HeaderReader::dtype_named(std::string_view name, StatedTensor& tensor) {
  if (name == kDtypes[last_dtype_].name) {  // nearly always
    tensor.dtype = last_dtype_;
    return true;
  }
  const auto known = std::ranges::find(kDtypes, name, &Dtype::name);
  if (known == kDtypes.end()) {
    return refuse(kStfDtype,
                  fmt::format("tensor {} has the dtype \"{}\"", quoted(), escape(name, 40)));
  }
  tensor.dtype = last_dtype_ = static_cast<std::uint8_t>(known - kDtypes.begin());
  return true;
}

bool HeaderReader::shape(StatedTensor& tensor) {
  if (json_.peek() != '[') {
    return refuse(kStfHeaderForm, fmt::format("the shape of {} is no array", quoted()));
  }
  tensor.shape = static_cast<std::uint32_t>(header_.dimensions.size());
  return json_.array([&] { return dimension(tensor); });
}

bool HeaderReader::dimension(StatedTensor& tensor) {
  std::uint64_t size = 0;
  if (!unsigned_integer(size)) return false;
  if (tensor.dimensions == kMaxDimensions) {
    return refuse(kStfLimit,
                  fmt::format("tensor {} has more than {} dimensions", quoted(), kMaxDimensions));
  }
  if (header_.dimensions.size() == kMaxDimensionsInAll) {
    return refuse(kStfLimit, fmt::format("more than {} dimensions in all", kMaxDimensionsInAll));
  }
  ++tensor.dimensions;
  header_.dimensions.push_back(size);
  return true;
}

bool HeaderReader::offsets(StatedTensor& tensor) {
  if (json_.peek() != '[') {
    return refuse(kStfHeaderForm, fmt::format("data_offsets of {} is no array", quoted()));
  }
  int place = 0;
  const bool read = json_.array([&] {
    if (place == 2) {
      return refuse(kStfHeaderForm,
                    fmt::format("data_offsets of {} has more than two numbers", quoted()));
    }
    return unsigned_integer(place++ == 0 ? tensor.begin : tensor.end);
  });
  if (!read || place == 2) return read;
  return refuse(kStfHeaderForm, fmt::format("data_offsets of {} are not two numbers", quoted()));
}

bool HeaderReader::unsigned_integer(std::uint64_t& value) {
  if (json_.number(value) == HeaderJson::Number::u64) return true;
  return refuse(kStfNotU64, fmt::format("a dimension or offset of {} is no unsigned integer of 64 "
                                        "bits",
                                        quoted()));
}

}  // namespace

bool read_header(std::string_view text, Header& header, findings::Examination& examination) {
  return HeaderReader(text, header, examination).read();
}

}  // namespace gh::tensors
