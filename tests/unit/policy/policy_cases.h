#pragma once
// One valid policy, and cases that each change a few words of it.

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/load.h"

namespace gh::policy {

inline constexpr std::string_view kBase = R"(version: 1
listen:
  - address: 127.0.0.1:8443
admin: { address: 127.0.0.1:9443 }
state: { directory: state }
upstreams:
  - name: llama
    url: http://127.0.0.1:8000
    vllm: 0.10.2
  - name: own
    url: unix:/run/own.sock
    vllm: 0.10.2
models:
  - name: small
    upstream: llama
    max_model_len: 8192
    endpoints: [chat, completions]
    adapters: [support]
  - name: embed
    upstream: own
    max_model_len: 512
    endpoints: [embeddings]
defaults:
  request: { max_tokens: 1024 }
  limits:
    requests: { rate: 200/min, burst: 20 }
    concurrent: 8
    per_key: { requests: { rate: 20/min, burst: 5 } }
tenants:
  - name: alpha
    models: [small, support, embed]
  - name: beta
    models: [small]
    request: { n: 4 }
    upstream: { small: own }
log: { requests: stdout, level: info }
drain: 30s
)";

struct Edit {
  std::string_view find;  // its first occurrence
  std::string_view replace;
};

struct Case {
  std::string_view name;
  std::vector<Edit> edits;
  // What each line of the answer begins with, in order, after the name of the file:
  // "12:5: unknown setting …". Empty: there is nothing to say.
  std::vector<std::string_view> expected;
};

inline std::string edited(std::string_view base, std::span<const Edit> edits) {
  std::string text(base);
  for (const Edit& edit : edits) {
    const auto at = text.find(edit.find);
    EXPECT_NE(at, text.npos) << "no `" << edit.find << "` to replace";
    if (at != text.npos) text.replace(at, edit.find.size(), edit.replace);
  }
  return text;
}

// A folder that is not there: relative paths lead nowhere.
inline Loaded load_edited(std::span<const Edit> edits, LoadOptions options = {}) {
  return load_text(edited(kBase, edits), "p.yaml", "/nonexistent", options);
}

inline void expect_lines(const std::vector<Problem>& lines, const Case& c) {
  SCOPED_TRACE(c.name);
  std::string all;
  for (const Problem& line : lines) all += format(line) + "\n";
  ASSERT_EQ(lines.size(), c.expected.size()) << all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string wanted = "p.yaml:" + std::string(c.expected[i]);
    EXPECT_TRUE(format(lines[i]).starts_with(wanted)) << "wanted " << wanted << "\nin\n" << all;
  }
}

// Each case is refused, with these problems and no others.
inline void expect_problems(std::span<const Case> cases) {
  for (const Case& c : cases) {
    const Loaded loaded = load_edited(c.edits);
    EXPECT_EQ(loaded.snapshot, nullptr) << c.name;
    EXPECT_FALSE(c.expected.empty()) << c.name;
    expect_lines(loaded.problems, c);
  }
}

// Each case is accepted, with these notes and no others.
inline void expect_notes(std::span<const Case> cases) {
  for (const Case& c : cases) {
    const Loaded loaded = load_edited(c.edits);
    EXPECT_NE(loaded.snapshot, nullptr) << c.name;
    for (const Problem& problem : loaded.problems)
      ADD_FAILURE() << c.name << ": " << format(problem);
    expect_lines(loaded.notes, c);
  }
}

}  // namespace gh::policy
