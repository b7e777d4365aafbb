#include "jinja/wording.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/text.h"
#include "jinja/characters.h"
#include "jinja/commands.h"
#include "jinja/denials.h"
#include "jinja/lookalikes.h"
#include "jinja/words.h"

namespace gh::jinja {

namespace {

template <std::size_t N>
using Words = std::array<std::string_view, N>;

constexpr Words<45> kDunders = {
    "__class__",        "__bases__",       "__base__",          "__mro__",
    "__subclasses__",   "__globals__",     "__builtins__",      "__builtin__",
    "__import__",       "__init__",        "__dict__",          "__getattribute__",
    "__getattr__",      "__setattr__",     "__delattr__",       "__getitem__",
    "__setitem__",      "__reduce__",      "__reduce_ex__",     "__code__",
    "__func__",         "__self__",        "__module__",        "__call__",
    "__loader__",       "__spec__",        "__name__",          "__qualname__",
    "__doc__",          "__file__",        "__new__",           "__enter__",
    "__exit__",         "__wrapped__",     "__closure__",       "__defaults__",
    "__kwdefaults__",   "__annotations__", "__init_subclass__", "__main__",
    "__path__",         "__package__",     "__weakref__",       "__slots__",
    "__class_getitem__"};

constexpr Words<30> kInternals = {"mro",
                                  "func_globals",
                                  "func_code",
                                  "func_closure",
                                  "func_defaults",
                                  "im_class",
                                  "im_func",
                                  "im_self",
                                  "gi_frame",
                                  "gi_code",
                                  "gi_yieldfrom",
                                  "cr_frame",
                                  "cr_code",
                                  "cr_await",
                                  "ag_frame",
                                  "ag_code",
                                  "tb_frame",
                                  "tb_next",
                                  "f_globals",
                                  "f_locals",
                                  "f_builtins",
                                  "f_code",
                                  "f_back",
                                  "co_code",
                                  "co_consts",
                                  "co_names",
                                  "get_root_render_func",
                                  "environment_class",
                                  "overlay",
                                  "from_string"};

constexpr Words<22> kRunning = {
    "popen",       "popen2",   "check_output", "check_call", "getoutput",     "getstatusoutput",
    "system",      "spawn",    "spawnl",       "spawnv",     "execv",         "execve",
    "execl",       "execfile", "eval",         "exec",       "import_module", "load_module",
    "exec_module", "fork",     "startfile",    "Popen"};

constexpr Words<11> kChanges = {"append", "insert",     "pop",     "remove",  "clear", "extend",
                                "update", "setdefault", "popitem", "reverse", "sort"};

// Methods of str, list and dict: whose names no data has for a key; a dict's, which hide its keys
// where they are written as attributes; and the others.
constexpr Words<19> kMethods = {"append",   "extend",     "insert",   "setdefault",  "popitem",
                                "fromkeys", "startswith", "endswith", "rsplit",      "splitlines",
                                "lstrip",   "rstrip",     "rfind",    "format_map",  "removeprefix",
                                "swapcase", "isdigit",    "isalpha",  "removesuffix"};

constexpr Words<8> kDictMethods = {"items", "keys",   "values", "get",
                                   "pop",   "update", "copy",   "clear"};

constexpr Words<34> kOtherMethods = {
    "capitalize", "casefold", "center",  "count",   "decode",    "encode",    "expandtabs",
    "find",       "format",   "index",   "isalnum", "isascii",   "isdecimal", "islower",
    "isnumeric",  "isspace",  "istitle", "isupper", "join",      "ljust",     "lower",
    "partition",  "remove",   "replace", "reverse", "rindex",    "rjust",     "rpartition",
    "sort",       "split",    "strip",   "title",   "translate", "upper"};

constexpr Words<4> kOwn = {"self", "cycler", "joiner", "lipsum"};

constexpr Words<27> kForeign = {
    "config",      "request", "session", "url_for",     "get_flashed_messages",
    "current_app", "os",      "sys",     "subprocess",  "importlib",
    "builtins",    "socket",  "shutil",  "pickle",      "eval",
    "exec",        "open",    "compile", "getattr",     "setattr",
    "globals",     "locals",  "vars",    "environment", "breakpoint",
    "application", "settings"};

constexpr Words<54> kFilters = {
    "abs",    "attr",       "batch",       "capitalize", "center",   "count",
    "d",      "default",    "dictsort",    "e",          "escape",   "filesizeformat",
    "first",  "float",      "forceescape", "format",     "groupby",  "indent",
    "int",    "items",      "join",        "last",       "length",   "list",
    "lower",  "map",        "max",         "min",        "pprint",   "random",
    "reject", "rejectattr", "replace",     "reverse",    "round",    "safe",
    "select", "selectattr", "slice",       "sort",       "string",   "striptags",
    "sum",    "title",      "tojson",      "trim",       "truncate", "unique",
    "upper",  "urlencode",  "urlize",      "wordcount",  "wordwrap", "xmlattr"};

constexpr Words<19> kSpelling = {"string",   "e",      "escape",    "forceescape", "lower",
                                 "upper",    "trim",   "title",     "capitalize",  "replace",
                                 "center",   "indent", "striptags", "urlencode",   "wordwrap",
                                 "truncate", "urlize", "pprint",    "xmlattr"};

constexpr Words<39> kTests = {
    "boolean",     "callable", "defined", "divisibleby", "eq",   "equalto",   "==",     "escaped",
    "even",        "false",    "filter",  "float",       "ge",   ">=",        "gt",     ">",
    "greaterthan", "in",       "integer", "iterable",    "le",   "<=",        "lt",     "<",
    "lessthan",    "lower",    "mapping", "ne",          "!=",   "none",      "number", "odd",
    "sameas",      "sequence", "string",  "test",        "true", "undefined", "upper"};

constexpr Words<27> kPartNames = {
    "image",     "image_url",   "input_image", "video",      "video_url",   "audio",
    "audio_url", "input_audio", "text",        "input_text", "output_text", "type",
    "content",   "parts",       "role",        "name",       "file",        "thinking",
    "reasoning", "tool_use",    "tool_call",   "tool_calls", "tool_result", "refusal",
    "document",  "none",        "null"};

// What transformers appends where the last message is to be continued.
constexpr std::string_view kContinue = "CONTINUE_FINAL_MESSAGE_TAG";

constexpr Words<35> kInstructions = {"ignore all previous",
                                     "ignore all prior",
                                     "ignore the above",
                                     "ignore the user",
                                     "ignore any previous",
                                     "ignore your previous",
                                     "ignore all safety",
                                     "forget all previous",
                                     "override all previous",
                                     "disregard any",
                                     "disregard your",
                                     "disregard previous",
                                     "disregard all",
                                     "disregard the",
                                     "without telling the user",
                                     "without informing the user",
                                     "without the user knowing",
                                     "without the user's knowledge",
                                     "do not tell the user that",
                                     "do not tell the user about th",
                                     "don't tell the user that",
                                     "don't tell the user about th",
                                     "never tell the user that",
                                     "never tell the user about th",
                                     "do not inform the user",
                                     "do not reveal to the user",
                                     "do not mention this",
                                     "never mention this",
                                     "hide this from the user",
                                     "keep this hidden",
                                     "secretly",
                                     "covertly",
                                     "regardless of what the user",
                                     "exfiltrate",
                                     "whatever the user asks"};

constexpr Words<4> kDropping = {"ignore", "forget", "override", "disregard"};

bool is_invisible(char32_t c) {
  return c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x2064) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
         c == 0x180e || (c >= 0xe0000 && c <= 0xe007f);
}

std::optional<unsigned> sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return std::nullopt;
}

