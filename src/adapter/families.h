#pragma once
// What the linear modules of a model are called and how large they are, family by family: a table
// of facts, and formulas over the fields of config.json (sizes.h).

#include <span>
#include <string_view>

namespace gh::adapter {

// The end of a module's name, with '#' for a number; what goes in and comes out of it.
struct Shape {
  std::string_view module;
  std::string_view in;
  std::string_view out;
};

struct Family {
  std::string_view kinds;  // model_type of its configurations, with spaces between
  std::string_view
      within;              // "" for the language model, or the member of config.json with a tower's
  std::string_view sizes;  // of the names below, before what kCommonSizes says of them
  std::span<const Shape> shapes;
};

// Names that formulas may use: hidden, heads, width (of a head), keys (heads of keys and of
// values), inner (of the feed-forward network); `layers`, `vocabulary` and `experts` are asked for
// by base.cc.
extern const std::string_view kCommonSizes;

std::span<const Family> families();

}  // namespace gh::adapter
