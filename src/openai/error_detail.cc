#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "base/siphash.h"
#include "base/text.h"
#include "openai/fields.h"
#include "openai/response.h"
#include "openai/schema_keyword.h"

namespace gh::openai {
namespace {

// Escaping may go over the limit by one escape and "…".
constexpr std::size_t kDetail = 512 - 12;
constexpr std::size_t kMostParsed = 64 << 10;
constexpr std::size_t kMostLookedAt = 2048;

// So many bytes in a row that were sent too are an echo; shorter texts only when they are whole.
constexpr std::size_t kRun = 8;
constexpr std::size_t kShortest = 4;
constexpr std::size_t kMostShort = 1024;   // looked for one by one
constexpr std::size_t kFewestNumbers = 2;  // of a list of token ids

// `width` hexadecimal digits at the beginning, which are removed.
std::optional<std::uint32_t> take_hex(std::string_view& text, std::size_t width) {
  std::uint32_t value = 0;
  const std::string_view digits = text.substr(0, width);
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  const bool whole = digits.size() == width && stop == digits.data() + width;
  if (error != std::errc() || !whole) return std::nullopt;
  text.remove_prefix(width);
  return value;
}

// The `\u5bc6` of JSON, two for what is beyond 16 bits, and the `\xe5` of bytes in Python; behind
// several backslashes where it is JSON within JSON.
bool take_backslashes(std::string_view& text, std::string& out) {
  const auto digits_of = [](std::string_view at, char letter) {
    const std::size_t begin = at.find_first_not_of('\\');
    const bool is_escape = begin != 0 && begin != std::string_view::npos && at[begin] == letter;
    return is_escape ? at.substr(begin + 1) : std::string_view();
  };
  if (std::string_view rest = digits_of(text, 'x'); !rest.empty()) {
    const auto byte = take_hex(rest, 2);
    if (!byte) return false;
    out += static_cast<char>(*byte);
    text = rest;
    return true;
  }
  std::string_view rest = digits_of(text, 'u');
  auto code = rest.empty() ? std::nullopt : take_hex(rest, 4);
  if (!code) return false;
  if (std::string_view low = digits_of(rest, 'u'); *code >> 10 == 0xD800 >> 10 && !low.empty()) {
    if (const auto second = take_hex(low, 4); second && *second >> 10 == 0xDC00 >> 10) {
      code = 0x10000 + ((*code & 0x3FF) << 10 | (*second & 0x3FF));
      rest = low;
    }
  }
  append_utf8(out, *code);
  text = rest;
  return true;
}

// The `&#23494;` and `&#x5bc6;` of HTML.
bool take_reference(std::string_view& text, std::string& out) {
  if (!text.starts_with("&#")) return false;
  const bool hex = text.substr(2).starts_with('x');
  const std::string_view rest = text.substr(hex ? 3 : 2);
  const std::string_view digits = rest.substr(0, std::min<std::size_t>(rest.find(';'), 8));
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  const auto size = static_cast<std::size_t>(stop - digits.data());
  if (error != std::errc() || code > 0x10FFFF || size >= rest.size() || rest[size] != ';')
    return false;
  append_utf8(out, code);
  text = rest.substr(size + 1);
  return true;
}

// A prompt may be repeated as JSON, Python or HTML spell it.
std::string without_escapes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (take_backslashes(text, out) || take_reference(text, out)) continue;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

// What the upstream says about it: nested, {"error":"…"}, {"detail":"…"} or flat; other details
// are taken as they are.
std::string said(std::string_view answer) {
  json::Parser parser;
  if (answer.size() <= kMostParsed) {
    if (const auto document = parser.parse(answer)) {
      const json::Value root = document->root();
      const json::Value error = root["error"];
      for (const json::Value text : {error["message"], error, root["detail"], root["message"]}) {
        if (text.is_string()) return without_escapes(text.string().substr(0, kMostLookedAt));
      }
    }
  }
  return without_escapes(answer.substr(0, kMostLookedAt));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Finds in a text what stands in other texts too, each of which is read once.
class Echoes {
 public:
  explicit Echoes(std::string text) : text_(std::move(text)), echoed_(text_.size()) {
    first_.fill(kNone);
    next_.resize(text_.size(), kNone);
    for (std::size_t at = 0; at + kRun <= text_.size(); ++at) {
      std::uint16_t& first = first_[slot(text_.data() + at)];
      next_[at] = std::exchange(first, static_cast<std::uint16_t>(at));
    }
  }

  void look_for(std::string_view sent) {
    if (sent.size() < kRun) return look_for_short(sent);
    for (std::size_t at = 0; at + kRun <= sent.size(); ++at) {
      const char* const run = sent.data() + at;
      for (std::uint16_t* link = &first_[slot(run)]; *link != kNone;) {
        const std::uint16_t place = *link;
        if (std::memcmp(text_.data() + place, run, kRun) == 0) {
          mark(place, kRun);
          *link = next_[place];  // once is enough: so that all of it is linear
        } else {
          link = &next_[place];
        }
      }
    }
  }

  void look_for_numbers() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t begin = at;
      std::size_t numbers = 0;
      while (at < text_.size() && is_digit(text_[at])) {
        ++numbers;
        while (at < text_.size() && is_digit(text_[at])) ++at;
        while (at < text_.size() && (text_[at] == ',' || text_[at] == ' ')) ++at;
      }
      if (numbers >= kFewestNumbers) mark(begin, at - begin);
      if (at == begin) ++at;
    }
  }

