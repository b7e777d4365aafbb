// The JSON of answers and events, member by member in vLLM's order.

#include <fmt/format.h>

#include <iterator>

#include "simulator/generation.h"
#include "simulator/text.h"

namespace gh::simulator {
namespace {

template <class... Args>
void append(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

double logprob(std::uint64_t state) {
  return -0.001 * static_cast<double>(1 + mix(state) % 4000);
}

void write_logprob_token(std::string& out, std::string_view token, double value) {
  out += "{\"token\":";
  quote(out, token);
  append(out, ",\"logprob\":{:.3f},\"bytes\":[", value);
  for (std::size_t i = 0; i < token.size(); ++i) {
    append(out, "{}{}", i == 0 ? "" : ",", static_cast<unsigned char>(token[i]));
  }
  out += ']';
}

// A count as an upstream that lies would give it.
std::string lie(std::string_view kind, std::uint64_t value, std::uint64_t most) {
  if (kind == "negative") return fmt::format("-{}", value + 1);
  if (kind == "huge") return "18446744073709551615";
  if (kind == "text") return fmt::format("\"{}\"", value);
  if (kind == "real") return fmt::format("{}.5", value);
  if (kind == "null") return "null";
  return std::to_string(most - std::min(value, most));  // falling
}

}  // namespace

void Generation::write_usage(std::string& out, std::uint64_t prompt, std::uint64_t completion,
                             UsagePlace place) const {
  if (request_.fault && request_.fault->kind() == Fault::Kind::lying_usage) {
    const std::string_view kind = request_.fault->text("kind", "falling");
    const std::uint64_t most = steps() * choices();
    append(out, "{{\"prompt_tokens\":{},\"total_tokens\":{},\"completion_tokens\":{}}}",
           kind == "falling" ? std::to_string(prompt) : lie(kind, prompt, most),
           lie(kind, prompt + completion, prompt + most), lie(kind, completion, most));
    return;
  }
  append(out, "{{\"prompt_tokens\":{},\"total_tokens\":{},\"completion_tokens\":{}", prompt,
         prompt + completion, completion);
  const bool body = place == UsagePlace::body;
  const bool modern = profile_.modern;
  if (profile_.options.prompt_tokens_details && place != UsagePlace::chunk) {
    append(out, ",\"prompt_tokens_details\":{{\"cached_tokens\":{}", cached_tokens_);
    if (modern && is_chat()) out += ",\"created_cache_tokens\":0";
    if (modern && !is_chat() && body) out += ",\"created_cache_tokens\":null";
    if (modern && body) out += ",\"multimodal_tokens\":null";
    out += '}';
  } else if (body) {
    out += ",\"prompt_tokens_details\":null";
  }
  if (modern && (body || (is_chat() && place == UsagePlace::chunk))) {
    out += ",\"completion_tokens_details\":null";
  }
  out += '}';
}

void Generation::write_chunk_usage(std::string& out, std::size_t index) const {
  if (!request_.continuous_usage) return;
  if (request_.fault && request_.fault->kind() == Fault::Kind::no_usage) return;
  out += ",\"usage\":";
  write_usage(out, request_.prompts[index / request_.n].tokens, sequences_[index].done,
              UsagePlace::chunk);
}

void Generation::write_role(std::string& out, std::size_t index) const {
  out += event_begin_;
  append(out,
         "{{\"index\":{},\"delta\":{{\"role\":\"assistant\",\"content\":\"\"}},\"logprobs\":null,"
         "\"finish_reason\":null}}]",
         index);
  write_chunk_usage(out, index);
  out += profile_.modern ? ",\"prompt_token_ids\":null,\"prompt_text\":null}\n\n" : "}\n\n";
}

void Generation::write_token(std::string& out, std::size_t index) {
  Sequence& sequence = sequences_[index];
  const std::uint32_t token = sequence.done++;
  ++generated_;
  out += event_begin_;
  append(out, "{{\"index\":{},", index);
  if (is_chat()) {
    write_delta(out, sequence, token);
  } else {
    out += "\"text\":";
    std::string echoed;
    if (token == 0 && request_.echo) echoed = request_.prompts[index / request_.n].text;
    quote(out, echoed.append(sequence.piece(token)));
  }
  out += ",\"logprobs\":";
  write_logprobs(out, sequence, token, token + 1);
  sequence.offset += sequence.piece(token).size();
  if (sequence.ended()) {
    write_finish(out, sequence);
  } else {
    out += ",\"finish_reason\":null";
    if (!is_chat()) out += ",\"stop_reason\":null";
  }
  if (profile_.modern) {
    if (!is_chat()) out += ",\"prompt_token_ids\":null";
    out += ",\"token_ids\":null";
  }
  out += "}]";
  write_chunk_usage(out, index);
  if (sequence.ended() && profile_.modern && !request_.include_usage) {
    append(out, ",\"system_fingerprint\":\"{}\"", profile_.fingerprint);
  }
  out += "}\n\n";
}

void Generation::write_delta(std::string& out, const Sequence& sequence,
                             std::uint32_t token) const {
  if (!sequence.tool_call) {
    out += "\"delta\":{\"content\":";
    quote(out, sequence.piece(token));
    out += '}';
  } else if (token == 0) {
    append(out,
           "\"delta\":{{\"content\":null,\"tool_calls\":[{{\"id\":\"chatcmpl-tool-{:016x}\","
           "\"type\":\"function\",\"index\":0,\"function\":{{\"name\":",
           mix(sequence.state));
    quote(out, request_.tool_call->name);
    out += "}}]}";
  } else if (sequence.ended()) {
    out += "\"delta\":{}";
  } else {
    out += "\"delta\":{\"content\":null,\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":";
    quote(out, sequence.piece(token));
    out += "}}]}";
  }
}

void Generation::write_finish(std::string& out, const Sequence& sequence) const {
  const std::string_view reason = sequence.tool_call ? "tool_calls"
                                  : sequence.stopped ? "stop"
                                                     : "length";
  append(out, ",\"finish_reason\":\"{}\",\"stop_reason\":", reason);
  if (sequence.stop_reason.empty()) {
    out += "null";
  } else {
    quote(out, sequence.stop_reason);
  }
}

void Generation::write_final_usage(std::string& out) const {
  out += event_begin_;
  out += "],\"usage\":";
  write_usage(out, request_.prompt_tokens(), generated_, UsagePlace::last_chunk);
  if (profile_.modern) append(out, ",\"system_fingerprint\":\"{}\"", profile_.fingerprint);
  out += "}\n\n";
}

void Generation::write_logprobs(std::string& out, const Sequence& sequence, std::uint32_t from,
                                std::uint32_t to) const {
  if (!request_.logprobs || sequence.tool_call) {
    out += "null";
    return;
  }
  const auto value = [&](std::uint32_t token) { return logprob(sequence.state + token); };
  const auto other = [&](std::uint32_t token, std::uint32_t k) {
    return word(mix(sequence.state + token) + k);
  };
  const auto list = [&](std::string_view name, auto write) {
    append(out, "\"{}\":[", name);
    for (std::uint32_t token = from; token < to; ++token) {
      if (token != from) out += ',';
      write(token);
    }
    out += ']';
  };
  out += '{';
  if (is_chat()) {
    list("content", [&](std::uint32_t token) {
      write_logprob_token(out, sequence.piece(token), value(token));
      out += ",\"top_logprobs\":[";
      for (std::uint32_t k = 0; k < *request_.logprobs; ++k) {
        if (k > 0) out += ',';
        write_logprob_token(out, k == 0 ? sequence.piece(token) : other(token, k),
                            value(token) - k);
        out += '}';
      }
      out += "]}";
    });
  } else {
    std::uint64_t offset = sequence.offset;
    list("text_offset", [&](std::uint32_t token) {
      append(out, "{}", offset);
      offset += sequence.piece(token).size();
    });
    out += ',';
    list("token_logprobs", [&](std::uint32_t token) { append(out, "{:.3f}", value(token)); });
    out += ',';
    list("tokens", [&](std::uint32_t token) { quote(out, sequence.piece(token)); });
    out += ',';
    list("top_logprobs", [&](std::uint32_t token) {
      out += '{';
      quote(out, sequence.piece(token));
      append(out, ":{:.3f}", value(token));
      for (std::uint32_t k = 1; k < *request_.logprobs; ++k) {
        out += ',';
        quote(out, other(token, k));
        append(out, ":{:.3f}", value(token) - k);
      }
      out += '}';
    });
  }
  out += '}';
}

void Generation::write_body(std::string& out) {
  for (Sequence& sequence : sequences_) {
    generated_ += sequence.size;
    sequence.done = sequence.size;
  }
  phase_ = Phase::ended;
  out += "{\"id\":";
  quote(out, id_);
  append(out, ",\"object\":\"{}\",\"created\":{},\"model\":",
         is_chat() ? "chat.completion" : "text_completion", created_);
  quote(out, request_.model);
  out += ",\"choices\":[";
  for (std::size_t i = 0; i < sequences_.size(); ++i) {
    if (i > 0) out += ',';
    write_choice(out, i);
  }
  out += ']';
  if (profile_.modern) {
    append(out, ",\"service_tier\":null,\"system_fingerprint\":\"{}\"", profile_.fingerprint);
  }
  if (!request_.fault || request_.fault->kind() != Fault::Kind::no_usage) {
    out += ",\"usage\":";
    write_usage(out, request_.prompt_tokens(), generated_, UsagePlace::body);
  }
  if (is_chat()) out += ",\"prompt_logprobs\":null";
  if (profile_.modern) {
    if (is_chat()) out += ",\"prompt_token_ids\":null,\"prompt_text\":null";
    out += ",\"kv_transfer_params\":null,\"ec_transfer_params\":null,\"metrics\":null";
  }
  out += '}';
}

void Generation::write_choice(std::string& out, std::size_t index) const {
  const Sequence& sequence = sequences_[index];
  std::string text;
  if (request_.echo) text = request_.prompts[index / request_.n].text;
  for (std::uint32_t token = 0; token < sequence.size; ++token) text += sequence.piece(token);
  append(out, "{{\"index\":{},", index);
  if (is_chat()) {
    write_message(out, sequence, text);
  } else {
    out += "\"text\":";
    quote(out, text);
  }
  out += ",\"logprobs\":";
  write_logprobs(out, sequence, 0, sequence.size);
  write_finish(out, sequence);
  if (profile_.modern) {
    out += ",\"token_ids\":null";
    if (!is_chat()) out += ",\"prompt_logprobs\":null,\"prompt_token_ids\":null";
    out += ",\"routed_experts\":null";
  }
  out += '}';
}

void Generation::write_message(std::string& out, const Sequence& sequence,
                               std::string_view text) const {
  out += "\"message\":{\"role\":\"assistant\",\"content\":";
  if (sequence.tool_call) {
    out += request_.tool_call->named ? "\"\"" : "null";
  } else {
    quote(out, text);
  }
  if (profile_.modern) {
    out += ",\"refusal\":null,\"annotations\":null,\"audio\":null,\"function_call\":null";
  }
  if (sequence.tool_call) {
    append(out,
           ",\"tool_calls\":[{{\"id\":\"chatcmpl-tool-{:016x}\",\"type\":\"function\",\"function\":"
           "{{\"name\":",
           mix(sequence.state));
    quote(out, request_.tool_call->name);
    out += ",\"arguments\":";
    quote(out, text);
    out += "}}]";
  }
  if (profile_.modern) out += ",\"reasoning\":null";
  out += '}';
}

}  // namespace gh::simulator
