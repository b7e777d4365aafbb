#include "cli/demo.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "cli/child.h"
#include "cli/demo_rows.h"
#include "cli/exit_code.h"
#include "cli/http_caller.h"
#include "cli/output.h"
#include "cli/shell.h"
#include "crypto/certificate.h"
#include "json/json.h"

namespace gh::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::string_view kPolicy = R"(version: 1
listen:
  - address: 127.0.0.1:0
    tls: {{ certificate: server.crt, key: {{ file: server.key }} }}
    limits:
      per_ip: {{ failed_auth: {{ rate: 1000/s, burst: 1000 }} }}  # the rows try bad keys
admin: {{ address: 127.0.0.1:0 }}
state: {{ directory: state }}
upstreams:
  - name: simulator
    url: http://{simulator}
    vllm: 0.32.0
    prefix_caching: true
    health: off  # so that the rows can count what the upstream receives
models:
  - name: demo-model
    served_as: tiny
    upstream: simulator
    max_model_len: 8192
    endpoints: [chat, completions, embeddings]
  - name: beta-only
    served_as: tiny
    upstream: simulator
    max_model_len: 8192
    endpoints: [chat]
defaults:
  request: {{ max_prompt_tokens: 6000, max_tokens: 1024, default_max_tokens: 64, n: 2 }}
  limits: {{ requests: {{ rate: 1000/s, burst: 1000 }}, concurrent: 32 }}
tenants:
  - {{ name: alpha, models: [demo-model] }}
  - {{ name: beta, models: [demo-model, beta-only] }}
  - name: gamma
    models: [demo-model]
    limits: {{ requests: {{ rate: 20/min, burst: 3 }} }}
log: {{ requests: ./requests.log }}
drain: 5s
)";

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "gatehouse-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error("cannot make a folder in /tmp");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
}

// "listening sim http://127.0.0.1:4000" → "127.0.0.1:4000"; throws when the line does not come.
std::string address_line(Child& child, const std::string& prefix) {
  const auto line = child.read_line(10s);
  if (!line || !line->starts_with(prefix))
    throw std::runtime_error("no `" + prefix + "` line came");
  return line->substr(line->rfind('/') + 1);
}

std::string create_key(const std::string& policy, const std::string& tenant,
                       const std::string& name) {
  auto child = Child::start(
      {"keys", "create", "-c", policy, "--tenant", tenant, "--name", name, "--format", "json"},
      false);
  if (!child) throw std::runtime_error(child.error().message);
  const std::string text = child->read_all(10s);
  json::Parser parser;
  const auto document = parser.parse(text);
  const json::Value key = document ? document->root()["key"] : json::Value();
  if (!key.is_string()) throw std::runtime_error("`keys create` gave no key");
  return std::string(key.string());
}

void print_row(const DemoRow& row) {
  const bool colour = wants_colour();
  const char* mark = row.holds ? (colour ? "\x1b[32mok  \x1b[0m" : "ok  ")
                               : (colour ? "\x1b[31mFAIL\x1b[0m" : "FAIL");
  std::printf("%s  %-58s %-36s %s\n", mark, row.what.c_str(), row.expected.c_str(),
              row.observed.c_str());
  std::fflush(stdout);
}

// The signal that is to end the demo. It ends where it looks for it, so that what it has made goes.
volatile std::sig_atomic_t interrupt = 0;

constexpr std::array kInterrupts = {SIGINT, SIGTERM, SIGHUP};

void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = [](int number) { interrupt = number; };
  for (const int number : kInterrupts) {
    struct sigaction before{};
    // Whoever ignores one, as nohup does, does so here as well.
    if (sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
      sigaction(number, &action, nullptr);
  }
}

void look_for_interrupt() {
  if (interrupt != 0) throw std::runtime_error("interrupted");
}

void wait_for_interrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : kInterrupts) sigaddset(&signals, number);
  sigset_t before;
  sigprocmask(SIG_BLOCK, &signals, &before);
  while (interrupt == 0) sigsuspend(&before);
}

