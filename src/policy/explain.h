#pragma once
// Which rule decides: what a policy says about one request before its body is looked at. The
// checks of the body are above this folder; what they will hold it against is listed here. Pure;
// any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/load.h"
#include "policy/refusal.h"

namespace gh::policy {

struct Question {
  std::string tenant;
  std::string endpoint;  // "chat", "completions", "embeddings"
  std::string model;     // what the client says
  // What the key narrows; absent: nothing.
  std::string key_id = {};
  std::vector<std::string> key_models = {};
  EndpointSet key_endpoints = {};
};

// A rule that was looked at, in the order of the pipeline.
struct Step {
  std::string rule;    // "tenants.alpha.models"
  std::string value;   // what it says
  std::string origin;  // "gatehouse.yaml:12:5", "default", or the key
};

struct Explanation {
  // When these rules refuse; its `rule` is what decides.
  std::optional<Refusal> refusal;
  std::vector<Step> grants;      // who may ask for what, and where it would be sent
  std::vector<Step> limits;      // rates and concurrency that the request would count against
  std::vector<Step> caps;        // what the body will be held against
  const Grant* grant = nullptr;  // of the snapshot; what is used when nothing refuses
};

// `loaded` must have its snapshot and effective values.
Explanation explain(const Loaded& loaded, const Question& question);

}  // namespace gh::policy
