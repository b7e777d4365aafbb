#include "wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace gh::bench {
namespace {

sockaddr_in parse(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) die("an address is HOST:PORT");
  sockaddr_in out{};
  out.sin_family = AF_INET;
  std::uint16_t port = 0;
  const std::string host(address.substr(0, colon));
  const auto end = address.data() + address.size();
  if (std::from_chars(address.data() + colon + 1, end, port).ptr != end ||
      inet_pton(AF_INET, host.c_str(), &out.sin_addr) != 1) {
    die("an address is IPV4:PORT");
  }
  out.sin_port = htons(port);
  return out;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

std::string chunk(std::string_view data) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  std::string out = size;
  out.append(data).append("\r\n");
  return out;
}

}  // namespace

void die(std::string_view what) {
  std::fprintf(stderr, "bench: %.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

void die_errno(std::string_view what) {
  die(std::string(what) + ": " + std::strerror(errno));
}

std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

int listen_on(std::string_view address) {
  const sockaddr_in where = parse(address);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, generic(where), sizeof where) != 0 || listen(fd, 4096) != 0) {
    die_errno("listen");
  }
  return fd;
}

int connect_to(std::string_view address, bool blocking) {
  const sockaddr_in where = parse(address);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // Connecting over loopback is done when connect returns; only what follows has to wait.
  if (fd < 0 || connect(fd, generic(where), sizeof where) != 0) die_errno("connect");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!blocking && fcntl(fd, F_SETFL, O_NONBLOCK) != 0) die_errno("fcntl");
  return fd;
}

std::uint16_t local_port(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) die_errno("getsockname");
  return ntohs(address.sin_port);
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

Arguments::Arguments(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("--")) {
      entries_.push_back({.name = std::string(word.substr(2)), .value = {}});
    } else if (!entries_.empty() && entries_.back().value.empty()) {
      entries_.back().value = word;
    } else {
      die("arguments are --name value");
    }
  }
}

std::string* Arguments::find(std::string_view name) {
  for (Entry& entry : entries_) {
    if (entry.name == name) {
      entry.used = true;
      return &entry.value;
    }
  }
  return nullptr;
}

std::string Arguments::text(std::string_view name, std::string_view fallback) {
  const std::string* value = find(name);
  return value != nullptr ? *value : std::string(fallback);
}

std::uint64_t Arguments::number(std::string_view name, std::uint64_t fallback) {
  const std::string* value = find(name);
  if (value == nullptr) return fallback;
  std::uint64_t number = 0;
  const auto end = value->data() + value->size();
  if (value->empty() || std::from_chars(value->data(), end, number).ptr != end) {
    die("--" + std::string(name) + " wants a number");
  }
  return number;
}

bool Arguments::flag(std::string_view name) {
  return find(name) != nullptr;
}

void Arguments::check_all_used() const {
  for (const Entry& entry : entries_) {
    if (!entry.used) die("no such option: --" + entry.name);
  }
}

std::string chat_body(std::size_t size, bool stream) {
  static constexpr std::string_view kText =
      "The harbour was quiet when the last boat came in, and nobody on the quay asked what it had "
      "carried or why its lamps were out.\\nThe keeper wrote \\\"all well\\\" in the book, as on "
      "every other night, and went up to trim the light before the wind turned and the rain came "
      "over the hill from the west. ";
  std::string head =
      R"({"model":"bench-model","messages":[{"role":"system","content":"You are a careful )"
      R"(assistant. Answer in two sentences."},{"role":"user","content":")";
  std::string tail = R"("}],"temperature":0.7,"top_p":0.95,"max_tokens":256)";
  if (stream) tail += R"(,"stream":true)";
  tail += '}';
  if (size < head.size() + tail.size() + kText.size()) die("--body is too small");
  std::string body = std::move(head);
  while (body.size() + tail.size() + kText.size() <= size) body += kText;
  body.append(size - body.size() - tail.size(), 'x');
  return body + tail;
}

std::string_view completion_body() {
  return R"({"id":"chatcmpl-90c87fcc86e65ac7","object":"chat.completion","created":1795456330,)"
         R"("model":"served-model","choices":[{"index":0,"message":{"role":"assistant","content":)"
         R"("The boat had no lamps because it carried no lawful cargo. The keeper knew, and kept )"
         R"(it out of the book.","refusal":null,"annotations":null,"audio":null,"function_call":)"
         R"(null,"reasoning":null},"logprobs":null,"finish_reason":"stop","stop_reason":null,)"
         R"("token_ids":null,"routed_experts":null}],"service_tier":null,"system_fingerprint":)"
         R"("vllm-0.32.0-65ed8b12","usage":{"prompt_tokens":214,"total_tokens":241,)"
         R"("completion_tokens":27,"prompt_tokens_details":{"cached_tokens":0,)"
         R"("created_cache_tokens":0,"multimodal_tokens":null},"completion_tokens_details":null},)"
         R"("prompt_logprobs":null,"prompt_token_ids":null,"prompt_text":null,)"
         R"("kv_transfer_params":null,"ec_transfer_params":null,"metrics":null})";
}

std::string stream_event(Event event, unsigned tokens, bool usage) {
  static constexpr std::string_view kHead =
      R"(data: {"id":"chatcmpl-be9af558f1a506d4","object":"chat.completion.chunk",)"
      R"("created":1795456330,"model":"served-model","choices":[)";
  if (event == Event::done) return chunk("data: [DONE]\n\n") + "0\r\n\r\n";
  std::string data(kHead);
  switch (event) {
    case Event::role:
      data += R"({"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,)"
              R"("finish_reason":null}],"prompt_token_ids":null,"prompt_text":null)";
      break;
    case Event::content:
      data += R"({"index":0,"delta":{"content":" harbour"},"logprobs":null,"finish_reason":null,)"
              R"("token_ids":null}])";
      break;
    case Event::finish:
      data += R"({"index":0,"delta":{"content":"."},"logprobs":null,"finish_reason":"stop",)"
              R"("stop_reason":null,"token_ids":null}])";
      break;
    case Event::usage:
    case Event::done:
      data += "]";
      break;
  }
  if (usage || event == Event::usage) {
    data += R"(,"usage":{"prompt_tokens":214,"total_tokens":)" + std::to_string(214 + tokens) +
            R"(,"completion_tokens":)" + std::to_string(tokens) +
            R"(,"completion_tokens_details":null})";
  }
  if (event == Event::usage) data += R"(,"system_fingerprint":"vllm-0.32.0-65ed8b12")";
  data += "}\n\n";
  return chunk(data);
}

}  // namespace gh::bench