// What base64 says; nothing for bytes that are none.
std::string from_base64(std::string_view text) {
  text = text.substr(0, text.find('='));
  std::string out;
  unsigned bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto six = sextet(text[i]);
    if (!six) return {};
    bits = bits << 6 | *six;
    if (i % 4 != 0) out += static_cast<char>(bits >> (6 - i % 4 * 2) & 0xff);
  }
  return out;
}

// Sentences: chance makes no bytes like these.
bool is_sentence(std::string_view bytes) {
  constexpr std::size_t kShort = 12;
  const auto letters = std::ranges::count_if(bytes, [](char c) { return is_letter(c); });
  return bytes.size() >= kShort && bytes.contains(' ') &&
         static_cast<std::size_t>(letters) * 2 > bytes.size() &&
         std::ranges::all_of(bytes, [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
}

}  // namespace

bool is_dunder(std::string_view name) {
  return name.size() >= 5 && name.starts_with("__") && name.ends_with("__") &&
         std::ranges::all_of(name, is_name_character);
}

bool mentions_dunder(std::string_view text) {
  for (std::size_t at = text.find("__"); at != std::string_view::npos;
       at = text.find("__", at + 1)) {
    const std::string_view rest = text.substr(at);
    for (const std::string_view name : kDunders)
      if (rest.starts_with(name)) return true;
  }
  return false;
}

bool is_internal(std::string_view attribute) {
  return attribute.starts_with('_') || is_one_of(attribute, kInternals);
}

bool runs_code(std::string_view attribute) {
  return is_one_of(attribute, kRunning);
}

bool changes(std::string_view attribute) {
  return is_one_of(attribute, kChanges);
}

bool is_padding(std::string_view attribute) {
  static constexpr Words<6> kPadding = {"center", "ljust",      "rjust",
                                        "zfill",  "expandtabs", "to_bytes"};
  return is_one_of(attribute, kPadding);
}

bool is_formatting(std::string_view attribute) {
  return attribute == "format" || attribute == "format_map";
}

bool does_much(std::string_view attribute) {
  return runs_code(attribute) || changes(attribute) || is_formatting(attribute);
}

bool is_plain_method(std::string_view name) {
  return is_method(name, true) || is_one_of(name, kOtherMethods);
}

bool is_method(std::string_view name, bool attribute) {
  return is_one_of(name, kMethods) || (attribute && is_one_of(name, kDictMethods));
}

bool is_own_object(std::string_view name) {
  return is_one_of(name, kOwn);
}

bool is_foreign(std::string_view name) {
  return is_one_of(name, kForeign);
}

bool names_content(std::string_view attribute) {
  const std::string_view last = attribute.substr(attribute.rfind('.') + 1);
  return last == "content" || last == "text" || last == "reasoning_content";
}

bool names_document_text(std::string_view attribute) {
  static constexpr Words<5> kTexts = {"title", "snippet", "body", "passage", "summary"};
  return is_one_of(attribute, kTexts);
}

bool is_known_filter(std::string_view name) {
  return is_one_of(name, kFilters);
}

bool is_spelling(std::string_view filter) {
  return is_one_of(filter, kSpelling);
}

bool parses_json(std::string_view filter) {
  return filter == "from_json" || filter == "fromjson";
}

bool is_known_test(std::string_view name) {
  return is_one_of(name, kTests);
}

bool asks_for_words(std::string_view test) {
  return test == "upper" || test == "lower" || test == "filter" || test == "test";
}

bool is_wording(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\r"), text.size()));
  text = text.substr(0, text.find_last_not_of(" \t\n\r") + 1);
  if (text.empty() || std::string_view("<[/{|#\\`@$*=-~").contains(text[0])) return false;
  for (const std::string_view marker : {"<|", "|>", "</", "<｜", "｜>", "▁"})
    if (text.contains(marker)) return false;
  if (text == kContinue) return false;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), to_lower);
  if (is_one_of(lower, kPartNames)) return false;
  const auto letters = std::ranges::count_if(text, [](char c) { return is_letter(c); });
  const bool foreign = !std::ranges::all_of(text, is_ascii);
  return letters >= 2 || foreign;
}

