#include "openai/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

using vllm::Endpoint;
using vllm::Kind;
using vllm::Part;

constexpr std::size_t kLongestId = 128;

struct Names {
  std::string_view object;        // of a whole answer
  std::string_view event_object;  // of an event
  std::string_view entries;       // the array with one entry for each choice or input
  std::string_view fallback_id;
};

const Names& names(Endpoint endpoint) {
  static constexpr Names kNames[] = {
      {"chat.completion", "chat.completion.chunk", "choices", "chatcmpl-0"},
      {"text_completion", "text_completion", "choices", "cmpl-0"},
      {"list", "", "data", "embd-0"},
  };
  return kNames[std::to_underlying(endpoint)];
}

bool is_safe_id(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

bool is_finish_reason(std::string_view reason) {
  static constexpr std::string_view kReasons[] = {"stop",  "length", "tool_calls", "content_filter",
                                                  "abort", "error",  "repetition"};
  return std::ranges::find(kReasons, reason) != std::end(kReasons);
}

std::uint64_t expected_entries(const ResponseRules& rules) {
  return std::uint64_t{rules.facts.prompts} * rules.facts.n;
}

}  // namespace

AnswerWriter::AnswerWriter(std::string& out, const ResponseRules& rules, UsageMeter& meter,
                           Form form)
    : writer_(out),
      rules_(rules),
      meter_(meter),
      form_(form),
      shape_(form == Form::whole ? rules.surface->body[std::to_underlying(rules.endpoint)]
                                 : rules.surface->event[std::to_underlying(rules.endpoint)]) {}

bool AnswerWriter::write(json::Value answer) {
  if (!answer.is_object()) return fault("the answer", "is no object");
  bool has_object = false;
  bool has_entries = false;
  writer_.begin_object();
  std::size_t next = 0;
  for (const auto [key, value] : answer.members()) {
    const Shape* shape = listed(shape_, key, next);
    if (shape == nullptr) continue;
    has_object |= shape->part == Part::object;
    has_entries |= shape->part == Part::entries;
    if (!write_top(key, *shape, value)) return false;
  }
  if (!has_object) return fault("object", "is missing");
  if (!has_entries) return fault(names(rules_.endpoint).entries, "is missing");
  if (usage_.exists() && !write_usage()) return false;
  writer_.end_object();
  return true;
}

bool AnswerWriter::write_top(std::string_view key, const Shape& shape, json::Value value) {
  const Names& expected = names(rules_.endpoint);
  if (shape.part == Part::entries) return write_entries(shape, value);
  if (shape.part == Part::id) return write_id(value);
  if (shape.part == Part::object) {
    return write_object_name(value, form_ == Form::whole ? expected.object : expected.event_object);
  }
  if (shape.kind == Kind::usage) {
    if (value.is_null()) return true;
    if (!value.is_object()) return fault(shape.name, "is no object");
    usage_ = value;
    usage_shape_ = &shape;
    return true;
  }
  write_key(shape, key);
  return copy(shape, value);
}

bool AnswerWriter::write_usage() {
  const bool believed = meter_usage();
  if (!shows_usage()) return true;
  // Counts that cannot be are charged in full, and told to nobody.
  if (!believed) return has_types(*usage_shape_, usage_);
  wrote_usage_ = true;
  writer_.quoted_key(usage_shape_->quoted);
  return copy_one(*usage_shape_, usage_);
}

bool AnswerWriter::meter_usage() {
  if (form_ == Form::whole || choices_ == 0) return meter_.sum(usage_, has_text_);
  if (choices_ > 1) return false;  // of which of them?
  counts_ = UsageMeter::read(usage_);
  if (meter_.choice(index_, counts_)) return true;
  counts_.reset();
  return false;
}

// On an event with choices it is there because the gateway asked for it.
bool AnswerWriter::shows_usage() const {
  return form_ == Form::whole || choices_ == 0 ||
         (rules_.facts.wants_usage && rules_.facts.wants_continuous_usage);
}

