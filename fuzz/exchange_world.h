#pragma once
// What all exchanges of the fuzzer share: policies and keys, requests, and a ledger of moods.

#include <stdlib.h>

#include <deque>
#include <filesystem>

#include "crypto/crypto.h"
#include "exchange_upstream.h"
#include "gateway/runtime.h"
#include "identity/key_text.h"
#include "policy/load.h"

namespace gh::fuzz {

inline constexpr std::string_view kPepper = "0123456789abcdef0123456789abcdef";

// What differs between the policies that are reloaded.
struct Variant {
  const char* in_flight;
  const char* second_model;
  const char* tenants;
};
inline constexpr Variant kVariants[] = {
    {"8", "yes", "[{ name: alpha, models: [m, lame] }, { name: beta, models: [m] }]"},
    {"8", "yes", "[{ name: beta, models: [m, lame], request: { max_tokens: 60 } }]"},
    {"1", "", "[{ name: alpha, models: [m], limits: { concurrent: 1 } }]"},
};

inline std::string policy_text(const Variant& variant, const std::string& folder) {
  // `gone` has no socket; `lame` has no address, since nobody looks it up.
  std::string text = "version: 1\nlisten: [{ address: '127.0.0.1:0' }]\nupstreams:\n";
  text += "  - { name: up, urls: ['unix:" + folder + "/up', 'unix:" + folder + "/gone'], ";
  text += "vllm: 0.32.0, health: off, in_flight: ";
  text += variant.in_flight;
  text += ", timeouts: { connect: 1s, first_byte: 3s, idle: 2s, total: 50s } }\n";
  text += "  - { name: lame, url: 'http://127.0.0.1:1', vllm: 0.32.0, health: off }\nmodels:\n";
  text +=
      "  - { name: m, served_as: served, upstream: up, max_model_len: 8192, limits: { "
      "concurrent: 5 }, endpoints: [chat, completions, embeddings] }\n";
  if (*variant.second_model != '\0') {
    text += "  - { name: lame, upstream: lame, max_model_len: 8192, endpoints: [chat] }\n";
  }
  text +=
      "defaults:\n  request: { max_prompt_tokens: 100, max_tokens: 50, default_max_tokens: 20 "
      "}\n  limits: { requests: { rate: 10/s, burst: 10 }, concurrent: 4, per_key: { "
      "concurrent: 3 }, per_user: { concurrent: 3 } }\n";
  text += "memory: { bodies_per_worker: 2MiB, bodies_per_tenant: 1MiB }\ntenants: ";
  return text + variant.tenants + "\n";
}

struct Body {
  const char* target;
  std::string text;
};

inline const std::vector<Body>& bodies() {
  static const auto* const all = new std::vector<Body>{
      {"/v1/chat/completions",
       R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]})"},
      {"/v1/chat/completions", R"({"model":"m","messages":[{"role":"user","content":"hi"}]})"},
      {"/v1/completions",
       R"({"model":"m","stream":true,"stream_options":{"include_usage":true},"prompt":"hi"})"},
      {"/v1/completions", R"({"model":"m","prompt":"hi"})"},
      {"/v1/embeddings", R"({"model":"m","input":"hi"})"},
      // Near enough to the cap to be counted.
      {"/v1/chat/completions",
       R"({"model":"m","stream":true,"messages":[{"role":"user","content":")" +
           std::string(380, 'a') + R"("}]})"},
      {"/v1/chat/completions", R"({"model":"lame","messages":[{"role":"user","content":"hi"}]})"},
      {"/v1/chat/completions", R"({"model":"none","messages":[]})"},
      {"/v1/chat/completions", "{" + std::string(700 << 10, ' ')},  // two do not fit
      {"/v1/models", ""},
      {"/v1/models/m", ""},
      {"/v1/nothing", ""},
  };
  return *all;
}

