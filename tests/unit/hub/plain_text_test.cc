#include "hub/plain_text.h"

#include <gtest/gtest.h>

#include <string>

#include "examined.h"
#include "hub/large_text.h"

namespace gh::hub {
namespace {

using std::string_view_literals::operator""sv;

TEST(PlainText, NoTextForItsControlCharacters) {
  const std::string words(1000, 'x');
  const Case cases[] = {
      {"frozen_graph",
       "\n \n\x01x\x12\x06PyFunc\"\x03"
       "abc*\x04test",
       "unknown"},
      {"m.mlmodel",
       "\x08\x04\x12\x05hello\x1a\x03"
       "abc",
       "unknown"},
      {"model.ckpt.meta", "\n\x05hello\x12\x06PyFunc", "unknown"},
      {"notes.txt", "\x01\x02\x03", "unknown"},
      {"notes.txt", "\x1c\x1d\x1e\x1f words", "unknown"},
      {"notes.txt", "two are \x01 an accident \x02", ""},
      {"train.log", "\x1b[32m 10%\b\b\b 20%\r 30%\x1b[0m\f\v\t\n", ""},
      {"train.log", "\x7f\x7f\x7f\x7f", ""},
      {"config.json", "{\"a\": \"\x01\x02\x03\"}", "CFG-301"},
      {"a.yaml", "a: \x01\x02\x03\n", "CFG-303"},
      {"run.py", "x = '\x01\x02\x03'\n", "COD-102"},
      {"run.sh", "echo '\x01\x02\x03'\n", "COD-104"},
      {"vocab.txt", "\x01\n\x02\n\x03\na\n", ""},
  };
  for (const Case& test : cases) EXPECT_EQ(found(test.path, test.bytes), test.ids) << test.path;
  EXPECT_EQ(found("a.txt", words + words + words + "\x01\x02\x03"), "") << "3 in 3,003 bytes";
  EXPECT_EQ(found("a.txt", words + words + "\x01\x02\x03"), "unknown");
}

TEST(PlainText, TextInPieces) {
  // Characters of two, three and four bytes at every border.
  const std::string text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      TextMeter meter;
      meter.read(std::string_view(text).substr(0, first));
      meter.read(std::string_view(text).substr(first, second - first));
      meter.read(std::string_view(text).substr(second));
      EXPECT_TRUE(meter.is_text()) << first << " " << second;
    }
  }
  for (const std::string_view wrong :
       {"\xc3"sv, "a\xe2\x82"sv, "\xf0\x9f\x98"sv, "\xc3z"sv, "\x80"sv, "\xe2\x28\xa1"sv,
        "\xed\xa0\x80"sv, "\xf8\x88\x80\x80\x80"sv, "a\0b"sv, "\xff"sv}) {
    TextMeter whole;
    TextMeter single;
    whole.read(wrong);
    for (const char& byte : wrong) single.read({&byte, 1});
    EXPECT_FALSE(whole.is_text());
    EXPECT_FALSE(single.is_text());
  }
}

// What is said of a large text is said of one of any size by this function.
bool plain(std::string_view name, std::string_view text) {
  source::MemorySource source(text);
  findings::Examination examination(0);
  DocumentFacts facts;
  return is_plain_large_text({name, name, {}, examination, facts}, source);
}

TEST(LargeText, ThatIsNothingElse) {
  const std::string_view names[] = {"a.jsonl", "a.txt", "a.csv", "a.tsv", "A.TXT", "a.md", "a.log"};
  const std::string_view texts[] = {
      "words of a corpus\n",
      "{\"text\": \"a\"}\n{\"text\": \"b\"}\n",
      "\n\n  {\"a\": 1}\r\n\r\n{\"a\": 2}",
      "[1, 2]\n[3, 4]\n",
      "{\"a\": NaN}\n{\"a\": 12345678901234567890123}\n{",
      "a,b,c\n1,2,3\n",
      "[Chorus]\nwords\n",
      "{braces} in words\n",
      "Gr\xc3\xb6\xc3\x9f"
      "e \xf0\x9f\x98\x80\n",
      "words about _target_: os.system\n",
      "{% and %} alone\n",
      "words, then import os\nimport os\n",
      "\"id\",\"text\"\n\"1\",\"a\"\n",
      "# only comments\n# so far\n",
      "one line without an end",
  };
  for (const std::string_view text : texts)
    for (const std::string_view name : names) EXPECT_TRUE(plain(name, text)) << name << text;
}

