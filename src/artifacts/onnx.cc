#include "artifacts/onnx.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "archive/names.h"
#include "artifacts/onnx_rules.h"
#include "artifacts/protobuf.h"
#include "base/text.h"

namespace gh::artifacts {

namespace {

using findings::Rule;

constexpr std::array kRules = {&kOnnxOutside, &kOnnxPython, &kOnnxDomain,
                               &kOnnxShadow,  &kOnnxBroken, &kOnnxExternal};

constexpr int kMaxNesting = 64;
constexpr std::size_t kText = 4096;  // of a name or a path that is looked at

// Field numbers of onnx/onnx.proto3.
namespace model {
constexpr std::uint32_t kIrVersion = 1, kGraph = 7, kOpset = 8, kTraining = 20, kFunctions = 25;
}
namespace graph {
constexpr std::uint32_t kNode = 1, kInitializer = 5, kSparse = 15;
}
namespace node {
constexpr std::uint32_t kOperator = 4, kAttribute = 5, kDomain = 7;
}
namespace attribute {
constexpr std::uint32_t kTensor = 5, kGraph = 6, kTensors = 10, kGraphs = 11, kSparse = 22,
                        kSparses = 23;
}
namespace tensor {
constexpr std::uint32_t kExternal = 13;
}
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

class Model {
 public:
  Model(source::Source& source, findings::Examination& examination)
      : size_(source.size()), reader_(source), examination_(examination) {}

  void examine() {
    while (const auto field = reader_.next(size_)) {
      if (!field->is_bytes()) continue;
      if (field->number == model::kGraph) graph(field->end, 0);
      if (field->number == model::kTraining) training(field->end);
      if (field->number == model::kFunctions) function(field->end);
      reader_.skip(*field);
    }
    if (reader_.broken() || too_deep_)
      examination_.add(kOnnxBroken,
                       too_deep_            ? "graphs are nested too deep"
                       : reader_.too_many() ? "there are too many fields"
                                            : "a field is cut short or of no known form",
                       {.offset = reader_.position()});
    for (const std::string& domain : domains_)
      if (!local_.contains(domain))
        examination_.add(kOnnxDomain, fmt::format("of the domain \"{}\"", escape(domain)));
    if (!external_.empty())
      examination_.add(kOnnxExternal, fmt::format("in {} files, the first \"{}\"", external_.size(),
                                                  escape(*external_.begin())));
  }

 private:
  // Every field of bytes up to `end`, then past it.
  template <class Visit>
  void each(std::uint64_t end, Visit visit) {
    while (const auto field = reader_.next(end)) {
      if (!field->is_bytes()) continue;
      visit(*field);
      if (reader_.position() < field->end) reader_.skip(*field);
    }
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
      if (field.number == function::kAttribute) attribute(field.end, 0);
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
    const std::uint64_t at = reader_.position();
    each(end, [&](const ProtobufField& field) {
      if (field.number == node::kOperator) type = reader_.text(field, kText);
      if (field.number == node::kDomain) domain = reader_.text(field, kText);
      if (field.number == node::kAttribute) attribute(field.end, depth);
    });
    if (std::ranges::find(kPython, type) != kPython.end())
      examination_.add(kOnnxPython,
                       fmt::format("\"{}\" of the domain \"{}\"", escape(type), escape(domain)),
                       {.offset = at});
    if (!is_standard(domain)) keep(domains_, domain);
  }

  void attribute(std::uint64_t end, int depth) {
    each(end, [&](const ProtobufField& field) {
      switch (field.number) {
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
  }

  void sparse(std::uint64_t end) {
    each(end, [&](const ProtobufField& field) {
      if (field.number == 1 || field.number == 2) tensor(field.end);  // values, indices
    });
  }

  void tensor(std::uint64_t end) {
    each(end, [&](const ProtobufField& field) {
      if (field.number == tensor::kExternal) external(field.end);
    });
  }

  void external(std::uint64_t end) {
    std::string key;
    std::string value;
    const std::uint64_t at = reader_.position();
    each(end, [&](const ProtobufField& field) {
      if (field.number == entry::kKey) key = reader_.text(field, kText);
      if (field.number == entry::kValue) value = reader_.text(field, kText);
    });
    if (key != "location") return;
    if (archive::leaves_folder(value) || value.size() == kText)
      examination_.add(kOnnxOutside, fmt::format("\"{}\"", escape(value)), {.offset = at});
    else
      keep(external_, value);
  }

  static void keep(std::set<std::string>& names, const std::string& name) {
    constexpr std::size_t kMost = 1000;
    if (names.size() < kMost) names.insert(name);
  }

  std::uint64_t size_;
  ProtobufReader reader_;
  findings::Examination& examination_;
  std::set<std::string> domains_;  // of operators, that are not standard
  std::set<std::string> local_;    // of the model's own functions
  std::set<std::string> external_;
  bool too_deep_ = false;
};

}  // namespace

bool looks_like_onnx(std::string_view head) {
  constexpr std::uint64_t kNewest = 31;  // IR versions; 13 is the last known one
  source::MemorySource source(head);
  ProtobufReader reader(source);
  const auto first = reader.next(UINT64_MAX);
  if (!first || first->number != model::kIrVersion || !first->is_varint() || first->value == 0 ||
      first->value > kNewest)
    return false;
  // Names, versions and texts, then the graph or the operator sets.
  while (const auto field = reader.next(UINT64_MAX)) {
    const bool version = field->number == 5;
    if (field->number < 2 || field->number > model::kOpset || version == field->is_bytes())
      return false;
    if (field->number >= model::kGraph) return true;
    reader.skip(*field);
  }
  return false;
}

void examine_onnx(source::Source& source, Context& context) {
  context.examination.set_kind("ONNX model");
  Model(source, context.examination).examine();
}

std::span<const Rule* const> onnx_rules() {
  return kRules;
}

}  // namespace gh::artifacts
