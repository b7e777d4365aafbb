#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "policy/build.h"

namespace gh::policy {
namespace {

// None when they could not be told.
EndpointSet read_endpoints(const Section& section) {
  EndpointSet endpoints;
  if (section.refused("endpoints")) return endpoints;
  for (const Word& word : section.words("endpoints")) {
    for (vllm::Endpoint endpoint : vllm::kEndpoints) {
      if (word.text == vllm::name(endpoint)) endpoints.add(endpoint);
    }
  }
  return endpoints;
}

void add(Draft& draft, Model model, yaml::Position at) {
  draft.snapshot.models.push_back(std::move(model));
  draft.models.push_back(at);
}

void build_model(Draft& draft, const Section& section) {
  Model model;
  model.name = section.text("name");
  model.served_as = section.text("served_as");
  if (model.served_as.empty()) {
    model.served_as = model.name;
    section.computed("served_as", model.name);
  }
  const Word upstream{section.text("upstream"), section.at("upstream")};
  model.endpoints = read_endpoints(section);
  model.max_model_len = section.number32("max_model_len");
  model.limits = read_limits(section.section("limits"));
  model.upstream = kNowhere;
  if (const auto found = draft.upstream_names.find(upstream.text);
      found != draft.upstream_names.end()) {
    model.upstream = found->second.index;
  } else if (!upstream.text.empty()) {
    report_unknown(draft.report, upstream, "upstream", draft.upstream_names);
  }
  if (enter_name(section, "model", draft.snapshot.models.size(), draft.model_names)) {
    add(draft, model, section.at("name"));
  }
  for (const Word& word : section.words("adapters")) {
    const auto [first, is_new] =
        draft.model_names.emplace(word.text, Named{draft.snapshot.models.size(), word.at});
    if (!is_new) {
      draft.report.problem(word.at,
                           "`adapters`: `{}` is a model already, at {}; rename one, or remove it",
                           escape(word.text, 128), draft.report.where(first->second.at));
      continue;
    }
    Model adapter = model;
    adapter.name = adapter.served_as = adapter.adapter = word.text;
    adapter.base = model.name;
    add(draft, std::move(adapter), word.at);
  }
}

// The snapshot's order is that of names.
void sort_models(Draft& draft) {
  std::vector<Model>& models = draft.snapshot.models;
  std::vector<std::size_t> order(models.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) -> const std::string& { return models[i].name; });
  std::vector<Model> sorted;
  std::vector<yaml::Position> places;
  for (std::size_t index : order) {
    draft.model_names.find(models[index].name)->second.index = sorted.size();
    sorted.push_back(std::move(models[index]));
    places.push_back(draft.models[index]);
  }
  models = std::move(sorted);
  draft.models = std::move(places);
}

}  // namespace

void build_models(Draft& draft, const Section& root) {
  for (const Section& section : root.sections("models")) build_model(draft, section);
  sort_models(draft);
}

}  // namespace gh::policy