bool is_signs(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return is_letter(c) || !is_ascii(c); });
}

bool is_prose(std::string_view text) {
  std::size_t letters = 0;
  std::size_t foreign = 0;
  bool word_before = false;
  bool role = false;
  for (const char c : text) {
    foreign = is_ascii(c) ? 0 : foreign + 1;
    if (foreign >= 12) return true;
    if (is_letter(c)) {
      if (++letters >= 2 && word_before) return true;
      continue;
    }
    const bool word = letters >= 2 && !role;
    word_before = std::string_view(" \t\n\r.,;:!?/-").contains(c) && (word || word_before);
    role = c == '>' || (role && letters == 0);
    letters = 0;
  }
  return false;
}

std::optional<std::size_t> find_encoded(std::string_view text) {
  constexpr std::size_t kLong = 64;
  const auto encoded = [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
  };
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    bool lower = false;
    bool upper = false;
    bool digit = false;
    bool hex = true;
    for (; end < text.size() && encoded(text[end]); ++end) {
      const char c = text[end];
      lower = lower || (c >= 'a' && c <= 'z');
      upper = upper || (c >= 'A' && c <= 'Z');
      digit = digit || is_digit(c);
      hex = hex && (is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'));
    }
    if (end - begin >= kLong && digit && ((lower && upper) || (hex && (lower || upper))))
      return begin;
    const std::string_view run = text.substr(begin, end - begin);
    if (is_sentence(from_base64(run)) || is_sentence(hex ? unhex(run).value_or("") : ""))
      return begin;
    begin = end + 1;
  }
  return std::nullopt;
}

std::optional<std::size_t> find_instruction(std::string_view text) {
  const auto [lower, places] = plain_letters(text);
  const auto place = [&](std::size_t at) { return places.empty() ? at : places[at]; };
  if (const auto at = find_command(lower)) return place(*at);
  std::vector<Word> words;
  const auto forbidden = [&](std::size_t at) {
    if (words.empty()) words = words_of(lower);
    const auto word = std::ranges::lower_bound(words, at, {}, &Word::at);
    return word != words.end() && word->at == at &&
           is_forbidden(words, static_cast<std::size_t>(word - words.begin()));
  };
  for (const std::string_view phrase : kInstructions) {
    const bool drops = is_one_of(phrase.substr(0, phrase.find(' ')), kDropping);
    for (std::size_t at = lower.find(phrase); at != std::string::npos;
         at = lower.find(phrase, at + phrase.size()))
      if (!drops || !forbidden(at)) return place(at);
  }
  return std::nullopt;
}

std::optional<std::size_t> find_invisible(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text.substr(at));
    if (is_invisible(character.code)) return at;
    at += character.size;
  }
  return std::nullopt;
}

}  // namespace gh::jinja
