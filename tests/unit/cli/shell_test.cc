#include "cli/shell.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>
#include <utility>

namespace gh::cli {
namespace {

TEST(ShellWord, IsQuotedWhereItHasTo) {
  const std::pair<const char*, const char*> rows[] = {
      {"gate/gatehouse.yaml", "gate/gatehouse.yaml"},
      {"/srv/a_b-c.d+e@f%g:h,i", "/srv/a_b-c.d+e@f%g:h,i"},
      {"", "''"},
      {"a b", "'a b'"},
      {"=x", "'=x'"},
      {"~/x", "'~/x'"},
      {"$HOME;rm *", "'$HOME;rm *'"},
      {"it's", "'it'\\''s'"},
      {"back\\slash", "'back\\slash'"},
      {"größe", "'größe'"},
      {"a\nb", "$'a\\x0ab'"},
      {"\x1b[31m'\\", "$'\\x1b\\x5b31m\\x27\\x5c'"},
      {"\xff", "$'\\xff'"},
  };
  for (const auto& [word, shown] : rows) EXPECT_EQ(shell_word(word), shown);
}

// What `bash` makes of it.
std::string read_back(const std::string& shown) {
  const std::string script = "printf %s " + shown;
  const std::string command = "bash -c " + shell_word(script);
  // NOLINTNEXTLINE(cert-env33-c): a shell is what is to read it
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::string out;
  std::array<char, 256> chunk{};
  for (std::size_t got = 1; pipe != nullptr && got > 0;) {
    got = std::fread(chunk.data(), 1, chunk.size(), pipe);
    out.append(chunk.data(), got);
  }
  return pipe != nullptr && ::pclose(pipe) == 0 ? out : "no shell";
}

TEST(ShellWord, IsReadBackAsItWas) {
  for (const std::string word :
       {"plain", "a b", "it's", "''", "~", "$(id)`id`\"!", "\\", "a\tb\nc0", "\x1b[0m1",
        "größe \xff", "-c", "*?[a-z]{a,b}", "#x", "a=b"}) {
    EXPECT_EQ(read_back(shell_word(word)), word);
  }
}

}  // namespace
}  // namespace gh::cli
