#include "pickle/dtypes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "pickle/geometry.h"

namespace gh::pickle {

namespace {

// Flags of a dtype (numpy/ndarraytypes.h).
constexpr std::uint64_t kReferences = 0x01;
constexpr std::uint64_t kListPickle = 0x02;
constexpr std::uint64_t kPointer = 0x04;
constexpr std::uint64_t kOfObjects = kReferences | kListPickle | kPointer;
constexpr std::uint64_t kObjectItself = 0x3f;  // all that dtype("O") has
constexpr std::uint64_t kFromFields = 0x1b;    // what a structure takes over from its fields

constexpr std::size_t kFieldTables = 64;
constexpr std::size_t kFields = 1024;  // of one dtype
constexpr std::int64_t kLargestAlignment = 64;

// Sizes in bytes of each kind of element; kinds of any length have none.
struct Sizes {
  char kind;
  std::array<std::uint64_t, 4> bytes;
};
constexpr std::array kSizes = {
    Sizes{'b', {1}},           Sizes{'i', {1, 2, 4, 8}},    Sizes{'u', {1, 2, 4, 8}},
    Sizes{'f', {2, 4, 8, 16}}, Sizes{'c', {8, 16, 24, 32}}, Sizes{'m', {8}},
    Sizes{'M', {8}},           Sizes{'O', {8, 4}}};

bool is_flexible(char kind) {
  return kind == 'S' || kind == 'U' || kind == 'V';
}

// "f8", "U3": kind and size as the text has them.
std::optional<std::uint64_t> size_of(std::string_view type) {
  std::uint64_t size = 0;
  const char* end = type.data() + type.size();
  if (type.size() < 2) return std::nullopt;
  const auto [stopped, error] = std::from_chars(type.data() + 1, end, size);
  if (error != std::errc{} || stopped != end || size > INT32_MAX) return std::nullopt;
  if (type[0] == 'U') return 4 * size <= INT32_MAX ? std::optional(4 * size) : std::nullopt;
  if (is_flexible(type[0])) return size;
  const auto* row = std::ranges::find(kSizes, type[0], &Sizes::kind);
  const bool known = row != kSizes.end() && size != 0 &&
                     (std::ranges::find(row->bytes, size) != row->bytes.end() || type == "f12");
  return known ? std::optional(size) : std::nullopt;
}

bool is_flag(Value value, std::int64_t wanted) {
  return value.is(Kind::boolean) ? value.payload() == static_cast<std::uint64_t>(wanted)
                                 : value.as_integer() == wanted;
}

// Whether flags say of objects what the element says. Those of the array's own or of a subarray
// of it point; a structure's do not.
bool agree(std::uint64_t flags, const Dtypes::Element& element, bool structured) {
  if (!element.objects) return (flags & kOfObjects) == 0;
  return (flags & kFromFields) == kFromFields && !(structured && (flags & kPointer) != 0);
}

}  // namespace

std::optional<Value> Dtypes::make(std::span<const Value> arguments, bool record) {
  if (arguments.size() != 3 || !is_flag(arguments[1], 0) || !is_flag(arguments[2], 1))
    return std::nullopt;
  Dtype dtype;
  dtype.sized = !record;
  if (!record) {
    const auto text = values_.text_of(arguments[0]);
    const auto size = text ? size_of(*text) : std::nullopt;
    if (!size) return std::nullopt;
    dtype.kind = text->front();
    dtype.element = {.bytes = *size, .objects = dtype.kind == 'O'};
  }
  if (dtypes_.size() == kMost) return Value(Kind::dtype, kMost);
  dtypes_.push_back(dtype);
  return Value(Kind::dtype, dtypes_.size() - 1);
}

Dtypes::Dtype* Dtypes::find(Value dtype) {
  if (!dtype.is(Kind::dtype) || dtype.payload() >= dtypes_.size()) return nullptr;
  return &dtypes_[static_cast<std::size_t>(dtype.payload())];
}

std::optional<Dtypes::Element> Dtypes::use(Value dtype) {
  Dtype* found = find(dtype);
  if (found == nullptr) return std::nullopt;
  found->final = true;
  return found->sized ? std::optional(found->element) : std::nullopt;
}

// (dtype, offset) or (dtype, offset, title).
std::optional<Dtypes::Field> Dtypes::field(Value key, Value value) {
  const auto parts = values_.elements(value);
  if (!parts || parts->size() < 2 || parts->size() > 3 || !key.is_text()) return std::nullopt;
  const auto offset = (*parts)[1].as_integer();
  if (!offset || *offset < 0 || *offset > INT32_MAX) return std::nullopt;
  const auto element = use((*parts)[0]);
  if (!element) return std::nullopt;
  const auto begin = static_cast<std::uint64_t>(*offset);
  return Field{key, begin, begin + element->bytes, element->objects};
}

void Dtypes::set_field(Value dictionary, Value key, Value value, std::uint16_t before) {
  auto known = std::ranges::find(fields_, dictionary, &Fields::dictionary);
  const auto one = field(key, value);
  if (known == fields_.end()) {
    if (!one) return;
    if (fields_.size() == kFieldTables) fields_.erase(fields_.begin());
    fields_.push_back({dictionary, (before & kFilled) != 0, {}});
    known = fields_.end() - 1;
  }
  known->odd = known->odd || !one || known->fields.size() == kFields;
  if (known->odd) return;
  // A field with a title is there under both.
  const auto parts = *values_.elements(value);
  const bool is_title =
      parts.size() == 3 && parts[2].is_text() && values_.text_of(parts[2]) == values_.text_of(key);
  if (!is_title) known->fields.push_back(*one);
}

bool Dtypes::set_state(Value dtype, Value state) {
  Dtype* found = find(dtype);
  const auto elements = values_.elements(state);
  if (found == nullptr || found->final || !elements) return false;
  found->final = true;
  if (judge(*found, *elements)) return true;
  found->sized = false;
  return false;
}

// (version, byte order, subarray, names, fields, size, alignment, flags[, metadata])
bool Dtypes::judge(Dtype& dtype, State state) {
  if (state.size() < 8 || state.size() > 9) return false;
  const auto version = state[0].as_integer();
  const auto order = values_.text_of(state[1]);
  const auto size = state[5].as_integer();
  const auto alignment = state[6].as_integer();
  const auto flags = state[7].as_integer();
  if (version != (state.size() == 8 ? 3 : 4) || !order || order->size() != 1 ||
      !std::string_view("<>|=").contains((*order)[0]) || !size || !alignment || !flags)
    return false;
  if (is_flexible(dtype.kind)) {
    if (*size < 0 || *size > INT32_MAX || *alignment < 1 || *alignment > kLargestAlignment)
      return false;
    const auto bytes = static_cast<std::uint64_t>(*size);
    if (dtype.sized && bytes != dtype.element.bytes) return false;
    dtype.element.bytes = bytes;
    dtype.sized = true;
  } else if (*size != -1 || *alignment != -1) {
    return false;
  }
  return judge_parts(dtype, state, static_cast<std::uint64_t>(*flags));
}

bool Dtypes::judge_parts(Dtype& dtype, State state, std::uint64_t flags) {
  const bool is_subarray = !state[2].is(Kind::none);
  const bool is_structure = !state[3].is(Kind::none) || !state[4].is(Kind::none);
  if ((is_subarray || is_structure) && dtype.kind != 'V') return false;
  if (is_subarray && (is_structure || !subarray(dtype.element, state[2]))) return false;
  if (is_structure && !structure(dtype.element, state[3], state[4])) return false;
  if (dtype.kind == 'O') return (flags & kObjectItself) == kObjectItself;
  return agree(flags, dtype.element, is_structure);
}

// (dtype, shape)
bool Dtypes::subarray(Element& element, Value parts) {
  const auto given = values_.elements(parts);
  if (!given || given->size() != 2) return false;
  const auto shape = values_.elements((*given)[1]);
  const auto of = use((*given)[0]);
  const auto count = shape && shape->size() <= kMostDimensions ? product(*shape) : std::nullopt;
  std::uint64_t bytes = 0;
  if (!of || !count || __builtin_mul_overflow(*count, of->bytes, &bytes)) return false;
  element.objects = of->objects;
  return bytes == element.bytes;
}

// Names in their order, and by name where each lies.
bool Dtypes::structure(Element& element, Value names, Value dictionary) {
  const auto listed = values_.elements(names);
  if (!listed || !dictionary.is(Kind::dict)) return false;
  // NumPy keeps this very dictionary: what is put in later is a field as well.
  values_.seal(dictionary);
  const auto found = std::ranges::find(fields_, dictionary, &Fields::dictionary);
  if (found == fields_.end())
    return listed->empty() && (values_.contents(dictionary) & kFilled) == 0;
  std::vector<Field> fields = found->fields;
  const auto is_named = [&](const Field& one) {
    const auto key = values_.text_of(one.key);
    return key && std::ranges::any_of(*listed, [&](Value name) {
             return name == one.key || values_.text_of(name) == key;
           });
  };
  if (found->odd || fields.size() != listed->size() || !std::ranges::all_of(fields, is_named))
    return false;
  std::ranges::sort(fields, {}, [](const Field& one) { return std::pair(one.begin, one.end); });
  std::uint64_t end = 0;
  std::uint64_t end_of_objects = 0;
  for (const Field& one : fields) {
    // What overlaps a pointer would write it.
    if (one.begin < (one.objects ? end : end_of_objects)) return false;
    end = std::max(end, one.end);
    if (one.objects) end_of_objects = std::max(end_of_objects, one.end);
    element.objects = element.objects || one.objects;
  }
  return end <= element.bytes;
}

}  // namespace gh::pickle
