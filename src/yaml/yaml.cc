#include "yaml/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "yaml/aliases.h"
#include "yaml/source_text.h"

namespace gh::yaml {
namespace {

constexpr std::size_t kMostProblems = 100;

// One libyaml event, freed when it goes.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw_); }

  yaml_event_t* fresh() {
    yaml_event_delete(&raw_);
    raw_ = {};
    return &raw_;
  }
  const yaml_event_t& operator*() const { return raw_; }
  const yaml_event_t* operator->() const { return &raw_; }

 private:
  yaml_event_t raw_{};
};

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

// Our words for the scanner's complaints that people meet most.
std::string explain(std::string_view problem) {
  struct Wording {
    std::string_view theirs;
    std::string_view ours;
  };
  static constexpr std::array<Wording, 12> kWordings = {{
      {"mapping values are not allowed in this context",
       "`:` is not expected here; check the indentation, or quote a text that holds `: `"},
      {"could not find expected ':'", "a `:` is missing after the key"},
      {"did not find expected key",
       "a key is expected here; check the indentation and the quotes above"},
      {"did not find expected '-' indicator", "a list item `- …` is expected here"},
      {"did not find expected ',' or '}'", "`,` or `}` is missing"},
      {"did not find expected ',' or ']'", "`,` or `]` is missing"},
      {"found unexpected end of stream", "the file ends inside a quoted text"},
      {"block sequence entries are not allowed in this context",
       "a list item is not expected here; put the list on the lines below its key"},
      {"found character that cannot start any token",
       "no value can start with this character; quote the text"},
      {"did not find expected alphabetic or numeric character",
       "a name is expected after `&` or `*`; quote the text"},
      {"found unknown escape character",
       "unknown escape; write `\\\\` for a backslash, or use single quotes"},
      {"did not find expected <document start>",
       "nothing more is expected here; check the indentation and the quotes"},
  }};
  for (const Wording& wording : kWordings) {
    if (problem == wording.theirs) return std::string(wording.ours);
  }
  return "not YAML: " + escape(problem);
}

// The name after `tag:yaml.org,2002:` of a tag that says nothing beyond what the form says.
bool is_tag_of_a_plain_type(std::string_view name) {
  static constexpr auto kTypes =
      std::to_array<std::string_view>({"str", "int", "float", "bool", "null", "map", "seq"});
  return std::ranges::find(kTypes, name) != kTypes.end();
}

constexpr std::string_view kStandard = "tag:yaml.org,2002:";

enum class Mode : std::uint8_t { strict, following };

class Builder {
 public:
  Builder(std::string_view text, std::uint32_t file, Mode mode)
      : text_(text, file), following_(mode == Mode::following) {
    read_.problems = text_.problems(following_);
    usable_ = read_.problems.empty() && yaml_parser_initialize(&parser_) != 0;
    if (!usable_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;
  ~Builder() { yaml_parser_delete(&parser_); }

  Documents build() && {
    if (usable_) {
      documents();
      read_.complete = !failed_;
      if (!failed_ && read_.roots.empty()) problem(text_.position(0, 0), "nothing in the file");
    }
    return std::move(read_);
  }

 private:
  // Reads the next event; false at a syntax error, after which nothing more can be read.
  bool next() {
    if (yaml_parser_parse(&parser_, event_.fresh()) != 0) return true;
    const char* what = parser_.problem;
    const Position at = place(parser_.problem_mark);
    std::string message = explain(what == nullptr ? "out of memory" : what);
    const std::size_t opened = place(parser_.context_mark).line;
    if (parser_.context != nullptr && opened < at.line) {
      message += fmt::format(" (see what begins on line {})", opened);
    }
    stop(at, std::move(message));
    return false;
  }

  Position place(const yaml_mark_t& mark) const { return text_.position(mark.line, mark.index); }
  Position here() const { return place(event_->start_mark); }

  void problem(Position at, std::string message) {
    if (read_.problems.size() < kMostProblems) read_.problems.push_back({at, std::move(message)});
  }
  void stop(Position at, std::string message) {
    problem(at, std::move(message));
    failed_ = true;
  }

  void documents() {
    while (!failed_ && next()) {
      switch (event_->type) {
        case YAML_STREAM_START_EVENT:
          break;
        case YAML_DOCUMENT_END_EVENT:
          aliases_.clear();
          dropped_.clear();
          break;
        case YAML_STREAM_END_EVENT:
          return;
        case YAML_DOCUMENT_START_EVENT:
          if (!following_ && !read_.roots.empty())
            stop(here(), "a second document; write everything in one");
          else
            refuse_directives(event_->data.document_start);
          break;
        default:
          if (auto root = node(1); root != nullptr) read_.roots.push_back(std::move(root));
      }
    }
  }

  template <class Start>
  void refuse_directives(const Start& start) {
    const bool tags = start.tag_directives.start != start.tag_directives.end;
    if (tags || (start.version_directive != nullptr && !following_))
      problem(here(), "`%` directives are not accepted; remove them");
  }

  // The node that begins with the current event; null only when stopped.
  std::unique_ptr<Node> node(std::size_t depth) {
    auto made = std::make_unique<Node>();
    made->at = here();
    if (++budget_.nodes > kMaxNodes) return too_much(made->at, NotCopied::too_many);
    if (depth > kMaxDepth) return too_much(made->at, NotCopied::too_deep);
    std::string anchor;
    switch (event_->type) {
      case YAML_SCALAR_EVENT: {
        const auto& scalar = event_->data.scalar;
        anchor = refuse_decoration(scalar.anchor, scalar.tag);
        made->text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        // "!!str 1" is a text.
        made->plain = scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                      (scalar.tag == nullptr || !view(scalar.tag).ends_with(":str"));
        break;
      }
      case YAML_SEQUENCE_START_EVENT:
        anchor =
            refuse_decoration(event_->data.sequence_start.anchor, event_->data.sequence_start.tag);
        made->kind = Kind::sequence;
        items(*made, depth);
        break;
      case YAML_MAPPING_START_EVENT:
        anchor =
            refuse_decoration(event_->data.mapping_start.anchor, event_->data.mapping_start.tag);
        made->kind = Kind::mapping;
        entries(*made, depth);
        break;
      default:
        return aliased(std::move(made), depth);
    }
    if (failed_) return nullptr;
    // Only now that it is whole: an alias inside would lead to itself.
    if (!anchor.empty() && !aliases_.remember(anchor, *made))
      problem(made->at, fmt::format("a second anchor `&{}`; give each a name of its own",
                                    escape(anchor, 64)));
    return made;
  }

  std::unique_ptr<Node> too_much(Position at, NotCopied why) {
    switch (why) {
      case NotCopied::too_many:
        stop(at, fmt::format("more than {} values", kMaxNodes));
        break;
      case NotCopied::too_deep:
        stop(at, fmt::format("nested deeper than {} levels", kMaxDepth));
        break;
      case NotCopied::too_long:
        stop(at, fmt::format("aliases for more than {} bytes", kMaxCopied));
        break;
    }
    return nullptr;
  }

  std::unique_ptr<Node> aliased(std::unique_ptr<Node> made, std::size_t depth) {
    const std::string name(view(event_->data.alias.anchor));
    if (!following_) {
      problem(made->at,
              fmt::format("alias `*{}` is not accepted; write the value out", escape(name, 64)));
    } else if (const Node* node = aliases_.find(name)) {
      auto copied = copy(*node, depth, budget_);
      if (!copied) return too_much(made->at, copied.error());
      return std::move(*copied);
    } else {
      problem(made->at, fmt::format("nothing before it is called `&{}`, or it is not at its end",
                                    escape(name, 64)));
    }
    made->refused = true;
    return made;
  }

  void items(Node& list, std::size_t depth) {
    while (next() && event_->type != YAML_SEQUENCE_END_EVENT) {
      auto item = node(depth + 1);
      if (failed_) return;
      list.items.push_back(std::move(item));
    }
  }

  void entries(Node& mapping, std::size_t depth) {
    std::unordered_map<std::string, Position> seen;
    std::unique_ptr<Node> merged;
    while (next() && event_->type != YAML_MAPPING_END_EVENT) {
      auto key = node(depth + 1);
      if (failed_ || !next()) return;
      auto value = node(depth + 1);
      if (failed_) return;
      if (following_ && is_merge(*key) && merged == nullptr) {
        merged = std::move(value);
      } else if (is_new(*key, seen)) {
        mapping.entries.push_back({key->text, key->at, std::move(value)});
      } else if (following_) {
        read_.left_out.push_back({key->text, key->at, std::move(value)});
      }
      if (following_) dropped_.push_back(std::move(key));  // an anchor may lead there
    }
    if (failed_ || merged == nullptr) return;
    if (merged->kind == Kind::sequence)
      for (const auto& one : merged->items) merge(mapping, *one, seen, depth);
    else
      merge(mapping, *merged, seen, depth);
    dropped_.push_back(std::move(merged));
  }

  bool is_new(const Node& key, std::unordered_map<std::string, Position>& seen) {
    if (!acceptable(key)) return false;
    const auto [first, added] = seen.emplace(key.text, key.at);
    if (!added)
      problem(key.at, fmt::format("duplicate key `{}`; the first is on line {}, keep one of them",
                                  escape(key.text, 64), first->second.line));
    return added;
  }

  static bool is_merge(const Node& key) {
    return key.kind == Kind::scalar && key.plain && key.text == "<<";
  }

  // What a mapping says itself comes first, then the first of several (yaml.org/type/merge.html).
  void merge(Node& into, const Node& from, std::unordered_map<std::string, Position>& seen,
             std::size_t depth) {
    if (failed_ || from.refused) return;
    if (from.kind != Kind::mapping) return problem(from.at, "`<<` takes mappings only");
    for (const Entry& entry : from.entries) {
      if (!seen.emplace(entry.key, entry.key_at).second) continue;
      auto value = copy(*entry.value, depth + 1, budget_);
      if (!value) {
        too_much(from.at, value.error());
        return;
      }
      into.entries.push_back({entry.key, entry.key_at, std::move(*value)});
    }
  }

  // What may be a key. The problem of an alias was told when it was read.
  bool acceptable(const Node& key) {
    if (key.refused) return false;
    if (key.kind != Kind::scalar) {
      problem(key.at, "a key must be plain text, not a list or a mapping");
    } else if (key.text.empty()) {
      problem(key.at, "empty key; write a name before the `:`");
    } else if (is_merge(key)) {
      problem(key.at, following_ ? "a second merge key `<<`; write one with a list"
                                 : "merge key `<<` is not accepted; write the settings out");
    } else {
      return true;
    }
    return false;
  }

  // The anchor's name, where one may be.
  std::string refuse_decoration(const yaml_char_t* anchor, const yaml_char_t* tag) {
    if (anchor != nullptr && !following_) {
      problem(here(),
              fmt::format("anchor `&{}` is not accepted; remove it", escape(view(anchor), 64)));
    }
    if (tag != nullptr) {
      std::string name(view(tag));
      const bool standard = name.starts_with(kStandard);
      if (!following_ || !standard || !is_tag_of_a_plain_type(view(tag).substr(kStandard.size()))) {
        if (following_) read_.tags.push_back(name);
        if (standard) name.replace(0, kStandard.size(), "!!");
        problem(here(), fmt::format("tag `{}` is not accepted; remove it", escape(name, 64)));
      }
    }
    return std::string(following_ ? view(anchor) : std::string_view());
  }

  SourceText text_;
  yaml_parser_t parser_{};
  Event event_;
  Documents read_;
  Budget budget_;
  Aliases aliases_;                             // of this document
  std::vector<std::unique_ptr<Node>> dropped_;  // that it may lead to, and that stand nowhere
  bool following_;
  bool usable_ = false;
  bool failed_ = false;  // nothing more can be read, and what was is incomplete
};

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return entry.value.get();
  }
  return nullptr;
}

bool Node::is_null() const {
  return kind == Kind::scalar && plain && (text.empty() || text == "~" || text == "null");
}

namespace {

Documents read(std::string_view text, std::uint32_t file, Mode mode) {
  if (text.size() > kMaxBytes) {
    Documents none;
    none.problems.push_back({{1, 1, file}, fmt::format("larger than {} bytes", kMaxBytes)});
    return none;
  }
  return Builder(text, file, mode).build();
}

}  // namespace

Tree parse(std::string_view text, std::uint32_t file) {
  Documents documents = read(text, file, Mode::strict);
  Tree tree{.root = nullptr, .problems = std::move(documents.problems)};
  if (documents.complete && !documents.roots.empty())
    tree.root = std::move(documents.roots.front());
  return tree;
}

Documents parse_all(std::string_view text) {
  return read(text, 0, Mode::following);
}

}  // namespace gh::yaml
