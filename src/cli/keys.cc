#include "cli/keys.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/find_key.h"
#include "cli/key_options.h"
#include "cli/key_output.h"
#include "cli/output.h"
#include "identity/key_text.h"
#include "policy/load.h"
#include "store/key_store.h"

namespace gh::cli {
namespace {

// What every command needs: the policy, and the state that it names.
struct State {
  std::shared_ptr<const policy::Snapshot> policy;
  store::KeyStore keys;
};

enum class Purpose : std::uint8_t { make, look, revoke };

// The policy, or its errors said. To revoke it may be wrong in what has nothing to do with keys.
std::expected<std::shared_ptr<const policy::Snapshot>, int> load_policy(const std::string& config,
                                                                        Purpose purpose) {
  policy::Loaded loaded = policy::load(config, {.upstream_keys = false});
  if (loaded.snapshot != nullptr) return std::move(loaded.snapshot);
  complain_of(loaded.problems);
  const auto files = purpose == Purpose::revoke ? policy::load_state_files(config) : std::nullopt;
  if (!files) return std::unexpected(kUndecided);
  note("the policy has errors, which do not keep a key from being revoked");
  auto state_only = std::make_shared<policy::Snapshot>();
  state_only->state_directory = files->directory;
  state_only->pepper_file = files->pepper_file;
  state_only->salt_key_file = files->salt_key_file;
  return state_only;
}

// Says itself what is wrong; the caller exits with the code.
std::expected<State, int> open_state(const std::string& config, Purpose purpose) {
  auto policy = load_policy(config, purpose);
  if (!policy) return std::unexpected(policy.error());
  if (purpose != Purpose::make) {
    auto keys = open_keys(**policy);
    if (!keys) return std::unexpected(keys.error());
    return State{std::move(*policy), std::move(*keys)};
  }
  auto keys = store::KeyStore::open(
      {(*policy)->state_directory, (*policy)->pepper_file, (*policy)->salt_key_file});
  if (!keys) return std::unexpected(complain(kUndecided, keys.error().message));
  if (const std::string& begun = keys->begun_anew(); !begun.empty()) note(begun);
  return State{std::move(*policy), std::move(*keys)};
}

// Complains when the tenant has a living key of that name; nothing when it has none.
std::optional<int> refuse_taken_name(const State& state, const identity::KeyRecord& key) {
  const auto named = state.keys.find(key.tenant + "/" + key.name);
  if (!named) return complain(kUndecided, named.error().message);
  if (!*named || (*named)->revoked) return std::nullopt;
  return complain(kFindings,
                  fmt::format("tenant `{}` has a key named `{}` already ({}); revoke it or choose "
                              "another name",
                              key.tenant, key.name, (*named)->id));
}

// Adds a fresh secret to `key`; what is printed is the result.
Secret give_secret(identity::KeyRecord& key, const std::string& env, const State& state) {
  identity::NewKey made = identity::make_key(env);
  crypto::Hmac pepper(state.keys.secrets().pepper.reveal());
  const std::string_view secret = identity::parse_key(made.text.reveal())->secret;
  key.secrets.push_back({made.kid, identity::key_mac(pepper, made.kid, secret), std::nullopt});
  return std::move(made.text);
}

}  // namespace

int run(const KeysCreate& command) {
  if (!identity::is_env(command.env)) {
    return complain(kUsage, fmt::format("--env `{}`: write 1 to 12 of a-z and 0-9, such as live",
                                        escape(command.env)));
  }
  auto state = open_state(command.config, Purpose::make);
  if (!state) return state.error();
  const WallTime now = system_clock().wall();
  auto key = key_from_options(command, *state->policy, now);
  if (!key) return complain(kUsage, key.error().message);
  if (const auto taken = refuse_taken_name(*state, *key)) return *taken;
  key->id = identity::make_key_id();
  const Secret secret = give_secret(*key, command.env, *state);
  if (const Result<> added = state->keys.add(*key); !added) {
    // Another command may have been faster with the name.
    const auto taken = refuse_taken_name(*state, *key);
    return taken ? *taken : complain(kUndecided, added.error().message);
  }
  if (!key->expires && !command.quiet) {
    note("this key never expires; it is good until it is revoked");
  }
  for (const std::string& idle :
       {idle_part(*key, *state->policy), idle_limit(*key, *state->policy)}) {
    if (!idle.empty()) note(idle);
  }
  const Secret text = command.json    ? new_key_json(*key, secret)
                      : command.quiet ? new_key_alone(secret)
                                      : new_key_text(*key, secret, *state->policy);
  if (!print(text.reveal())) {
    return complain(kUndecided,
                    fmt::format("the key could not be printed and is lost; revoke {}", key->id));
  }
  return kFine;
}

int run(const KeysList& command) {
  const auto state = open_state(command.config, Purpose::look);
  if (!state) return state.error();
  auto keys = state->keys.all();
  if (!keys) return complain(kUndecided, keys.error().message);
  if (!command.tenant.empty()) {
    std::erase_if(
        *keys, [&command](const identity::KeyRecord& key) { return key.tenant != command.tenant; });
    // A tenant that left the policy may still have keys; one that never was is a slip of the pen.
    if (keys->empty() && state->policy->tenant(command.tenant) == nullptr) {
      return complain(kUsage, fmt::format("--tenant `{}`: the policy has no such tenant, and there "
                                          "is no key of it",
                                          escape(command.tenant)));
    }
  }
  const WallTime now = system_clock().wall();
  return print(kFine, command.json ? key_list_json(*keys, *state->policy, now)
                                   : key_table(*keys, *state->policy, now));
}

int run(const KeysShow& command) {
  const auto state = open_state(command.config, Purpose::look);
  if (!state) return state.error();
  const auto key = find_key(state->keys, command.handle);
  if (!key) return key.error();
  const WallTime now = system_clock().wall();
  return print(kFine, command.json ? key_json(*key, *state->policy, now)
                                   : key_text(*key, *state->policy, now));
}

int run(const KeysRevoke& command) {
  auto state = open_state(command.config, Purpose::revoke);
  if (!state) return state.error();
  auto key = find_key(state->keys, command.handle);
  if (!key) return key.error();
  const WallTime now = system_clock().wall();
  const Result<bool> revoked = state->keys.revoke(key->id, now);
  if (!revoked) return complain(kUndecided, revoked.error().message);
  if (*revoked) key->revoked = now;
  if (command.json) return print(kFine, key_json(*key, *state->policy, now));
  if (command.quiet) return kFine;
  const std::string who =
      fmt::format("{} ({}/{})", key->id, escape(key->tenant), escape(key->name));
  return print(
      kFine, *revoked ? fmt::format("revoked {}; running gateways refuse it within a second\n", who)
                      : fmt::format("{} was revoked already\n", who));
}

}  // namespace gh::cli
