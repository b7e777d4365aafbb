#include "cli/starter_policy.h"

#include <fmt/format.h>

namespace gh::cli {

std::string starter_policy(std::string_view vllm) {
  static constexpr std::string_view kText = R"(# The policy of this gateway. After a change:
#   gatehouse policy check -c gatehouse.yaml
# and SIGHUP to a running gateway. Every setting: docs/policy-reference.md, or
#   gatehouse policy reference
version: 1

# Where clients connect. The certificate is for development: self-signed, for localhost.
listen:
  - address: 127.0.0.1:8443
    tls: {{ certificate: tls/server.crt, key: {{ file: tls/server.key }} }}

# Metrics and health; never on the public side.
admin: {{ address: 127.0.0.1:9443 }}

# API keys live here, and the secrets that they are worth nothing without in secrets/.
state: {{ directory: state }}
secrets:
  pepper: {{ file: secrets/pepper }}
  salt_key: {{ file: secrets/salt }}

# The vLLM server. Gatehouse should be the only one that can reach it.
upstreams:
  - name: local
    url: http://127.0.0.1:8000    # or unix:/run/vllm/vllm.sock, when it was started with --uds
    # What `vllm --version` says. It decides which fields may pass and how tenants are kept apart.
    vllm: {}
    # When vLLM was started with --api-key:
    # api_key: {{ env: VLLM_API_KEY }}

models:
  - name: my-model            # what clients say
    # What vLLM calls it, when that is another name: GET http://127.0.0.1:8000/v1/models
    # served_as: meta-llama/Meta-Llama-3-8B-Instruct
    upstream: local
    max_model_len: 4096       # its context in tokens
    endpoints: [chat, completions]

# Every tenant starts here and may say otherwise.
defaults:
  request:
    max_prompt_tokens: 3000
    max_tokens: 1024          # most that a client may ask for
    default_max_tokens: 512   # when it does not say
  limits:
    requests: {{ rate: 200/min, burst: 20 }}    # of the tenant as a whole
    concurrent: 8
    per_key:
      requests: {{ rate: 60/min, burst: 10 }}

tenants:
  - name: demo
    models: [my-model]
)";
  return fmt::format(kText, vllm);
}

}  // namespace gh::cli
