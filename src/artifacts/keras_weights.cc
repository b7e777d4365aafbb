#include "artifacts/keras_weights.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace gh::artifacts {

namespace {

std::string_view text_of(json::Value value) {
  return value.is_string() ? value.string() : std::string_view();
}

// 0 where there is no number, or none that a size can be.
double size_of(json::Value value) {
  return value.is_number() ? std::max(value.number(), 0.0) : 0;
}

double size_of(json::Value value, double otherwise) {
  return value.is_number() ? size_of(value) : otherwise;
}

// Of a size, or of all in a list; null, which is any, counts as 1.
double product_of(json::Value sizes) {
  if (!sizes.is_array()) return size_of(sizes, 1);
  double all = 1;
  for (const json::Value size : sizes.elements()) all *= size_of(size, 1);
  return all;
}

// A shape of several inputs is a list, or an object, of shapes: the first counts. So does a list in
// an object, as TensorFlow writes tuples.
json::Value one_shape(json::Value shape) {
  for (int depth = 0; depth < 3; ++depth) {
    json::Value inside;
    for (const json::Value element : shape.elements())
      if (!inside.exists() && element.is_array()) inside = element;
    for (const auto& [key, value] : shape.members())
      if (!inside.exists() && value.is_array()) inside = value;
    if (!inside.exists()) break;
    shape = inside;
  }
  return shape;
}

// Of the last dimension, or of the second.
std::optional<double> channels(json::Value shape, bool second = false) {
  shape = one_shape(shape);
  if (!shape.is_array() || shape.size() < 2) return std::nullopt;
  std::size_t at = 0;
  std::optional<double> found;
  for (const json::Value size : shape.elements()) {
    if (size.is_number() && (!second || at == 1)) found = size_of(size);
    if (!size.is_number() && !second) found.reset();
    ++at;
  }
  return found;
}

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

// Their output has the last dimension of their input.
constexpr auto kKeeping = std::to_array<std::string_view>(
    {"Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dropout", "ELU",
     "GaussianDropout", "GaussianNoise", "GroupNormalization", "LayerNormalization", "LeakyReLU",
     "Masking", "PReLU", "RMSNormalization", "ReLU", "Softmax", "SpatialDropout1D",
     "UnitNormalization"});
// So does that of all whose names begin so.
constexpr auto kPooling = std::to_array<std::string_view>(
    {"AveragePooling", "Cropping", "Global", "MaxPooling", "UpSampling", "ZeroPadding"});
constexpr auto kScaling = std::to_array<std::string_view>(
    {"BatchNormalization", "LayerNormalization", "Normalization", "RMSNormalization"});

class Count {
 public:
  // Of all layers in it, in the order of the document.
  void walk(json::Value value) {
    if (value["class_name"].is_string() && value["config"].is_object()) {
      layer(value);
      return;
    }
    for (const auto& [key, member] : value.members()) walk(member);
    for (const json::Value element : value.elements()) walk(element);
  }

  double all() const { return all_; }

 private:
  void layer(json::Value value) {
    const std::string_view name = value["class_name"].string();
    const json::Value config = value["config"];
    const std::optional<double> given = input_of(value);
    all_ += std::max(weights(name, config, value["build_config"], given.value_or(1)), 0.0);
    // Models within a model, wrapped layers, cells.
    for (const auto& [key, member] : config.members()) {
      last_ = given;
      walk(member);
    }
    last_ = output(name, config, given);
    if (name == "InputLayer") {
      last_ = stated_input(config);
      for (const std::string_view key : {"batch_shape", "batch_input_shape"})
        if (config[key].is_array()) flat_ = product_of(one_shape(config[key]));
    } else if (name == "Flatten") {
      last_ = std::exchange(flat_, std::nullopt);
    } else {
      flat_.reset();
    }
    if (const std::string_view own = text_of(config["name"]); !own.empty())
      outputs_.insert_or_assign(std::string(own), last_);
  }

  static std::optional<double> stated_input(json::Value config) {
    for (const std::string_view key : {"batch_shape", "batch_input_shape"})
      if (const auto stated = channels(config[key])) return stated;
    return std::nullopt;
  }

  // What Keras builds the layer for: as it was built, or by what comes before it.
  std::optional<double> input_of(json::Value value) {
    const json::Value config = value["config"];
    const bool second = text_of(config["data_format"]) == "channels_first";
    const json::Value built = value["build_config"];
    for (const json::Value shape : {built["input_shape"], built["shapes_dict"]})
      if (const auto stated = channels(shape, second)) return stated;
    if (const auto stated = stated_input(config)) return stated;
    if (second) return std::nullopt;
    const json::Value nodes = value["inbound_nodes"];
    if (nodes.size() == 0) return last_;
    const std::string_view before = first_name(nodes, 0);
    const auto found = outputs_.find(std::string(before));
    return found == outputs_.end() ? std::nullopt : found->second;
  }