bool AnswerWriter::has_types(const Shape& shape, json::Value object) {
  std::size_t next = 0;
  for (const auto [key, value] : object.members()) {
    const Shape* field = listed(shape, key, next);
    if (field != nullptr && !field->accepts(value.type())) {
      return fault(field->name, "has another type");
    }
  }
  return true;
}

bool AnswerWriter::write_entries(const Shape& shape, json::Value entries) {
  const std::string_view name = names(rules_.endpoint).entries;
  if (!entries.is_array()) return fault(name, "is no array");
  const std::uint64_t expected = expected_entries(rules_);
  if (form_ == Form::whole ? entries.size() != expected : entries.size() > expected) {
    return fault(name, fmt::format("has {} entries for {}", entries.size(), expected));
  }
  // Each index once. A single entry needs no book-keeping.
  std::vector<bool> seen(entries.size() > 1 ? expected : 0);
  writer_.quoted_key(shape.quoted).begin_array();
  for (const json::Value entry : entries.elements()) {
    if (!write_entry(shape, entry)) return false;
    if (!seen.empty()) {
      if (seen[index_]) return fault("index", "is there twice");
      seen[index_] = true;
    }
    ++choices_;
  }
  writer_.end_array();
  return true;
}

bool AnswerWriter::write_entry(const Shape& shape, json::Value entry) {
  if (!entry.is_object()) return fault("an entry", "is no object");
  bool has_index = false;
  bool has_content = false;
  writer_.begin_object();
  std::size_t next = 0;
  for (const auto [key, value] : entry.members()) {
    const Shape* member = listed(shape, key, next);
    if (member == nullptr) continue;
    if (member->part == Part::index) {
      const auto index = value.int64();
      if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= expected_entries(rules_)) {
        return fault("index", "is none of this request");
      }
      index_ = static_cast<std::uint32_t>(*index);
      has_index = true;
    } else if (member->part == Part::content) {
      if (value.is_null()) return fault(member->name, "is null");
      has_content = true;
    } else if (member->part == Part::logprobs && !rules_.facts.alternatives) {
      writer_.quoted_key(member->quoted).null();
      continue;
    } else if (member->part == Part::object) {
      if (!write_object_name(value, "embedding")) return false;
      continue;
    }
    write_key(*member, key);
    if (!copy(*member, value)) return false;
  }
  writer_.end_object();
  if (!has_index) return fault("index", "is missing");
  if (!has_content) return fault("an entry", "has no content");
  return true;
}

bool AnswerWriter::write_id(json::Value id) {
  if (!id.is_string()) return fault("id", "is no string");
  writer_.member("id", is_safe_id(id.string()) ? id.string() : names(rules_.endpoint).fallback_id);
  return true;
}

bool AnswerWriter::write_object_name(json::Value name, std::string_view wanted) {
  if (!name.is_string() || name.string() != wanted) return fault("object", "is another");
  writer_.member("object", wanted);
  return true;
}

bool AnswerWriter::copy(const Shape& shape, json::Value value) {
  if (!shape.array) return copy_one(shape, value);
  if (value.is_null()) {
    writer_.null();
    return true;
  }
  if (!value.is_array()) return fault(shape.name, "is no array");
  if (shape.part == Part::alternatives) return copy_alternatives(shape, value);
  writer_.begin_array();
  for (const json::Value element : value.elements()) {
    if (!copy_one(shape, element)) return false;
  }
  writer_.end_array();
  return true;
}

