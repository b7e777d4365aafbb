#include "http/h1_body.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gh::http {
namespace {

// The content, then how it ended, then what was left over.
std::string read(H1Body body, std::vector<std::string_view> pieces) {
  std::string content;
  std::string left;
  H1Body::Status status = H1Body::Status::need_more;
  for (std::string_view piece : pieces) {
    std::string_view data;
    while ((status = body.next(piece, data)) == H1Body::Status::data) content += data;
    left += piece;
    if (status == H1Body::Status::bad) return content + "|" + std::string(name(body.glitch()));
  }
  return content + (status == H1Body::Status::done ? "|done|" + left : "|more");
}

void expect_read(const H1Body& body, std::string_view bytes, std::string_view expected) {
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(read(body, {bytes.substr(0, cut), bytes.substr(cut)}), expected) << "cut at " << cut;
  }
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
  EXPECT_EQ(read(body, single), expected);
}

TEST(H1Body, ByLength) {
  EXPECT_TRUE(H1Body::of_length(0).done());
  expect_read(H1Body::of_length(5), "helloGET", "hello|done|GET");
  expect_read(H1Body::of_length(5), "hell", "hell|more");
}

TEST(H1Body, UntilClose) {
  expect_read(H1Body::until_close(), "any\r\nthing", "any\r\nthing|more");
  EXPECT_TRUE(H1Body::until_close().ends_by_close());
}

TEST(H1Body, Chunked) {
  struct Case {
    std::string_view bytes;
    std::string_view expected;
  };
  for (const Case& c :
       std::vector<Case>{{"5\r\nhello\r\n0\r\n\r\nrest", "hello|done|rest"},
                         {"1\r\na\r\nA\r\n0123456789\r\n000\r\n\r\n", "a0123456789|done|"},
                         {"0000000000000001\r\na\r\n0\r\n\r\n", "a|done|"},
                         {"5\r\nhel", "hel|more"},
                         {"0\r\n", "|more"},
                         {"00000000000000001\r\n", "|bad_chunk"},
                         {"38d7ea4c67fff\r\n", "|more"},
                         {"38d7ea4c68000\r\n", "|bad_chunk"},
                         {"ffffffffffffffff\r\n", "|bad_chunk"},
                         {"\r\n", "|bad_chunk"},
                         {" 5\r\n", "|bad_chunk"},
                         {"5 \r\n", "|bad_chunk"},
                         {"+5\r\n", "|bad_chunk"},
                         {"-5\r\n", "|bad_chunk"},
                         {"0x5\r\n", "|bad_chunk"},
                         {"1_0\r\n", "|bad_chunk"},
                         {"5;a=b\r\n", "|bad_chunk"},
                         {"5\n", "|bare_lf"},
                         {"5\rh", "|bare_lf"},
                         {"5\r\nhelloX", "hello|bad_chunk"},
                         {"5\r\nhello\n", "hello|bare_lf"},
                         {"5\r\nhello\rX", "hello|bare_lf"},
                         {"0\r\nX: y\r\n\r\n", "|trailer"},
                         {"0\r\n\n", "|bare_lf"},
                         {"0\r\n\rX", "|bare_lf"}}) {
    SCOPED_TRACE(c.bytes);
    expect_read(H1Body::chunked(), c.bytes, c.expected);
  }
}

}  // namespace
}  // namespace gh::http
