#include "cli/sim.h"

#include <signal.h>

#include <chrono>
#include <cstdio>

#include "cli/exit_code.h"
#include "net/loop.h"
#include "net/signal.h"
#include "simulator/simulator.h"

namespace gh::cli {
namespace {

template <class Unit>
Duration duration(double count) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, Unit>(count));
}

simulator::Options options(const Sim& command) {
  simulator::Options out;
  out.listen = command.listen;
  out.model = command.model;
  out.adapters = command.adapters;
  out.version = command.version;
  out.api_key = command.api_key;
  out.max_model_len = command.max_model_len;
  out.block_size = command.block_size;
  out.cache_blocks = command.cache_blocks;
  out.max_queued = command.max_num_queued_reqs;
  out.token_delay = duration<std::milli>(command.token_delay_ms);
  out.prefill_per_token = duration<std::micro>(command.prefill_us_per_token);
  out.hit_prefill_per_token = duration<std::micro>(command.hit_prefill_us_per_token);
  out.keep_alive = duration<std::ratio<1>>(command.keep_alive_s);
  out.prompt_tokens_details = command.prompt_tokens_details;
  out.force_include_usage = command.force_include_usage;
  out.request_id_headers = command.request_id_headers;
  out.record = command.record;
  return out;
}

}  // namespace

int run(const Sim& command) {
  net::Loop loop;
  const auto stop = [](void* self) { static_cast<net::Loop*>(self)->stop(); };
  const net::Signal interrupt(loop, SIGINT, stop, &loop);
  const net::Signal terminate(loop, SIGTERM, stop, &loop);
  const auto simulator = simulator::Simulator::start(loop, options(command));
  if (!simulator) {
    std::fprintf(stderr, "gatehouse: %s\n", simulator.error().message.c_str());
    return kUndecided;
  }
  const std::string& address = (*simulator)->address();
  std::printf("listening sim %s%s\n", address.starts_with("unix:") ? "" : "http://",
              address.c_str());
  std::fflush(stdout);
  loop.run();
  return kFine;
}

}  // namespace gh::cli