  // The text with "…" in place of each.
  std::string rest() const {
    std::string out;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (!echoed_[at]) {
        out += text_[at];
      } else if (at == 0 || !echoed_[at - 1]) {
        out += "…";
      }
    }
    return out;
  }

 private:
  static constexpr std::uint16_t kNone = 0xFFFF;

  static std::size_t slot(const char* run) {
    std::uint64_t word = 0;
    std::memcpy(&word, run, kRun);
    // Of a secret, so that nobody can send texts whose runs share a slot.
    static const std::uint64_t multiplier = random_sip_key().low | 1;
    return word * multiplier >> 52;
  }

  void mark(std::size_t at, std::size_t size) {
    std::fill_n(echoed_.begin() + static_cast<std::ptrdiff_t>(at), size, true);
  }

  void look_for_short(std::string_view sent) {
    if (sent.size() < kShortest || ++short_ > kMostShort) return;
    for (std::size_t at = text_.find(sent); at != std::string::npos;
         at = text_.find(sent, at + 1)) {
      mark(at, sent.size());
    }
  }

  std::string text_;
  std::vector<bool> echoed_;
  std::array<std::uint16_t, 4096> first_{};  // by hash, the last place of a run; others follow
  std::vector<std::uint16_t> next_;
  std::size_t short_ = 0;
};

// Names and values of the interface itself, inside of what fields.h and schema_keyword.h list.
constexpr std::string_view kInterface[] = {"arguments",    "array",
                                           "assistant",    "boolean",
                                           "content",      "continuous_usage_stats",
                                           "detail",       "developer",
                                           "function",     "id",
                                           "image_url",    "include_usage",
                                           "integer",      "json_object",
                                           "json_schema",  "name",
                                           "null",         "number",
                                           "object",       "parameters",
                                           "reasoning",    "reasoning_content",
                                           "refusal",      "role",
                                           "schema",       "strict",
                                           "string",       "system",
                                           "text",         "tool",
                                           "tool_call_id", "tool_calls",
                                           "url",          "user"};

// A word that says nothing of a client, whoever wrote it.
bool is_of_the_interface(std::string_view word) {
  return std::ranges::find(kInterface, word) != std::end(kInterface) ||
         keyword_of(word) != nullptr ||
         std::ranges::find(fields(), word, &Field::name) != fields().end();
}

// The strings of a JSON text that the gateway wrote, which has no white space between them.
class Strings {
 public:
  explicit Strings(std::string_view json) : json_(json) {}

