#pragma once
// Bodies of the routes that do not reach the model. Each appends to `out`.

#include <string>

#include "simulator/engine.h"
#include "simulator/request.h"

namespace gh::simulator {

void write_models(std::string& out, Engine& engine);
void write_metrics(std::string& out, const Engine& engine);
void write_tokens(std::string& out, const Engine& engine, const Prompt& prompt, bool with_texts);
void write_embeddings(std::string& out, Engine& engine, const EmbeddingRequest& request);
// GET /sim/state, ours: what tests ask a simulator.
void write_state(std::string& out, const Engine& engine);

}  // namespace gh::simulator
