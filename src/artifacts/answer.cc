#include "artifacts/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <map>
#include <optional>

#include "base/text.h"
#include "findings/report.h"
#include "json/json.h"

namespace gh::artifacts {

namespace {

using findings::Examination;
using findings::Finding;
using json::Value;
using json::Writer;

// Longest texts that are taken, in bytes. Evidence is cut to 200 by `Examination`, and a mark.
constexpr std::size_t kMessage = 2000;
constexpr std::size_t kMemberPath = 1200;
constexpr std::size_t kEvidence = 256;
constexpr std::size_t kKind = 100;
constexpr std::size_t kFact = 4096;

// Hexadecimal digits of the mark of a tensor's name, and of the place of its shard.
constexpr int kMark = 16;
constexpr int kPlace = 8;

// Numbers that a file made up may be greater than what the parent reads.
void write_if(Writer& out, std::string_view name, const std::optional<std::uint64_t>& value) {
  if (value) out.key(name).unsigned_integer(std::min<std::uint64_t>(*value, INT64_MAX));
}

void write_findings(Writer& out, const findings::Examination& examination) {
  std::map<const findings::Rule*, std::size_t> written;
  out.key("findings").begin_array();
  for (const Finding& finding : examination.findings()) {
    const std::uint64_t seen = examination.count(*finding.rule);
    const std::size_t kept = findings::Examination::kKeptPerRule;
    out.begin_object();
    out.member("id", finding.rule->id);
    out.member("message",
               ++written[finding.rule] == kept && seen > kept
                   ? fmt::format("{}; {} more of this rule in this file are not listed",
                                 findings::printable(finding.message, kMessage - 100), seen - kept)
                   : findings::printable(finding.message, kMessage));
    out.member("member", finding.member);
    out.member("evidence", finding.evidence);
    write_if(out, "offset", finding.offset);
    write_if(out, "length", finding.length);
    write_if(out, "line", finding.line);
    write_if(out, "column", finding.column);
    out.end_object();
  }
  out.end_array();
}

void write_templates(Writer& out, std::string_view name,
                     const std::vector<hub::TemplateFact>& templates) {
  out.key(name).begin_array();
  for (const hub::TemplateFact& fact : templates) {
    out.begin_object();
    out.member("carrier", escape(fact.carrier, kFact));
    out.member("name", escape(fact.name, kFact));
    out.member("digest", fact.digest);
    out.end_object();
  }
  out.end_array();
}

void write_names(Writer& out, std::string_view name, const std::vector<std::string>& names) {
  out.key(name).begin_array();
  for (const std::string& text : names)
    if (is_utf8(text) && text.size() <= kFact) out.string(text);
  out.end_array();
}

void write_tensor_files(Writer& out, const std::vector<TensorFile>& files) {
  out.key("tensor_files").begin_array();
  for (const TensorFile& file : files) {
    if (!is_utf8(file.name)) continue;
    out.begin_object();
    out.member("name", file.name);
    write_if(out, "end", file.end);
    out.end_object();
  }
  out.end_array();
}

// Each number with its most significant digit first. There can be 200,000 of them.
void append(std::string& digits, std::uint64_t number, int count) {
  std::size_t at = digits.size() + static_cast<std::size_t>(count);
  digits.resize(at);
  for (; count-- > 0; number >>= 4) digits[--at] = "0123456789abcdef"[number & 0xf];
}

void write_marks(Writer& out, const hub::DocumentFacts& document) {
  std::string named;
  named.reserve(document.named.size() * (kMark + kPlace));
  for (const hub::NamedTensor& tensor : document.named) {
    append(named, tensor.name, kMark);
    append(named, tensor.shard, kPlace);
  }
  if (!named.empty()) out.member("named", named);
  if (!document.tensors) return;
  std::string tensors;
  tensors.reserve(document.tensors->size() * kMark);
  for (const std::uint64_t mark : *document.tensors) append(tensors, mark, kMark);
  out.member("tensors", tensors);
}

void write_facts(Writer& out, const Facts& facts) {
  out.key("facts").begin_object();
  out.key("kind").unsigned_integer(static_cast<std::uint64_t>(facts.document.kind));
  write_templates(out, "templates", facts.document.templates);
  write_templates(out, "weight_templates", facts.weight_templates);
  write_if(out, "vocab_size", facts.document.vocab_size);
  write_if(out, "highest_id", facts.document.highest_id);
  write_if(out, "highest_base", facts.document.highest_base);
  write_if(out, "base_tokens", facts.document.base_tokens);
  write_if(out, "end_id", facts.document.end_id);
  if (facts.document.nameless) out.key("nameless").unsigned_integer(1);
  if (facts.document.has_adapter) out.key("has_adapter").unsigned_integer(1);
  write_marks(out, facts.document);
  write_if(out, "embedding_rows", facts.embedding_rows);
  write_names(out, "shards", facts.document.shards);
  write_names(out, "modules", facts.document.modules);
  write_tensor_files(out, facts.tensor_files);
  out.end_object();
}

void write_numbers(Writer& out, std::span<const adapter::ModuleNumbers> numbers) {
  out.key("numbers").begin_array();
  for (const adapter::ModuleNumbers& of_module : numbers) {
    out.begin_object();
    out.member("module", escape(of_module.module, kMemberPath));
    out.key("values").begin_array();
    for (const double value : of_module.values) std::isfinite(value) ? out.real(value) : out.null();
    out.end_array();
    out.end_object();
  }
  out.end_array();
}

// Reads members of the answer; the first that is not as it must be spoils all.
class Reader {
 public:
  explicit Reader(const findings::Catalogue& catalogue) : catalogue_(catalogue) {}

