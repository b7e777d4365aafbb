#include "artifacts/onnx.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "archive/names.h"
#include "artifacts/onnx_dtypes.h"
#include "artifacts/onnx_kind.h"
#include "artifacts/onnx_rules.h"
#include "artifacts/onnx_wire.h"
#include "artifacts/protobuf.h"
#include "base/text.h"

namespace gh::artifacts {

namespace {

using findings::Rule;

constexpr std::array kRules = {&kOnnxOutside, &kOnnxPython,   &kOnnxDomain,  &kOnnxShadow,
                               &kOnnxBroken,  &kOnnxExternal, &kOnnxNowhere, &kOnnxDataMissing,
                               &kOnnxData,    &kOnnxEngine,   &kOnnxAnother};

constexpr int kMaxNesting = 64;
constexpr std::size_t kText = 4096;  // of a name or a path that is looked at
constexpr std::size_t kMostFiles = 100'000;

// Field numbers of onnx/onnx.proto3.
namespace model {
constexpr std::uint32_t kGraph = 7, kTraining = 20, kFunctions = 25;
}
namespace graph {
constexpr std::uint32_t kNode = 1, kInitializer = 5, kSparse = 15;
}
namespace node {
constexpr std::uint32_t kOperator = 4, kAttribute = 5, kDomain = 7;
}
namespace attribute {
constexpr std::uint32_t kName = 1, kInteger = 3, kText = 4, kTensor = 5, kGraph = 6, kTensors = 10,
                        kGraphs = 11, kSparse = 22, kSparses = 23;
}
namespace tensor {
constexpr std::uint32_t kDims = 1, kType = 2, kExternal = 13, kPlace = 14;
constexpr std::uint64_t kElsewhere = 1;  // of kPlace
}  // namespace tensor
namespace entry {
constexpr std::uint32_t kKey = 1, kValue = 2;
}
namespace function {
constexpr std::uint32_t kName = 1, kNode = 7, kDomain = 10, kAttribute = 11;
}

// Domains whose operators onnxruntime has built in.
constexpr std::array<std::string_view, 8> kStandard = {"",
                                                       "ai.onnx",
                                                       "ai.onnx.ml",
                                                       "ai.onnx.training",
                                                       "ai.onnx.preview.training",
                                                       "com.microsoft",
                                                       "com.microsoft.nchwc",
                                                       "com.ms.internal.nhwc"};
constexpr std::array<std::string_view, 3> kPython = {"PyOp", "PyCustomOp", "PythonOp"};

bool is_standard(std::string_view domain) {
  return std::ranges::find(kStandard, domain) != kStandard.end();
}

// A compiled model of an execution provider (EPContext), in the node or in a file.
struct Engine {
  bool embedded = true;
  std::string place;     // where it is, if not in the node
  std::string original;  // the model that it was compiled from; TensorRT takes weights from it
};

// Where a tensor's bytes lie, if not in the model.
struct Place {
  bool elsewhere = false;
  std::vector<std::string> names;  // each "location": which one counts is up to the reader
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool has_length = false;
  bool understood = true;
};

std::string_view without_dot(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

// onnxruntime's mark for tensors that are in its memory already, with an address as offset.
bool is_memory(std::string_view location) {
  return location.contains("_ORT_MEM_ADDR_");
}

class Model {
 public:
  Model(source::Source& source, findings::Examination& examination)
      : size_(source.size()), reader_(source), examination_(examination) {}

  // Files in the model's own folder, and how far its tensors reach in each.
  std::vector<TensorFile> tensor_files() const {
    std::vector<TensorFile> files;
    for (const auto& [name, end] : external_)
      if (!name.contains('/')) files.push_back({.name = name, .end = end});
    return files;
  }

  void examine() {
    while (const auto field = reader_.next(size_)) {
      if (!field->is_bytes()) continue;
      if (field->number == model::kGraph) graph(field->end, 0);
      if (field->number == model::kTraining) training(field->end);
      if (field->number == model::kFunctions) function(field->end);
      reader_.skip(*field);
    }
    if (reader_.broken() || too_deep_ || too_many_domains_)
      examination_.add(kOnnxBroken,
                       too_deep_            ? "graphs are nested too deep"
                       : too_many_domains_  ? "there are too many domains"
                       : reader_.too_many() ? "there are too many fields"
                                            : "a field is cut short or of no known form",
                       {.offset = reader_.position()});
    for (const std::string& domain : domains_)
      if (!local_.contains(domain))
        examination_.add(kOnnxDomain, fmt::format("of the domain \"{}\"", escape(domain)));
    if (!external_.empty())
      examination_.add(kOnnxExternal, fmt::format("in {} files, the first \"{}\"", external_.size(),
                                                  escape(external_.begin()->first)));
  }

 private:
  // Every field up to `end`, then past it.
  template <class Visit>
  void each_of_any_type(std::uint64_t end, Visit visit) {
    while (const auto field = reader_.next(end)) {
      visit(*field);
      if (reader_.position() < field->end) reader_.skip(*field);
    }
  }

  // The same with fields of bytes only.
  template <class Visit>
  void each(std::uint64_t end, Visit visit) {
    each_of_any_type(end, [&](const ProtobufField& field) {
      if (field.is_bytes()) visit(field);
    });
  }

  void training(std::uint64_t end) {
    each(end, [&](const ProtobufField& field) {
      if (field.number == 1 || field.number == 2) graph(field.end, 0);
    });
  }

  void function(std::uint64_t end) {
    std::string name;
    std::string domain;
    each(end, [&](const ProtobufField& field) {
      if (field.number == function::kName) name = reader_.text(field, kText);
      if (field.number == function::kDomain) domain = reader_.text(field, kText);
      if (field.number == function::kNode) node(field.end, 0);
      if (Engine unused; field.number == function::kAttribute) attribute(field.end, 0, unused);
    });
    if (is_standard(domain))
      examination_.add(kOnnxShadow,
                       fmt::format("\"{}\" of the domain \"{}\"", escape(name), escape(domain)));
    else
      keep(local_, domain);
  }

  void graph(std::uint64_t end, int depth) {
    if (depth > kMaxNesting) {
      too_deep_ = true;
      return;
    }
    each(end, [&](const ProtobufField& field) {
      if (field.number == graph::kNode) node(field.end, depth);
      if (field.number == graph::kInitializer) tensor(field.end);
      if (field.number == graph::kSparse) sparse(field.end);
    });
  }

  void node(std::uint64_t end, int depth) {
    std::string type;
    std::string domain;
    Engine engine;
    const std::uint64_t at = reader_.position();
    each(end, [&](const ProtobufField& field) {
      if (field.number == node::kOperator) type = reader_.text(field, kText);
      if (field.number == node::kDomain) domain = reader_.text(field, kText);
      if (field.number == node::kAttribute) attribute(field.end, depth, engine);
    });
    if (type == "EPContext" && domain == "com.microsoft") judge(engine, at);
    if (std::ranges::find(kPython, type) != kPython.end())
      examination_.add(kOnnxPython,
                       fmt::format("\"{}\" of the domain \"{}\"", escape(type), escape(domain)),
                       {.offset = at});
    if (!is_standard(domain)) keep(domains_, domain);
  }

  void judge(const Engine& engine, std::uint64_t at) {
    for (const std::string& path :
         {engine.embedded ? std::string() : engine.place, engine.original})
      if (archive::leaves_folder(path) || path.size() == kText)
        examination_.add(kOnnxOutside, fmt::format("\"{}\" of an EPContext", escape(path)),
                         {.offset = at});
    examination_.add(kOnnxEngine,
                     engine.embedded ? std::string("inside the model")
                                     : fmt::format("in \"{}\"", escape(engine.place)),
                     {.offset = at});
  }

  void attribute(std::uint64_t end, int depth, Engine& engine) {
    std::string name;
    std::string text;
    std::uint64_t integer = 0;
    each_of_any_type(end, [&](const ProtobufField& field) {
      if (field.number == attribute::kInteger && field.is_varint()) integer = field.value;
      if (!field.is_bytes()) return;
      switch (field.number) {
        case attribute::kName:
          name = reader_.text(field, kText);
          return;
        case attribute::kText:
          text = reader_.text(field, kText);
          return;
        case attribute::kTensor:
        case attribute::kTensors:
          return tensor(field.end);
        case attribute::kGraph:
        case attribute::kGraphs:
          return graph(field.end, depth + 1);
        case attribute::kSparse:
        case attribute::kSparses:
          return sparse(field.end);
        default:
          return;
      }
    });
    if (name == "embed_mode") {
      engine.embedded = integer != 0;
    } else if (name == "ep_cache_context") {
      engine.place = std::move(text);
    } else if (name == "onnx_model_filename") {
      engine.original = std::move(text);
    }
  }

  void sparse(std::uint64_t end) {
    each(end, [&](const ProtobufField& field) {
      if (field.number == 1 || field.number == 2) tensor(field.end);  // values, indices
    });
  }

  void tensor(std::uint64_t end) {
    Place place;
    OnnxElements elements;
    std::uint64_t type = 0;
    const std::uint64_t at = reader_.position();
    each_of_any_type(end, [&](const ProtobufField& field) {
      if (field.number == tensor::kDims) dimensions(field, elements);
      if (field.number == tensor::kType && field.is_varint()) type = field.value;
      if (field.number == tensor::kExternal && field.is_bytes()) external(field.end, place);
      if (field.number == tensor::kPlace && field.is_varint())
        place.elsewhere = field.value == tensor::kElsewhere;
    });
    judge(place, place.elsewhere ? elements.bytes(type) : 0, at);
  }

  // One by one, or packed.
  void dimensions(const ProtobufField& field, OnnxElements& elements) {
    if (field.is_varint()) elements.add(field.value);
    if (!field.is_bytes()) return;
    std::uint64_t value = 0;
    int shift = 0;
    for (const char c : reader_.text(field, kText)) {
      value |= static_cast<std::uint64_t>(c & 0x7f) << shift;
      shift = std::min(shift + 7, 63);
      if ((c & 0x80) != 0) continue;
      elements.add(value);
      value = 0;
      shift = 0;
    }
  }

  void judge(Place& place, std::uint64_t needed, std::uint64_t at) {
    const auto refused = [&](std::string message) {
      if (place.elsewhere) examination_.add(kOnnxNowhere, std::move(message), {.offset = at});
    };
    if (place.names.empty()) refused("no location");
    // onnxruntime 1.32 refuses another, but for 0, and onnx 1.23 fails to make an array of it.
    if (place.understood && place.has_length && needed > 0 && place.length != needed)
      refused(fmt::format("a length of {} bytes for a tensor of {}", place.length, needed));
    // Where none is given, all readers take what the tensor needs at least, and fail at less.
    if (place.length == 0) place.length = std::min(needed, UINT64_MAX - place.offset);
    if (!place.understood || place.length > UINT64_MAX - place.offset)
      return refused("an offset or a length that is no number of bytes");
    for (const std::string& location : place.names) {
      const std::string name(without_dot(location));
      if (archive::leaves_folder(location) || location.size() == kText || is_memory(location)) {
        examination_.add(kOnnxOutside, fmt::format("\"{}\"", escape(location)), {.offset = at});
      } else if (name.empty() || name == ".") {
        refused(fmt::format("the location \"{}\"", escape(location)));
      } else if (external_.size() < kMostFiles || external_.contains(name)) {
        std::uint64_t& reach = external_[name];
        reach = std::max(reach, place.offset + place.length);
      }
    }
  }

  void external(std::uint64_t end, Place& place) {
    std::string key;
    std::string value;
    each(end, [&](const ProtobufField& field) {
      if (field.number == entry::kKey) key = reader_.text(field, kText);
      if (field.number == entry::kValue) value = reader_.text(field, kText);
    });
    if (key == "location") {
      place.names.push_back(std::move(value));
    } else if (key == "offset") {
      number(value, place.offset, place.understood);
    } else if (key == "length") {
      place.has_length = true;
      number(value, place.length, place.understood);
    }
  }

  static void number(const std::string& text, std::uint64_t& value, bool& understood) {
    const char* const end = text.c_str() + text.size();
    const auto read = std::from_chars(text.c_str(), end, value);
    understood &= read.ec == std::errc() && read.ptr == end;
  }

  void keep(std::set<std::string>& names, const std::string& name) {
    constexpr std::size_t kMost = 1000;
    if (names.size() < kMost)
      names.insert(name);
    else
      too_many_domains_ |= !names.contains(name);
  }

  std::uint64_t size_;
  ProtobufReader reader_;
  findings::Examination& examination_;
  std::set<std::string> domains_;                  // of operators, that are not standard
  std::set<std::string> local_;                    // of the model's own functions
  std::map<std::string, std::uint64_t> external_;  // by file, how far its tensors reach
  bool too_deep_ = false;
  bool too_many_domains_ = false;
};

}  // namespace

void examine_onnx(source::Source& source, Context& context) {
  context.examination.set_kind("ONNX model");
  if (const auto field = field_of_another(source))
    context.examination.add(kOnnxAnother, fmt::format("by its field {}", field->number),
                            {.offset = field->begin});
  const std::uint64_t broken = context.examination.count(kOnnxBroken);
  Model model(source, context.examination);
  model.examine();
  // What the parts that were followed do not show.
  if (context.examination.count(kOnnxBroken) == broken)
    if (const auto problem = check_onnx_wire(source))
      context.examination.add(kOnnxBroken, std::string(problem->message),
                              {.offset = problem->offset});
  if (context.facts != nullptr) context.facts->tensor_files = model.tensor_files();
}

std::span<const Rule* const> onnx_rules() {
  return kRules;
}

}  // namespace gh::artifacts
