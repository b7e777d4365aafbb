// Checks API keys of one class, so that what it costs can be counted: key_timing.py says how.
//
//   key_timing CLASS KEYS

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "identity/directory.h"
#include "identity/key_text.h"

namespace gh::identity {
namespace {

// What is counted. Never inlined, so that it has a name.
extern "C" [[gnu::noinline]] bool gh_check_one_key(const Directory& directory,
                                                   std::string_view token, crypto::Hmac& pepper) {
  return directory.authenticate(token, pepper, WallTime{1'790'000'000'000'000'000}).has_value();
}

class Texts {
 public:
  explicit Texts(std::uint32_t seed) : random_(seed) {}
  std::string base62_text(std::size_t size) {
    constexpr std::string_view kDigits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string out;
    while (out.size() < size) out += kDigits[random_() % kDigits.size()];
    return out;
  }

 private:
  std::mt19937 random_;
};

struct Parts {
  std::string kid;
  std::string secret;
};

std::string token(const Parts& parts) {
  const std::string text = "gh_test_" + parts.kid + "_" + parts.secret;
  const std::uint32_t crc = crc32(text);
  const char bytes[] = {static_cast<char>(crc >> 24), static_cast<char>(crc >> 16 & 0xff),
                        static_cast<char>(crc >> 8 & 0xff), static_cast<char>(crc & 0xff)};
  return text + "_" + base62({bytes, sizeof bytes});
}

char other(char c) {
  return c == '7' ? '8' : '7';
}

struct Class {
  std::function<void(Parts&)> sent;           // what the client changes
  std::function<void(crypto::Digest&)> kept;  // what is different in the directory
  bool right = false;
};

int run(const std::string& name, std::size_t count) {
  const auto nothing = [](auto&) {};
  Texts texts(1);  // the same in every run
  const std::map<std::string, Class> classes = {
      {"right", {nothing, nothing, true}},
      {"unknown", {[&](Parts& p) { p.kid = texts.base62_text(10); }, nothing}},
      {"first-of-secret", {[](Parts& p) { p.secret.front() = other(p.secret.front()); }, nothing}},
      {"last-of-secret", {[](Parts& p) { p.secret.back() = other(p.secret.back()); }, nothing}},
      {"first-of-mac", {nothing, [](crypto::Digest& mac) { mac.front() ^= 1; }}},
      {"last-of-mac", {nothing, [](crypto::Digest& mac) { mac.back() ^= 1; }}},
  };
  const auto found = classes.find(name);
  if (found == classes.end()) return 64;
  const Class& chosen = found->second;

  auto policy = std::make_shared<policy::Snapshot>();
  policy->tenants.emplace_back().name = "alpha";
  crypto::Hmac pepper(std::string(32, 'p'));
  std::vector<KeyRecord> records;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < count; ++i) {
    Parts parts{texts.base62_text(10), texts.base62_text(43)};
    KeyRecord record;
    record.id = "key_" + std::to_string(i);
    record.tenant = "alpha";
    record.secrets.push_back({parts.kid, key_mac(pepper, parts.kid, parts.secret), {}});
    chosen.kept(record.secrets.front().mac);
    records.push_back(std::move(record));
    chosen.sent(parts);
    tokens.push_back(token(parts));
  }
  const auto directory = Directory::build(policy, records);
  std::size_t accepted = 0;
  for (const std::string& text : tokens) accepted += gh_check_one_key(*directory, text, pepper);
  return accepted == (chosen.right ? count : 0) ? 0 : 1;
}

}  // namespace
}  // namespace gh::identity

int main(int count, char** arguments) {
  if (count != 3) return 64;
  return gh::identity::run(arguments[1], std::strtoul(arguments[2], nullptr, 10));
}
