#include "simulator/generation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "simulator/text.h"

namespace gh::simulator {
namespace {

// How much of a prompt's end decides the words of its answer; hashing all of a long one costs more
// than answering it.
constexpr std::size_t kSeedBytes = 512;

std::string_view tail(std::string_view text) {
  return text.substr(text.size() - std::min(text.size(), kSeedBytes));
}

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = token_end(text, at);
    tokens.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

// What the hermes parser reads a call from, and what is left of it when it is cut.
std::string raw_text(const ToolCall& call) {
  return fmt::format("<tool_call>\n{{\"name\": \"{}\", \"arguments\": {}}}\n</tool_call>",
                     call.name, call.arguments);
}

}  // namespace

Generation::Generation(GenerationRequest request, const Profile& profile, std::string_view id,
                       std::int64_t created, std::uint64_t cached_tokens)
    : request_(std::move(request)),
      profile_(profile),
      created_(created),
      cached_tokens_(cached_tokens) {
  id_ = is_chat() ? "chatcmpl-" : "cmpl-";
  id_ += id;
  if (request_.stream) {
    event_begin_ = "data: {\"id\":";
    quote(event_begin_, id_);
    event_begin_ +=
        is_chat() ? ",\"object\":\"chat.completion.chunk\"" : ",\"object\":\"text_completion\"";
    event_begin_ += fmt::format(",\"created\":{},\"model\":", created_);
    quote(event_begin_, request_.model);
    event_begin_ += ",\"choices\":[";
  }
  sequences_.reserve(request_.prompts.size() * request_.n);
  for (const Prompt& prompt : request_.prompts) {
    for (std::uint32_t i = 0; i < request_.n; ++i) {
      sequences_.push_back(make_sequence(prompt, sequences_.size()));
    }
  }
  phase_ = is_chat() ? Phase::roles : Phase::tokens;
}

std::string_view Generation::Sequence::piece(std::uint32_t token) const {
  if (pieces.empty()) return word(mix(state + token));
  // Before and after the arguments of a tool call there are tokens without text.
  if (!tool_call) return pieces[token];
  if (token == 0 || token > pieces.size()) return {};
  return pieces[token - 1];
}

Generation::Sequence Generation::make_sequence(const Prompt& prompt, std::uint64_t choice) const {
  Sequence sequence;
  sequence.state =
      text_hash(tail(prompt.text)) ^ mix(request_.seed + choice) ^ text_hash(request_.model);
  const auto room = static_cast<std::uint32_t>(profile_.options.max_model_len - prompt.tokens);
  sequence.size = std::min(request_.max_tokens.value_or(room), room);
  if (!request_.reply.empty()) {
    sequence.pieces = {request_.reply};
    sequence.size = 1;
    sequence.stopped = true;
    return sequence;
  }
  if (request_.tool_call) {
    auto pieces = tokens_of(request_.tool_call->arguments);
    const auto needed = static_cast<std::uint32_t>(pieces.size()) + 2;
    sequence.tool_call = needed <= sequence.size;
    sequence.pieces =
        sequence.tool_call ? std::move(pieces) : tokens_of(raw_text(*request_.tool_call));
    if (sequence.tool_call) sequence.size = needed;
    sequence.size = std::min(sequence.size, needed);
    sequence.stopped = sequence.tool_call;
    return sequence;
  }
  if (request_.fault && request_.fault->kind() == Fault::Kind::stop) {
    const auto asked = static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(request_.fault->number("n", 3), 1, sequence.size));
    sequence.stopped = asked < sequence.size;
    sequence.size = asked;
  }
  if (!request_.stop.empty()) end_at_stop_string(sequence);
  return sequence;
}

void Generation::end_at_stop_string(Sequence& sequence) const {
  std::string text;
  std::vector<std::string> pieces;
  for (std::uint32_t i = 0; i < sequence.size; ++i) {
    const std::string_view piece = sequence.piece(i);
    const std::size_t before = text.size();
    text += piece;
    pieces.emplace_back(piece);
    for (const std::string& stop : request_.stop) {
      // A match ends in this piece: it cannot begin earlier than that.
      const std::size_t from = before - std::min(before, stop.size() - 1);
      const std::size_t at = text.find(stop, from);
      if (at == std::string::npos) continue;
      text.resize(at);
      sequence.stopped = true;
      sequence.stop_reason = stop;
      sequence.size = i + 1;
      // The stop string and what the pieces hold after it are not given out.
      std::size_t left = at;
      for (std::string& p : pieces) {
        p.resize(std::min(p.size(), left));
        left -= p.size();
      }
      sequence.pieces = std::move(pieces);
      return;
    }
  }
}

std::uint64_t Generation::steps() const {
  std::uint32_t most = 0;
  for (const Sequence& sequence : sequences_) most = std::max(most, sequence.size);
  return most;
}

std::uint64_t Generation::stopped() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(sequences_, &Sequence::stopped));
}

Generation::After Generation::next_event(std::string& out) {
  switch (phase_) {
    case Phase::roles:
      write_role(out, cursor_++);
      if (cursor_ == sequences_.size()) {
        cursor_ = 0;
        phase_ = Phase::tokens;
      }
      return After::more;
    case Phase::tokens:
      return next_token(out);
    case Phase::usage:
      write_final_usage(out);
      phase_ = Phase::done_mark;
      return After::more;
    case Phase::done_mark:
    case Phase::ended:
      out += "data: [DONE]\n\n";
      phase_ = Phase::ended;
      return After::end;
  }
  return After::end;
}

Generation::After Generation::next_token(std::string& out) {
  write_token(out, cursor_);
  const auto waiting = [this](std::size_t from) {
    const auto it = std::find_if(sequences_.begin() + static_cast<std::ptrdiff_t>(from),
                                 sequences_.end(), [](const Sequence& s) { return !s.ended(); });
    return static_cast<std::size_t>(it - sequences_.begin());
  };
  // In one step each choice that has not ended gets its token.
  cursor_ = waiting(cursor_ + 1);
  if (cursor_ < sequences_.size()) return After::more;
  cursor_ = waiting(0);
  if (cursor_ < sequences_.size()) return After::step;
  const bool lies = request_.fault && request_.fault->kind() == Fault::Kind::no_usage;
  phase_ = request_.include_usage && !lies ? Phase::usage : Phase::done_mark;
  return After::more;
}

}  // namespace gh::simulator