  Answer read(Value root) {
    Answer answer;
    answer.kind = text(root["kind"], kKind);
    answer.bytes_read = number(root["bytes_read"]).value_or(0);
    answer.sha256 = text(root["sha256"], 64);
    good_ &= root["findings"].is_array() && root["facts"].is_object() &&
             root["findings"].size() <= catalogue_.rules().size() * Examination::kKeptPerRule;
    if (!good_) return answer;
    for (const Value finding : root["findings"].elements())
      answer.findings.push_back(read_finding(finding));
    answer.facts = read_facts(root["facts"]);
    answer.numbers = read_numbers(root["numbers"]);
    return answer;
  }
  bool good() const { return good_; }

 private:
  std::string text(Value value, std::size_t limit) {
    if (!value.is_string()) {
      good_ = false;
      return {};
    }
    return findings::printable(value.string(), limit);
  }

  std::optional<std::uint64_t> number(Value value) {
    if (!value.exists()) return std::nullopt;
    const auto integer = value.is_integer() ? value.int64() : std::nullopt;
    if (!integer || *integer < 0) {
      good_ = false;
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(*integer);
  }

  Finding read_finding(Value value) {
    Finding finding;
    finding.rule = catalogue_.find(value["id"].is_string() ? value["id"].string() : "");
    good_ &= finding.rule != nullptr;
    finding.message = text(value["message"], kMessage);
    finding.member = text(value["member"], kMemberPath);
    finding.evidence = text(value["evidence"], kEvidence);
    finding.offset = number(value["offset"]);
    finding.length = number(value["length"]);
    finding.line = number(value["line"]);
    finding.column = number(value["column"]);
    return finding;
  }

  std::vector<hub::TemplateFact> read_templates(Value list) {
    std::vector<hub::TemplateFact> templates;
    good_ &= list.is_array();
    for (const Value value : list.elements()) {
      templates.push_back({.carrier = text(value["carrier"], kFact),
                           .name = text(value["name"], kFact),
                           .digest = text(value["digest"], 64)});
    }
    return templates;
  }

  // Names of files, as they are: they are only compared with others.
  std::vector<std::string> read_names(Value list) {
    std::vector<std::string> names;
    good_ &= list.is_array();
    for (const Value value : list.elements()) {
      good_ &= value.is_string();
      if (value.is_string()) names.emplace_back(value.string());
    }
    return names;
  }

  std::vector<TensorFile> read_tensor_files(Value list) {
    std::vector<TensorFile> files;
    good_ &= list.is_array();
    for (const Value value : list.elements()) {
      const Value name = value["name"];
      good_ &= name.is_string();
      files.push_back({.name = std::string(name.is_string() ? name.string() : ""),
                       .end = number(value["end"]).value_or(0)});
    }
    return files;
  }

  // Numbers of that many hexadecimal digits each, in turn.
  std::vector<std::uint64_t> read_digits(Value value, std::initializer_list<int> widths) {
    std::vector<std::uint64_t> numbers;
    std::string_view digits = value.is_string() ? value.string() : std::string_view();
    good_ &= value.is_string();
    while (good_ && !digits.empty()) {
      for (const int width : widths) {
        const std::string_view one = digits.substr(0, static_cast<std::size_t>(width));
        std::uint64_t& number = numbers.emplace_back();
        const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), number, 16);
        good_ &= error == std::errc() && end == one.data() + width;
        digits.remove_prefix(one.size());
      }
    }
    return numbers;
  }

