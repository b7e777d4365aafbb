#pragma once
// Writes one JSON answer, or one event of a stream, anew: the members that the shape lists, checked
// and with the client's model name. Its usage is metered, and comes last. Made for each answer, on
// the stack; allocates nothing unless the answer is refused.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/json.h"
#include "openai/response.h"
#include "openai/usage.h"
#include "vllm/response_shape.h"

namespace gh::openai {

class AnswerWriter {
 public:
  enum class Form : std::uint8_t { whole, event };

  // Appends to `out`, and tells `meter` what the usage counts.
  AnswerWriter(std::string& out, const ResponseRules& rules, UsageMeter& meter, Form form);

  // False when it is not an answer to this request: `problem()` says why, and what was appended is
  // to be thrown away.
  bool write(json::Value answer);

  const std::string& problem() const { return problem_; }
  std::uint32_t dropped_fields() const { return dropped_fields_; }
  bool has_usage() const { return usage_.exists(); }
  bool wrote_usage() const { return wrote_usage_; }
  // What usage on an event with one choice counts; nothing when there is none to be believed.
  const std::optional<UsageMeter::Counts>& counts() const { return counts_; }
  // Choices (or embeddings) in it, the index of the last one, and whether any has text in it.
  std::uint32_t choices() const { return choices_; }
  std::uint32_t index() const { return index_; }
  bool has_text() const { return has_text_; }

 private:
  using Shape = vllm::ResponseShape;

  bool write_top(std::string_view key, const Shape& shape, json::Value value);
  bool write_usage();
  // Whether the counts can be.
  bool meter_usage();
  bool shows_usage() const;
  // Whether every listed member has one of its types.
  bool has_types(const Shape& shape, json::Value object);
  bool write_entries(const Shape& shape, json::Value entries);
  bool write_entry(const Shape& shape, json::Value entry);
  bool write_id(json::Value id);
  bool write_object_name(json::Value name, std::string_view wanted);
  // Any listed value.
  bool copy(const Shape& shape, json::Value value);
  bool copy_one(const Shape& shape, json::Value value);
  bool copy_string(const Shape& shape, json::Value value);
  bool copy_alternatives(const Shape& shape, json::Value list);
  bool copy_embedding(const Shape& shape, json::Value embedding);
  void write_key(const Shape& shape, std::string_view key);
  // `name` is one of ours: where a shape stands for any, the answer's may be what the model wrote,
  // and problems are logged.
  bool fault(std::string_view name, std::string_view what);
  // The shape of a member, or null when it is to be left out.
  const Shape* listed(const Shape& object, std::string_view key, std::size_t& next);

  json::Writer writer_;
  const ResponseRules& rules_;
  UsageMeter& meter_;
  const Form form_;
  const Shape& shape_;
  const Shape* usage_shape_ = nullptr;
  json::Value usage_;  // absent when it has none
  bool wrote_usage_ = false;
  std::optional<UsageMeter::Counts> counts_;
  std::uint32_t choices_ = 0;
  std::uint32_t index_ = 0;
  bool has_text_ = false;
  std::uint32_t dropped_fields_ = 0;
  std::string problem_;
};

}  // namespace gh::openai
