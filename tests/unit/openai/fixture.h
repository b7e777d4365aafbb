#pragma once
// What several tests of this folder need: surfaces, parsing, recordings.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "openai/response.h"

namespace gh::openai {

// One for the life of the program; fails the test when there is none.
const vllm::Surface& surface_of(std::string_view version);

// The root of a document that lives until the next call.
json::Value parse(std::string_view text);

ResponseRules rules_for(vllm::Endpoint endpoint, RequestFacts facts = {});

// One recorded exchange with vLLM 0.32.0, bodies without their transfer coding.
struct Recording {
  std::string name;
  std::string path;     // of the request
  std::string request;  // body
  int status = 0;
  bool is_stream = false;
  std::string response;  // body
};

Recording recording(const std::string& name);
// Those of an endpoint's path whose bytes are complete.
std::vector<Recording> recordings(vllm::Endpoint endpoint);

// What the recorded request asked for. Not through check(), which refuses many of them.
RequestFacts facts_of(const Recording& recording);

}  // namespace gh::openai
