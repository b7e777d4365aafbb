#include "openai/stream.h"

#include <algorithm>
#include <utility>

#include "openai/answer.h"
#include "openai/answer_id.h"
#include "openai/response.h"

namespace gh::openai {
namespace {

// An empty tail keeps up to this many bytes, so that a stream whose events do not end with a read
// does not allocate for each of them.
constexpr std::size_t kKeptTail = 2048;

// Events that keep changing their form are not worth learning from each time.
constexpr std::uint32_t kLearnAlways = 4;
constexpr std::uint32_t kLearnEvery = 16;

constexpr std::string_view kDone = "[DONE]";

// The status that an error object claims, and 500 when it does not.
int claimed_status(json::Value error) {
  const auto code = error["code"].int64();
  return code && *code >= 400 && *code <= 599 ? static_cast<int>(*code) : 500;
}

}  // namespace

StreamRewriter::StreamRewriter(const ResponseRules& rules, json::Parser& parser, Way way)
    : rules_(rules),
      parser_(parser),
      meter_(rules.facts.prompts, rules.facts.n, rules.facts.prompt_bound(),
             rules.facts.completion_bound()),
      way_(way) {}

StreamRewriter::State StreamRewriter::feed(std::string_view bytes, std::string& out) {
  while (state_ == State::open) {
    const std::size_t end = bytes.find('\n');
    if (tail_.size() + std::min(end, bytes.size()) > kMaxEvent) {
      invalid("a line is too long");
      break;
    }
    if (end == std::string_view::npos) {
      if (!bytes.empty()) tail_.append(bytes);
      break;
    }
    const std::string_view first = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (tail_.empty()) {
      line(first, bytes.size() >= Buffer::kSlack, out);
      continue;
    }
    tail_.append(first);
    line(tail_.view(), true, out);
    tail_.clear();
    if (tail_.capacity() > kKeptTail) tail_.release();
  }
  if (state_ != State::open) tail_.release();
  return state_;
}

void StreamRewriter::line(std::string_view text, bool padded, std::string& out) {
  constexpr std::string_view kData = "data:";
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) {
    in_event_ = false;
  } else if (text.front() == ':') {
    out += ": keep-alive\n\n";
  } else if (!text.starts_with(kData)) {
    invalid("a line is neither data nor comment");
  } else if (std::exchange(in_event_, true)) {
    invalid("an event has several data lines");
  } else {
    text.remove_prefix(kData.size());
    if (text.starts_with(' ')) text.remove_prefix(1);
    data(text, padded, out);
  }
}

void StreamRewriter::data(std::string_view text, bool padded, std::string& out) {
  if (text == kDone) {
    if (!has_choices_) return invalid("it ended before any choice");
    out += "data: [DONE]\n\n";
    state_ = State::done;
    return;
  }
  ++events_;
  if (known_event(text, out)) return;
  const auto document = padded ? parser_.parse_padded(text) : parser_.parse(text);
  if (!document) return invalid("an event: " + parse_problem(document.error()));
  const json::Value root = document->root();
  if (is_foreign(root)) {
    state_ = State::foreign;
    return;
  }
  const json::Value error = root["error"];
  if (error.exists() && !error.is_null()) return fail(claimed_status(error), text);
  if (const json::Value object = root["object"]; object.is_string() && object.string() == "error") {
    return fail(claimed_status(root), text);
  }
  event(root, text, out);
}

// A stream that had our id has another's events once it has another id, of whatever form.
bool StreamRewriter::is_foreign(json::Value event) {
  if (names_another_request(event, rules_.request_id)) return true;
  const json::Value id = event["id"];
  if (!id.is_string()) return false;
  if (!id_ && !rules_.request_id.empty() && id.string().contains(rules_.request_id)) {
    id_ = id.string();
  }
  return id_ && id.string() != *id_;
}

bool StreamRewriter::known_event(std::string_view text, std::string& out) {
  const auto counts = form_.write(text, std::uint64_t{rules_.facts.prompts} * rules_.facts.n, out);
  if (!counts) return false;
  parsed_in_a_row_ = 0;
  dropped_fields_ += form_dropped_fields_;
  if (form_usage_) {
    form_usage_->completion_tokens = counts->completion_tokens;
    form_usage_->total_tokens = counts->total_tokens;
    if (form_usage_->add_up()) {
      meter_.choice(counts->index, form_usage_);
    } else {
      meter_.choice(counts->index, std::nullopt);
    }
  } else {
    meter_.delta(counts->index);
  }
  return true;
}

void StreamRewriter::event(json::Value event, std::string_view text, std::string& out) {
  const std::size_t before = out.size();
  out += "data: ";
  AnswerWriter writer(out, rules_, meter_, AnswerWriter::Form::event);
  const bool valid = writer.write(event);
  dropped_fields_ += writer.dropped_fields();
  if (!valid) {
    out.resize(before);
    return invalid(writer.problem());
  }
  const bool is_sum = writer.choices() == 0;
  has_choices_ |= !is_sum;
  if (is_sum && !(rules_.facts.wants_usage && writer.wrote_usage())) {
    out.resize(before);
  } else {
    out += "\n\n";
  }
  if (writer.has_text() && (writer.choices() > 1 || !writer.has_usage())) {
    meter_.delta(writer.index());
  }
  learn(writer, text, std::string_view(out).substr(before));
}

void StreamRewriter::learn(const AnswerWriter& event, std::string_view text,
                           std::string_view written) {
  const auto& counts = event.counts();
  ++parsed_in_a_row_;
  const bool worth_it = parsed_in_a_row_ <= kLearnAlways || parsed_in_a_row_ % kLearnEvery == 0;
  const bool counted = event.has_usage() == counts.has_value();
  if (way_ == Way::parsed || !worth_it || !counted || !event.has_text() || event.choices() != 1) {
    return;
  }
  form_.learn(text, written,
              counts ? EventTemplate::Counts{event.index(), counts->completion_tokens,
                                             counts->total_tokens.value_or(0)}
                     : EventTemplate::Counts{event.index()},
              counts.has_value());
  form_usage_ = counts;
  form_dropped_fields_ = event.dropped_fields();
}

void StreamRewriter::fail(int status, std::string_view body) {
  refusal_ = translate_error(status, body);
  problem_ = error_gist(body);
  state_ = State::failed;
}

void StreamRewriter::invalid(std::string problem) {
  problem_ = std::move(problem);
  state_ = State::invalid;
}

void write_error_event(std::string& out, const policy::Refusal& refusal) {
  out += "data: ";
  write_error(out, refusal);
  out += "\n\n";
}

}  // namespace gh::openai