  // The first layer that a node takes something from: `keras_history` of Keras 3, or the first text
  // of the lists of Keras 2.
  static std::string_view first_name(json::Value value, int depth) {
    constexpr int kDeepest = 12;
    if (value.is_string()) return value.string();
    if (depth == kDeepest) return {};
    if (value.is_object()) {
      const json::Value history = value["config"]["keras_history"];
      if (history.exists()) return first_name(history, depth + 1);
      const json::Value arguments = value["args"];
      return arguments.exists() ? first_name(arguments, depth + 1) : std::string_view();
    }
    for (const json::Value element : value.elements())
      if (const std::string_view name = first_name(element, depth + 1); !name.empty()) return name;
    return {};
  }

  static std::optional<double> output(std::string_view name, json::Value config,
                                      std::optional<double> given) {
    const auto begins = [&](std::string_view with) { return name.starts_with(with); };
    if (is_one_of(name, kKeeping) || std::ranges::any_of(kPooling, begins)) return given;
    for (const std::string_view key : {"units", "filters", "output_dim"})
      if (config[key].is_number()) return size_of(config[key]);
    return std::nullopt;
  }

  // "abc,cd->abd": of the kernel, the sides that the output has. It is stated without the batch.
  static double einsum(std::string_view equation, json::Value output) {
    const std::size_t comma = std::min(equation.find(','), equation.size());
    const std::size_t arrow = std::min(equation.find("->"), equation.size());
    if (arrow < comma) return 0;
    const std::string_view kernel = equation.substr(comma, arrow - comma);
    const std::string_view letters = equation.substr(arrow);
    if (output.is_number())
      return !letters.empty() && kernel.contains(letters.back()) ? size_of(output) : 0;
    double all = output.size() == 0 ? 0 : 1;
    std::size_t left = output.size();
    for (const json::Value side : output.elements()) {
      if (left <= letters.size() && kernel.contains(letters[letters.size() - left]))
        all *= size_of(side, 1);
      --left;
    }
    return all;
  }

  static double weights(std::string_view name, json::Value config, json::Value built,
                        double given) {
    const double units = size_of(config["units"]);
    const double filters = size_of(config["filters"]);
    const double kernel = product_of(config["kernel_size"]);
    if (name == "Dense") return units * given;
    if (name == "EinsumDense") return einsum(text_of(config["equation"]), config["output_shape"]);
    if (name == "Embedding" || name == "ReversibleEmbedding")
      return size_of(config["input_dim"]) * size_of(config["output_dim"]);
    if (name == "LSTM" || name == "LSTMCell") return 4 * units * (given + units);
    if (name == "GRU" || name == "GRUCell") return 3 * units * (given + units);
    if (name == "SimpleRNN" || name == "SimpleRNNCell") return units * (given + units);
    if (name.starts_with("ConvLSTM")) return 4 * kernel * filters * (given + filters);
    if (name.starts_with("DepthwiseConv"))
      return kernel * given * size_of(config["depth_multiplier"], 1);
    if (name.starts_with("SeparableConv"))
      return given * size_of(config["depth_multiplier"], 1) * (kernel + filters);
    if (name.starts_with("Conv") && !name.starts_with("ConvNeXt"))
      return kernel * filters * given / std::max(size_of(config["groups"], 1), 1.0);
    if (name == "MultiHeadAttention")
      return size_of(config["num_heads"]) * size_of(config["key_dim"]) * given;
    if (name == "GroupedQueryAttention" || name == "GroupQueryAttention")
      return size_of(config["num_query_heads"]) * size_of(config["head_dim"]) * given;
    if (name == "PReLU" && !config["shared_axes"].is_array())
      return product_of(one_shape(built["input_shape"]));
    return is_one_of(name, kScaling) ? given : 0;
  }

  double all_ = 0;
  std::optional<double> last_;  // what the last layer gives, in its last dimension
  std::optional<double> flat_;  // the input that was last stated, in one dimension
  std::map<std::string, std::optional<double>> outputs_;
};

}  // namespace

double weights_of(json::Value root) {
  Count count;
  count.walk(root);
  return count.all();
}

bool ask_for_too_much(double weights, std::uint64_t held) {
  constexpr double kBytes = 4;
  constexpr double kFloor = std::uint64_t{1} << 30;
  constexpr double kRatio = 16;
  return weights * kBytes > kFloor && weights * kBytes > kRatio * static_cast<double>(held);
}

}  // namespace gh::artifacts