  void read_marks(Value value, hub::DocumentFacts& document) {
    if (const Value named = value["named"]; named.exists()) {
      const std::vector<std::uint64_t> numbers = read_digits(named, {kMark, kPlace});
      for (std::size_t i = 0; i + 1 < numbers.size(); i += 2)
        document.named.push_back(
            {.name = numbers[i], .shard = static_cast<std::uint32_t>(numbers[i + 1])});
    }
    if (const Value tensors = value["tensors"]; tensors.exists())
      document.tensors = read_digits(tensors, {kMark});
  }

  std::vector<adapter::ModuleNumbers> read_numbers(Value list) {
    std::vector<adapter::ModuleNumbers> numbers;
    good_ &= list.is_array();
    for (const Value value : list.elements()) {
      adapter::ModuleNumbers& of_module = numbers.emplace_back();
      of_module.module = text(value["module"], kMemberPath);
      good_ &= value["values"].size() == adapter::kNumbers;
      std::size_t at = 0;
      for (const Value number : value["values"].elements()) {
        if (at == adapter::kNumbers) break;
        of_module.values[at++] = number.is_number() ? number.number() : std::nan("");
      }
    }
    return numbers;
  }

  Facts read_facts(Value value) {
    Facts facts;
    const std::uint64_t kind = number(value["kind"]).value_or(0);
    good_ &= kind <= static_cast<std::uint64_t>(hub::DocumentKind::code);
    if (good_) facts.document.kind = static_cast<hub::DocumentKind>(kind);
    facts.document.templates = read_templates(value["templates"]);
    facts.weight_templates = read_templates(value["weight_templates"]);
    facts.document.vocab_size = number(value["vocab_size"]);
    facts.document.highest_id = number(value["highest_id"]);
    facts.document.highest_base = number(value["highest_base"]);
    facts.document.base_tokens = number(value["base_tokens"]);
    facts.document.end_id = number(value["end_id"]);
    facts.document.nameless = number(value["nameless"]).has_value();
    facts.document.has_adapter = number(value["has_adapter"]).has_value();
    read_marks(value, facts.document);
    facts.embedding_rows = number(value["embedding_rows"]);
    facts.document.shards = read_names(value["shards"]);
    facts.document.modules = read_names(value["modules"]);
    facts.tensor_files = read_tensor_files(value["tensor_files"]);
    return facts;
  }

  const findings::Catalogue& catalogue_;
  bool good_ = true;
};

}  // namespace

std::string write_answer(const findings::Examination& examination, std::uint64_t bytes_read,
                         std::string_view sha256, const Facts& facts,
                         std::span<const adapter::ModuleNumbers> numbers) {
  std::string text;
  Writer out(text);
  out.begin_object();
  out.member("kind", examination.kind());
  out.key("bytes_read").unsigned_integer(bytes_read);
  out.member("sha256", sha256);
  write_findings(out, examination);
  write_facts(out, facts);
  write_numbers(out, numbers);
  out.end_object();
  return text;
}

Result<Answer> read_answer(std::string_view text, const findings::Catalogue& catalogue) {
  json::Parser parser({.depth = 8, .values = 1'000'000});
  const auto document = parser.parse(text);
  if (!document) return fail("{}", document.error().message);
  Reader reader(catalogue);
  Answer answer = reader.read(document->root());
  if (!reader.good()) return fail("it is not what an examiner says");
  return answer;
}

}  // namespace gh::artifacts
