#include <algorithm>
#include <expected>
#include <utility>

#include "base/buffer.h"
#include "base/check.h"
#include "base/text.h"
#include "json/diagnosis.h"
#include "json/json.h"
#include "json/tape.h"

namespace gh::json {
namespace {

static_assert(Buffer::kSlack >= simdjson::SIMDJSON_PADDING);

// The walk recurses once per level; deeper than this no caller has reason to allow.
constexpr std::size_t kMostDepth = 1024;
constexpr std::size_t kLeastCapacity = 4096;

}  // namespace

struct Parser::Impl {
  explicit Impl(Limits given) : limits(given), tape(given) { GH_CHECK(limits.depth <= kMostDepth); }

  simdjson::error_code reserve(std::size_t size);
  std::unexpected<ParseError> refuse(ParseErrorKind kind) const;

  Limits limits;
  simdjson::dom::parser parser;
  Tape tape;
  Buffer copy;
};

// By half at least, so that slowly growing documents do not each cost an allocation.
simdjson::error_code Parser::Impl::reserve(std::size_t size) {
  const std::size_t held = parser.capacity();
  if (size <= held) return simdjson::SUCCESS;
  const std::size_t wanted = std::max({size, held + held / 2, kLeastCapacity});
  const std::size_t capacity = std::min(wanted, parser.max_capacity());
  tape.reserve(capacity);
  if (const auto error = parser.doc.allocate(capacity)) return error;
  // simdjson's depth counts a scalar as a level of its own. It lets one empty array or object too
  // many pass, which the walk finds.
  return parser.allocate(capacity, limits.depth + 1);
}

std::unexpected<ParseError> Parser::Impl::refuse(ParseErrorKind kind) const {
  ParseError error{kind, {}, {}};
  switch (kind) {
    case ParseErrorKind::syntax:
      error.message = "not one valid JSON document";
      break;
    case ParseErrorKind::encoding:
      error.message = "not plain UTF-8: invalid bytes, a byte order mark or an unpaired surrogate";
      break;
    case ParseErrorKind::number:
      error.message = "a number is outside the range of 64-bit integers or doubles";
      break;
    case ParseErrorKind::duplicate_key:
      error.path = escape(tape.path());
      error.message = "duplicate key: " + error.path;
      break;
    case ParseErrorKind::too_deep:
      error.message = "nested deeper than " + std::to_string(limits.depth) + " levels";
      break;
    case ParseErrorKind::too_large:
      error.message = "more than " + std::to_string(limits.values) + " values";
      break;
  }
  return std::unexpected(std::move(error));
}

Parser::Parser(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;
Parser::~Parser() = default;

std::expected<Document, ParseError> Parser::parse_padded(std::string_view text) {
  if (text.empty()) return impl_->refuse(ParseErrorKind::syntax);
  if (is_marked_or_wide(text)) return impl_->refuse(ParseErrorKind::encoding);
  simdjson::error_code error = impl_->reserve(text.size());
  if (!error) error = impl_->parser.parse(text.data(), text.size(), false).error();
  if (error) return impl_->refuse(diagnose(error, text));
  const Node* tape = impl_->tape.build(impl_->parser.doc);
  if (tape == nullptr) return impl_->refuse(impl_->tape.fault());
  return Document(tape);
}

std::expected<Document, ParseError> Parser::parse(std::string_view text) {
  impl_->copy.clear();
  impl_->copy.append(text);
  return parse_padded(impl_->copy.view());
}

std::size_t Parser::capacity() const {
  const std::size_t copied = impl_->copy.capacity();
  return std::max(impl_->parser.capacity(), copied - std::min(copied, Buffer::kSlack));
}

void Parser::shrink(std::size_t keep) {
  if (capacity() > keep) impl_ = std::make_unique<Impl>(impl_->limits);
}

}  // namespace gh::json