// Of one token in chat; for completions a list with those of each token, under their texts and
// together with its own. What is beyond the number that was asked for is left out.
bool AnswerWriter::copy_alternatives(const Shape& shape, json::Value list) {
  const std::size_t asked = rules_.facts.alternatives.value_or(0);
  const bool of_one = rules_.endpoint == Endpoint::chat;
  std::size_t count = 0;
  writer_.begin_array();
  for (const json::Value element : list.elements()) {
    if (of_one && count++ >= asked) {
      ++dropped_fields_;
      continue;
    }
    if (of_one || !element.is_object()) {
      if (!copy_one(shape, element)) return false;
      continue;
    }
    count = 0;
    writer_.begin_object();
    for (const auto [text, logprob] : element.members()) {
      if (count++ > asked) {
        ++dropped_fields_;
        continue;
      }
      writer_.key(text);
      if (!copy_one(shape.members.front(), logprob)) return false;
    }
    writer_.end_object();
  }
  writer_.end_array();
  return true;
}

bool AnswerWriter::copy_one(const Shape& shape, json::Value value) {
  if (!shape.accepts(value.type())) return fault(shape.name, "has another type");
  if (value.is_null() && shape.kind != Kind::model) {
    writer_.null();
    return true;
  }
  switch (shape.kind) {
    case Kind::object:
    case Kind::usage: {
      writer_.begin_object();
      std::size_t next = 0;
      for (const auto [key, member] : value.members()) {
        const Shape* field = listed(shape, key, next);
        if (field == nullptr) continue;
        write_key(*field, key);
        if (!copy(*field, member)) return false;
      }
      writer_.end_object();
      return true;
    }
    case Kind::model:
      writer_.string(rules_.client_model);
      return true;
    case Kind::text:
      has_text_ |= !value.string().empty();
      writer_.string(value.string());
      return true;
    case Kind::string:
      return copy_string(shape, value);
    case Kind::natural: {
      const auto number = value.int64();
      if (!number || *number < 0 || *number > shape.most)
        return fault(shape.name, "is out of range");
      writer_.integer(*number);
      return true;
    }
    case Kind::embedding:
      return copy_embedding(shape, value);
    default:
      break;
  }
  writer_.value(value);
  return true;
}

bool AnswerWriter::copy_string(const Shape& shape, json::Value value) {
  const std::string_view text = value.string();
  if (shape.part == Part::finish_reason && !is_finish_reason(text)) {
    return fault(shape.name, "is an unknown one");
  }
  if (shape.part == Part::role && text != "assistant")
    return fault(shape.name, "is not the assistant");
  if (shape.part == Part::type && text != "function") return fault(shape.name, "is no function");
  writer_.string(text);
  return true;
}

// Numbers are given whatever was asked for; OpenAI's SDKs ask for base64 and take both.
bool AnswerWriter::copy_embedding(const Shape& shape, json::Value embedding) {
  if (embedding.is_string()) {
    const std::string_view text = embedding.string();
    if (!rules_.facts.wants_base64)
      return fault(shape.name, "is a string, which was not asked for");
    if (text.empty() || !is_base64(text)) return fault(shape.name, "is no base64");
    writer_.string(text);
    return true;
  }
  if (embedding.size() == 0) return fault(shape.name, "is empty");
  for (const json::Value number : embedding.elements()) {
    if (!number.is_number()) return fault(shape.name, "has something else than numbers");
  }
  writer_.value(embedding);
  return true;
}

void AnswerWriter::write_key(const Shape& shape, std::string_view key) {
  if (shape.quoted.empty()) {
    writer_.key(key);  // it stands for any name
  } else {
    writer_.quoted_key(shape.quoted);
  }
}

bool AnswerWriter::fault(std::string_view name, std::string_view what) {
  problem_ = fmt::format("{}: {} {}", vllm::name(rules_.endpoint), name, what);
  return false;
}

const vllm::ResponseShape* AnswerWriter::listed(const Shape& object, std::string_view key,
                                                std::size_t& next) {
  const Shape* shape = object.find(key, next);
  if (shape == nullptr) {
    ++dropped_fields_;
    return nullptr;
  }
  return shape->kind == Kind::drop ? nullptr : shape;
}

}  // namespace gh::openai
