#include "identity/key_text.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/encoding.h"
#include "crypto/crypto.h"

namespace gh::identity {
namespace {

constexpr std::string_view kPrefix = "gh_";
constexpr std::size_t kLongestEnv = 12;
constexpr std::size_t kKidSize = 10;
constexpr std::size_t kSecretSize = 43;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kChecksumSize = 6;
constexpr std::size_t kKeyIdSize = 16;
constexpr std::size_t kShortest =
    kPrefix.size() + 1 + 1 + kKidSize + 1 + kSecretSize + 1 + kChecksumSize;
constexpr std::size_t kLongest = kShortest - 1 + kLongestEnv;

std::array<char, kChecksumSize> checksum(std::string_view text) {
  std::array<char, kChecksumSize> digits{};  // 62^6 > 2^32
  write_base62(digits, crc32(text));
  return digits;
}

// Uniform over base62 strings of that size.
std::string random_base62(std::size_t size) {
  constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr unsigned kFair = 256 / 62 * 62;  // above it some digits would be likelier
  std::string out;
  std::array<char, 32> pool{};
  while (out.size() < size) {
    crypto::random_bytes(pool);
    for (const char byte : pool) {
      const unsigned value = static_cast<unsigned char>(byte);
      if (value < kFair && out.size() < size) out += kDigits[value % 62];
    }
  }
  return out;
}

}  // namespace

bool is_env(std::string_view text) {
  return !text.empty() && text.size() <= kLongestEnv && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

std::optional<KeyText> parse_key(std::string_view text) {
  if (text.size() < kShortest || text.size() > kLongest || !text.starts_with(kPrefix)) return {};
  // Every part but env has one size, so the places of all four separators follow from the length.
  const std::size_t env_size = text.size() - kShortest + 1;
  std::string_view rest = text.substr(kPrefix.size());
  const auto take = [&rest](std::size_t size) {
    const std::string_view part = rest.substr(0, size);
    rest.remove_prefix(size);
    return part;
  };
  const auto separator = [&take] { return take(1) == "_"; };

  KeyText key;
  key.env = take(env_size);
  if (!separator() || !is_env(key.env)) return {};
  key.kid = take(kKidSize);
  if (!separator() || !is_base62(key.kid)) return {};
  key.secret = take(kSecretSize);
  const std::string_view checked = text.substr(0, text.size() - rest.size());
  if (!separator() || !is_base62(key.secret)) return {};
  if (!std::ranges::equal(rest, checksum(checked))) return {};
  return key;
}

NewKey make_key(std::string_view env) {
  GH_CHECK(is_env(env));
  std::array<char, kSecretBytes> bytes{};
  crypto::random_bytes(bytes);
  std::string secret = base62({bytes.data(), bytes.size()});
  wipe(bytes.data(), bytes.size());

  NewKey key{random_base62(kKidSize), Secret()};
  std::string text;
  text.reserve(kLongest);  // growing would leave a copy behind
  text.append(kPrefix).append(env).append("_").append(key.kid).append("_").append(secret);
  const auto crc = checksum(text);
  text.append("_").append(crc.begin(), crc.end());
  key.text = Secret(text);
  wipe(secret.data(), secret.size());
  wipe(text.data(), text.size());
  return key;
}

std::string make_key_id() {
  return "key_" + random_base62(kKeyIdSize);
}

}  // namespace gh::identity