int show(const Demo& command) {
  const TemporaryFolder folder;
  const fs::path& path = folder.path();
  auto certificate =
      crypto::make_self_signed({"localhost", "127.0.0.1"}, system_clock().wall(), 30 * 24h);
  if (!certificate) throw std::runtime_error(certificate.error().message);
  const std::string certificate_file = path / "server.crt";
  write_file(certificate_file, certificate->certificate_pem);
  write_file(path / "server.key", certificate->key_pem.reveal());

  auto simulator =
      Child::start({"sim", "--token-delay-ms", "1", "--enable-prompt-tokens-details"}, false);
  if (!simulator) throw std::runtime_error(simulator.error().message);
  const std::string simulator_address = address_line(*simulator, "listening sim ");
  const std::string policy = path / "gatehouse.yaml";
  write_file(policy, fmt::format(kPolicy, fmt::arg("simulator", simulator_address)));

  // Before the first start and while it serves: both work.
  const std::string alpha = create_key(policy, "alpha", "laptop");
  auto gateway = Child::start({"serve", "-c", policy}, true);
  if (!gateway) throw std::runtime_error(gateway.error().message);
  const std::string public_address = address_line(*gateway, "listening public ");
  const std::string admin_address = address_line(*gateway, "listening admin ");
  if (gateway->read_line(10s) != "ready") throw std::runtime_error("the gateway did not get ready");

  auto client = HttpCaller::open(public_address, certificate_file);
  auto direct = HttpCaller::open(simulator_address, "");
  if (!client || !direct) throw std::runtime_error("the demo's client could not be made");
  DemoStage stage{.policy_file = policy,
                  .gateway = **client,
                  .simulator = **direct,
                  .alpha_key = alpha,
                  .alpha_second_key = create_key(policy, "alpha", "server"),
                  .beta_key = create_key(policy, "beta", "laptop"),
                  .limited_key = create_key(policy, "gamma", "batch"),
                  .doomed_key = create_key(policy, "alpha", "doomed")};
  // A key that was made just now is in force within a second.
  const auto until = std::chrono::steady_clock::now() + 3s;
  while (
      stage.gateway.call({.method = "GET", .path = "/v1/models", .key = stage.doomed_key}).status !=
          200 &&
      std::chrono::steady_clock::now() < until) {
    look_for_interrupt();
    usleep(20'000);
  }

  if (!command.quiet) {
    std::printf("gateway https://%s, admin http://%s, simulated vLLM http://%s\n\n",
                public_address.c_str(), admin_address.c_str(), simulator_address.c_str());
    std::printf("      %-58s %-36s %s\n", "request", "expected", "observed");
  }
  const std::vector<DemoRow> rows = run_rows(stage, [&](const DemoRow& row) {
    look_for_interrupt();
    if (!command.quiet || !row.holds) print_row(row);
  });
  const auto held =
      std::count_if(rows.begin(), rows.end(), [](const DemoRow& r) { return r.holds; });
  const bool all = static_cast<std::size_t>(held) == rows.size();
  if (!command.quiet || !all) {
    std::printf("\n%td of %zu rows as expected\n", held, rows.size());
  }

  if (!command.once) {
    std::printf(
        "\nTry it yourself (Ctrl-C ends the demo):\n\n"
        "  curl --cacert %s https://%s/v1/chat/completions \\\n"
        "    -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \\\n"
        "    -d '{\"model\": \"demo-model\", \"messages\": [{\"role\": \"user\", \"content\": "
        "\"Hi\"}]}'\n"
        "\nThe policy is %s, the request log %s.\n",
        shell_word(certificate_file).c_str(), public_address.c_str(), alpha.c_str(), policy.c_str(),
        (path / "requests.log").c_str());
    std::fflush(stdout);
    wait_for_interrupt();
  }
  gateway->signal(SIGTERM);
  const auto ended = gateway->wait(10s);
  if (ended != 0) std::printf("the gateway did not end in order\n");
  return all && ended == 0 ? kFine : kFindings;
}

}  // namespace

int run(const Demo& command) {
  catch_interrupts();
  try {
    return show(command);
  } catch (const std::exception&) {
    if (interrupt == 0) throw;
  }
  // As a program that does not catch it ends.
  signal(interrupt, SIG_DFL);
  raise(interrupt);
  return kUndecided;
}

}  // namespace gh::cli