  // The next, as it is written; false behind the last.
  bool next(std::string_view& text) {
    const std::size_t begin = json_.find('"');
    if (begin == std::string_view::npos) return false;
    for (const char c : json_.substr(0, begin)) {
      if (c == '{' || c == '[') ++depth_;
      if (c == '}' || c == ']') --depth_;
    }
    json_.remove_prefix(begin + 1);
    std::size_t end = json_.find_first_of("\"\\");
    while (end != std::string_view::npos && json_[end] == '\\') {
      end = json_.find_first_of("\"\\", end + 2);
    }
    if (end == std::string_view::npos) return false;
    text = json_.substr(0, end);
    json_.remove_prefix(end + 1);
    return true;
  }
  bool is_key() const { return json_.starts_with(':'); }
  int depth() const { return depth_; }

 private:
  std::string_view json_;
  int depth_ = 0;
};

// Calls `take` with the pieces between escapes of every string that a client may have chosen: all
// but the upstream's name of the model, and what is of the interface among keys, roles and types.
template <class Take>
void each_text(std::string_view json, Take take) {
  Strings strings(json);
  std::string_view key;
  for (std::string_view text; strings.next(text);) {
    const bool is_key = strings.is_key();
    if (is_key) key = text;
    if (!is_key && key == "model" && strings.depth() == 1) continue;
    if ((is_key || key == "role" || key == "type") && is_of_the_interface(text)) continue;
    for (std::size_t escape = text.find('\\'); escape != std::string_view::npos;
         escape = text.find('\\')) {
      take(text.substr(0, escape));
      text.remove_prefix(escape + 2);
    }
    take(text);
  }
}

// What inference servers say of their own failures, in lower case: engine and scheduler,
// memory, devices, and the words between. Nothing that tells anything about a prompt.
constexpr std::string_view kFailureWords =
    " a aborted above access actual after again allocate allocated already an and assertion async "
    "at attempt background bad be been before block blocks broken busy by cache call called "
    "cancelled cannot cause client closed code collective connection context core could crashed "
    "cublas cuda dead device died disconnected distributed driver during encountered engine "
    "enginecore enginedeaderror error errored errors exceeded exception execution executor exited "
    "expected failed failure fatal finished for forward found free from gloo gpu grammar graph "
    "had happen has have hip illegal in input insufficient internal invalid is issue it kernel "
    "killed kv later launch length limit longer loop lost max maximum memory missing model must "
    "nccl never no not occurred of on only operation or out output overloaded parallel please "
    "preempted process prompt rank reached recoverable request requests restart retry returned "
    "root running runtime runtimeerror schedule scheduler schema see server should shutdown "
    "shutting size stack status step stopped stream structured such supported task template "
    "tensor terminated than the this timed timeout to token tokens too torch trace tried try type "
    "unavailable unexpected unexpectedly unknown unrecoverable unsupported valid value valueerror "
    "was while with worker workers ";

bool is_word_of_failures(std::string_view word) {
  if (word.empty() || word.find(' ') != std::string_view::npos) return false;
  std::string spaced = " " + std::string(word) + " ";
  std::ranges::transform(spaced, spaced.begin(), to_lower);
  return kFailureWords.find(spaced) != std::string_view::npos;
}

}  // namespace

std::string error_detail(std::string_view answer, std::string_view sent, std::string_view secret) {
  Echoes echoes(said(answer));
  echoes.look_for(secret);  // before the texts, of which only so many short ones are looked for
  each_text(sent, [&](std::string_view text) { echoes.look_for(text); });
  echoes.look_for_numbers();
  return escape(echoes.rest(), kDetail);
}

std::string error_gist(std::string_view answer) {
  const std::string text = said(answer);
  std::string out;
  bool left_out = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
    const std::string_view token = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t letters = std::min(token.find_first_of(".,:;"), token.size());
    const bool own = is_word_of_failures(token.substr(0, letters)) && token.size() <= letters + 1;
    if (token.empty() || (!own && std::exchange(left_out, true))) continue;
    if (own) left_out = false;
    if (!out.empty()) out += ' ';
    out += own ? token : "…";
  }
  return escape(out, kDetail);
}

}  // namespace gh::openai
