#include "openai/models.h"

#include "json/json.h"

namespace gh::openai {
namespace {

void write_one(json::Writer& writer, const policy::Model& model, WallTime since) {
  writer.begin_object()
      .member("id", model.name)
      .member("object", "model")
      .member("created", since.seconds())
      .member("owned_by", "gatehouse");
  if (model.max_model_len > 0) writer.member("max_model_len", std::int64_t{model.max_model_len});
  writer.end_object();
}

}  // namespace

void write_models(std::string& out, const policy::Snapshot& policy,
                  std::span<const policy::Grant> grants, WallTime since) {
  json::Writer writer(out);
  writer.begin_object().member("object", "list").key("data").begin_array();
  for (const policy::Grant& grant : grants) write_one(writer, policy.models[grant.model], since);
  writer.end_array().end_object();
}

void write_model(std::string& out, const policy::Model& model, WallTime since) {
  json::Writer writer(out);
  write_one(writer, model, since);
}

}  // namespace gh::openai
