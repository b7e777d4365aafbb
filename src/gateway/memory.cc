// What an exchange holds of the memory for bodies: its request's until that is on its way, then its
// answer's, when that is no stream and not small, until the client has taken it.

#include "gateway/exchange.h"
#include "gateway/worker.h"

namespace gh::gateway {
namespace {

// Not added first and taken back: what is refused would be seen as held by others that fit.
bool add_up_to(std::atomic<std::uint64_t>& sum, std::uint64_t more, std::uint64_t most) {
  std::uint64_t before = sum.load(std::memory_order_relaxed);
  do {
    if (more > most || before > most - more) return false;
  } while (!sum.compare_exchange_weak(before, before + more, std::memory_order_relaxed));
  return true;
}

}  // namespace

bool Exchange::hold_memory(std::uint64_t bytes) {
  const policy::Snapshot& snapshot = policy();
  std::atomic<std::uint64_t>& tenant_bytes = *runtime().tenant_body_bytes[static_cast<std::size_t>(
      principal_->tenant - snapshot.tenants.data())];
  if (!worker_.hold_body_bytes(bytes, snapshot.body_bytes_per_worker)) {
    refuse({.code = policy::Code::overloaded,
            .message =
                "The server is busy with other large requests and answers; send this one again.",
            .rule = "memory.bodies_per_worker",
            .retry_after = std::chrono::seconds(1)});
    return false;
  }
  if (!add_up_to(tenant_bytes, bytes, snapshot.body_bytes_per_tenant)) {
    worker_.release_body_bytes(bytes);
    refuse({.code = policy::Code::overloaded,
            .message = "Too many of your large requests are running, or their answers are not "
                       "read; send this one again.",
            .rule = "memory.bodies_per_tenant",
            .retry_after = std::chrono::seconds(1)});
    return false;
  }
  held_ += bytes;
  return true;
}

bool Exchange::hold_answer(std::uint64_t size) {
  if (size <= kSmallAnswer || size <= held_) return true;
  return hold_memory(size - held_);
}

void Exchange::release_memory() {
  if (held_ == 0) return;
  worker_.release_body_bytes(held_);
  runtime()
      .tenant_body_bytes[static_cast<std::size_t>(principal_->tenant - policy().tenants.data())]
      ->fetch_sub(held_, std::memory_order_relaxed);
  held_ = 0;
}

}  // namespace gh::gateway
