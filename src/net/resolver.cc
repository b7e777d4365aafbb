#include "net/resolver.h"

#include <netdb.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace gh::net {
namespace {

constexpr auto kKeepAnswer = std::chrono::seconds(30);
constexpr auto kKeepFailure = std::chrono::seconds(2);

using Addresses = Result<std::vector<Address>>;

Addresses look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0) return fail("{}: {}", host, gai_strerror(error));
  std::vector<Address> addresses;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    const Address address = Address::from(at->ai_addr, at->ai_addrlen);
    if (address.is_ip()) addresses.push_back(address);
  }
  freeaddrinfo(found);
  if (addresses.empty()) return fail("{}: no address", host);
  return addresses;
}

Addresses with_port(const Addresses& addresses, std::uint16_t port) {
  if (!addresses) return addresses;
  std::vector<Address> out;
  for (const Address& address : *addresses) out.push_back(address.with_port(port));
  return out;
}

}  // namespace

struct Resolver::Impl {
  struct Question {
    Loop* loop;
    std::string host;
    std::uint16_t port;
    Answer answer;
  };
  struct Known {
    Addresses addresses;
    MonoTime until;
  };

  std::mutex mutex;
  std::condition_variable asked;
  std::vector<Question> questions;  // guarded by mutex, as are the next two
  std::map<std::string, Known> known;
  bool stopping = false;

  // Only names from the policy are looked up, so the cache is as small as the policy.
  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      asked.wait(lock, [&] { return stopping || !questions.empty(); });
      if (stopping) return;
      const std::string host = questions.front().host;
      lock.unlock();
      Addresses addresses = look_up(host);
      lock.lock();
      if (stopping) return;
      answer_all(host, remember(host, std::move(addresses)));
    }
  }

  Addresses remember(const std::string& host, Addresses addresses) {
    const MonoTime now = system_clock().mono();
    const auto entry = known.find(host);
    if (!addresses && entry != known.end() && entry->second.addresses) {
      entry->second.until = now + kKeepFailure;  // keep the last good answer and ask again soon
      return entry->second.addresses;
    }
    known.insert_or_assign(host, Known{addresses, now + (addresses ? kKeepAnswer : kKeepFailure)});
    return addresses;
  }

  // A slow look-up has many waiting for the same name.
  void answer_all(const std::string& host, const Addresses& addresses) {
    const auto first = std::stable_partition(questions.begin(), questions.end(),
                                             [&](const Question& q) { return q.host != host; });
    for (auto question = first; question != questions.end(); ++question) {
      question->loop->post(
          [answer = std::move(question->answer),
           result = with_port(addresses, question->port)]() mutable { answer(std::move(result)); });
    }
    questions.erase(first, questions.end());
  }
};

Resolver::Resolver() : impl_(std::make_shared<Impl>()) {
  // getaddrinfo cannot be interrupted, so the thread is left to end by itself; it owns its state.
  std::thread([impl = impl_] { impl->work(); }).detach();
}

Resolver::~Resolver() {
  std::vector<Impl::Question> open;
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    open.swap(impl_->questions);
  }
  impl_->asked.notify_all();
}

void Resolver::resolve(Loop& loop, const std::string& host, std::uint16_t port, Answer answer) {
  if (const auto literal = Address::parse_ip(host, port)) {
    answer(std::vector<Address>{*literal});
    return;
  }
  std::optional<Addresses> cached;
  {
    std::lock_guard lock(impl_->mutex);
    const auto entry = impl_->known.find(host);
    if (entry != impl_->known.end() && loop.now() < entry->second.until) {
      cached = with_port(entry->second.addresses, port);
    } else {
      impl_->questions.push_back({&loop, host, port, std::move(answer)});
      impl_->asked.notify_one();
      return;
    }
  }
  answer(std::move(*cached));
}

}  // namespace gh::net
