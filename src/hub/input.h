#pragma once
// What the examiners of this folder are given, private to it.

#include <string_view>

#include "findings/examination.h"
#include "hub/facts.h"

namespace gh::hub {

struct Input {
  std::string_view path;  // relative to the folder, raw bytes
  std::string_view name;  // its last component
  std::string_view text;  // the whole file: UTF-8 without NUL
  findings::Examination& examination;
  DocumentFacts& facts;

  void add(const findings::Rule& rule, std::string message, std::string_view evidence = {}) const {
    examination.add(rule, std::move(message),
                    {.offset = {}, .length = {}, .line = {}, .column = {}, .evidence = evidence});
  }
};

// "config.json" of "a/config.json".
std::string_view base_name(std::string_view path);

}  // namespace gh::hub