// Answers at once, later or with a denial.
class FickleLedger final : public limits::Ledger {
 public:
  enum class Mood : std::uint8_t { prompt, late, denying, count_ };
  Mood mood = Mood::prompt;
  std::uint64_t open = 0;

  void reserve(const limits::Hold& hold, Reserved done) override {
    if (mood == Mood::late) {
      late_.emplace_back(hold, std::move(done));
    } else {
      answer(hold, done);
    }
  }
  void settle(std::uint64_t, const limits::Usage&) override {
    GH_CHECK(open > 0);
    --open;
  }
  void answer_oldest() {
    if (late_.empty()) return;
    const auto [hold, done] = std::move(late_.front());
    late_.pop_front();
    answer(hold, done);
  }
  bool waiting() const { return !late_.empty(); }
  void forget() { late_.clear(); }

 private:
  void answer(const limits::Hold& hold, const Reserved& done) {
    if (mood == Mood::denying) {
      done(std::unexpected(limits::Denial{
          .rule = "budget", .retry_after = std::chrono::seconds(1), .standing = {}}));
    } else {
      ++open;
      done(limits::Reservation(*this, 1, hold));
    }
  }
  std::deque<std::pair<limits::Hold, Reserved>> late_;
};

class World {
 public:
  World() : folder_(make_folder()), upstream(folder_ + "/up") {
    shared.pepper = Secret(kPepper);
    shared.salt_key = Secret(kPepper);
    shared.log = std::move(*gateway::RequestLog::open(policy::RequestLog::none, ""));
    auto its_ledger = std::make_unique<FickleLedger>();
    ledger = its_ledger.get();
    shared.ledger = std::move(its_ledger);
    const std::vector<identity::KeyRecord> records = make_keys();
    for (const Variant& variant : kVariants) {
      const auto loaded = policy::load_text(policy_text(variant, folder_), "p.yaml", folder_);
      GH_CHECK(loaded.snapshot != nullptr);
      directories.push_back(identity::Directory::build(loaded.snapshot, records));
    }
    using limits::Scope;
    const limits::Table& table = shared.principals;
    for (const char* tenant : {"alpha", "beta"}) {
      subjects.push_back(table.subject(Scope::tenant, tenant));
    }
    subjects.push_back(table.subject(Scope::user, std::string_view("alpha\0someone", 13)));
    subjects.push_back(table.subject(Scope::model, std::string_view("m\0", 2)));
    for (const auto& record : records) subjects.push_back(table.subject(Scope::key, record.id));
  }
  ~World() { std::filesystem::remove_all(folder_); }

 private:
  static std::string make_folder() {
    char name[] = "/tmp/exchange_fuzz.XXXXXX";
    GH_CHECK(mkdtemp(name) != nullptr);
    return name;
  }

  std::vector<identity::KeyRecord> make_keys() {
    crypto::Hmac pepper(kPepper);
    std::vector<identity::KeyRecord> records;
    for (const char* tenant : {"alpha", "alpha", "beta"}) {
      const identity::NewKey key = identity::make_key("test");
      const std::string_view text = key.text.reveal();
      identity::KeyRecord record;
      record.id = identity::make_key_id();
      record.tenant = tenant;
      if (records.empty()) record.user = "someone";
      record.secrets.push_back(
          {.kid = key.kid,
           .mac = identity::key_mac(pepper, key.kid, identity::parse_key(text)->secret),
           .not_after = {}});
      records.push_back(std::move(record));
      keys.push_back("Bearer " + std::string(text));
    }
    keys.push_back("Bearer " + std::string(identity::make_key("test").text.reveal()));
    return records;
  }

  const std::string folder_;

 public:
  Upstream upstream;
  gateway::Shared shared;
  FickleLedger* ledger = nullptr;
  std::vector<std::string> keys;  // values of Authorization; the last one is unknown
  std::vector<std::shared_ptr<const identity::Directory>> directories;  // by variant
  std::vector<limits::Subject> subjects;                                // that may hold a lease
};

}  // namespace gh::fuzz
