#pragma once
// NumPy's dtypes: what an element is, from the text that makes one ("f8") and the state that is set
// on it after. NumPy believes that state (numpy/_core/src/multiarray/descriptor.c,
// arraydescr_setstate, as of 2.3): flags that deny objects turn bytes into pointers, and a field
// beyond its element reads memory that is not the array's. So a state has to say what the text
// says.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pickle/values.h"

namespace gh::pickle {

class Dtypes {
 public:
  static constexpr std::size_t kMost = std::size_t{1} << 16;

  struct Element {
    std::uint64_t bytes = 0;
    bool objects = false;  // of Python, anywhere in it
  };

  explicit Dtypes(Values& values) : values_(values) {}
  bool is_empty() const { return dtypes_.empty(); }

  // What numpy.dtype gives; none for arguments that no pickler writes. `record`: for the type
  // numpy.record, whose size its state says.
  std::optional<Value> make(std::span<const Value> arguments, bool record);
  // An entry of a dictionary, which may become the fields of a dtype. `before`: what was known of
  // its contents.
  void set(Value dictionary, Value key, Value value, std::uint16_t before) {
    if (!fields_.empty() || value.is(Kind::tuple)) set_field(dictionary, key, value, before);
  }
  // False for a state that contradicts the type, or that comes after the dtype was used or had one.
  bool set_state(Value dtype, Value state);
  // Of an array of it; from here on its state is final. None when it is not known.
  std::optional<Element> use(Value dtype);

 private:
  struct Dtype {
    char kind = 'V';
    bool sized = true;  // the text says the size
    bool final = false;
    Element element;
  };
  struct Field {
    Value key;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool objects = false;
  };
  struct Fields {
    Value dictionary;
    bool odd = false;  // has entries that are no fields
    std::vector<Field> fields;
  };
  using State = std::span<const Value>;

  void set_field(Value dictionary, Value key, Value value, std::uint16_t before);
  std::optional<Field> field(Value key, Value value);
  Dtype* find(Value dtype);
  bool judge(Dtype& dtype, State state);
  bool judge_parts(Dtype& dtype, State state, std::uint64_t flags);
  bool subarray(Element& element, Value parts);
  bool structure(Element& element, Value names, Value dictionary);

  Values& values_;
  std::vector<Dtype> dtypes_;
  std::vector<Fields> fields_;  // of the latest dictionaries that have any
};

}  // namespace gh::pickle