TEST(LargeText, ThatIsOrMayBe) {
  const std::string long_line = "{\"a\": \"" + std::string(17u << 20, 'x') + "\"}\n{}\n";
  const Case cases[] = {
      {"a.json", "{}\n{}\n", ""},
      {"merges.txt", "a b\n", ""},
      {"vocab.txt", "a\nb\n", ""},
      {"CMakeLists.txt", "words of it\n", ""},
      {"a", "words of it\n", ""},
      {"a.yaml", "words of it\n", ""},
      {"a.txt", "", ""},
      {"a.txt", "{\"a\": 1}\n", ""},
      {"a.jsonl", "{\"a\": 1}\n\n \n", ""},
      {"a.jsonl", "{\n\"a\": 1}\n", ""},
      {"a.jsonl", "[\n{},\n{}]\n", ""},
      {"a.jsonl", "{\"a\": 1,\n\"b\": 2}\n", ""},
      {"a.jsonl", long_line, ""},
      {"a.txt", "import os\nos.system('id')\n", ""},
      {"a.txt", "# only comments\n# so far\nimport os", ""},
      {"a.txt", "\"\"\"\nA text in quotes\n\"\"\"\nimport os\n", ""},
      {"a.txt", "#!/usr/bin/env python\nwords of it\n", ""},
      {"a.txt", "#!/bin/sh\nwords of it\n", ""},
      {"a.txt", "<?php\nwords of it\n", ""},
      {"a.txt", "@echo off\nwords of it\n", ""},
      {"a.txt", "words of it\n{% for message in x %}{{ message }}{% endfor %}\n", ""},
      {"a.jsonl", "{\"a\": \"{% x %}{{ message }}\"}\n{}\n", ""},
      {"a.csv", "key: value in words\n_target_: os.system\n", ""},
      {"a.txt", "a: !!python/object/apply:os.system [id]\nwords of it\n", ""},
      {"a.txt", "words of it \xff\n", ""},
      {"a.txt", "words of it \xe2\x82", ""},
      {"a.txt", "words of it \0 \n"sv, ""},
      {"a.txt", "words of it \x01\x02\x03\n", ""},
  };
  for (const Case& test : cases)
    EXPECT_FALSE(plain(test.path, test.bytes)) << test.path << " " << test.bytes.substr(0, 80);
}

TEST(LargeText, AcrossPieces) {
  constexpr std::size_t kPiece = 256u << 10;
  const std::string line = "words of a corpus, one line of many\n";
  std::string words;
  while (words.size() < kPiece - 64) words += line;
  const auto split = [&](std::string_view what, std::size_t before) {
    return words + std::string(kPiece - before - words.size(), 'x') + std::string(what) + "\n" +
           words;
  };
  for (std::size_t before = 0; before < 8; ++before) {
    EXPECT_TRUE(plain("a.txt", split("{% %} {{", before))) << "no message";
    EXPECT_TRUE(plain("a.txt", split("\xf0\x9f\x98\x80", before)));
    EXPECT_FALSE(plain("a.txt", split("message", before) + "{% %} {{ }}\n")) << before;
    EXPECT_FALSE(plain("a.txt", split("\xf0\x9f\x98z", before)));
    EXPECT_FALSE(plain("a.txt", "key: " + split("_target_: os.system", before)));
    EXPECT_FALSE(plain("a.txt", std::string(kPiece - before, '\n') + "import os\n"));
  }
  EXPECT_FALSE(plain("a.txt", "{\"a\": 1" + std::string(2u << 20, ' ') + "}\n"));
  EXPECT_TRUE(plain("a.txt", std::string(2u << 20, '\n') + "{\"a\": 1}\n{\"a\": 2}\n" + words));
}

TEST(LargeText, AsADocument) {
  std::string records;
  records.reserve(kMostDocument + 100);
  while (records.size() <= kMostDocument) records += "{\"text\": \"one of many records\"}\n";
  EXPECT_EQ(found("train.jsonl", records), "");
  EXPECT_EQ(found("train", records), "CFG-302") << "a name that promises nothing";
  EXPECT_EQ(found("train.jsonl", records + "\xff"), "CFG-302");
}

}  // namespace
}  // namespace gh::hub
