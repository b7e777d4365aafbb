#include "yaml/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <array>
#include <unordered_map>
#include <utility>

#include "base/text.h"
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

class Builder {
 public:
  Builder(std::string_view text, std::uint32_t file) : text_(text, file) {
    tree_.problems = text_.problems();
    usable_ = tree_.problems.empty() && yaml_parser_initialize(&parser_) != 0;
    if (!usable_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;
  ~Builder() { yaml_parser_delete(&parser_); }

  Tree build() && {
    if (usable_) {
      std::unique_ptr<Node> root = document();
      if (!failed_) tree_.root = std::move(root);
      if (!failed_ && tree_.root == nullptr) problem(text_.position(0, 0), "nothing in the file");
    }
    return std::move(tree_);
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
    if (tree_.problems.size() < kMostProblems) tree_.problems.push_back({at, std::move(message)});
  }
  void stop(Position at, std::string message) {
    problem(at, std::move(message));
    failed_ = true;
  }

  std::unique_ptr<Node> document() {
    std::unique_ptr<Node> root;
    while (next()) {
      switch (event_->type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
          break;
        case YAML_STREAM_END_EVENT:
          return root;
        case YAML_DOCUMENT_START_EVENT:
          if (root != nullptr) {
            stop(here(), "a second document; write everything in one");
            return nullptr;
          }
          if (event_->data.document_start.version_directive != nullptr ||
              event_->data.document_start.tag_directives.start !=
                  event_->data.document_start.tag_directives.end) {
            problem(here(), "`%` directives are not accepted; remove them");
          }
          break;
        default:
          root = node(1);
          if (failed_) return nullptr;
      }
    }
    return nullptr;
  }

  // The node that begins with the current event; null only when stopped.
  std::unique_ptr<Node> node(std::size_t depth) {
    auto made = std::make_unique<Node>();
    made->at = here();
    if (++nodes_ > kMaxNodes) {
      stop(made->at, fmt::format("more than {} values", kMaxNodes));
      return nullptr;
    }
    if (depth > kMaxDepth) {
      stop(made->at, fmt::format("nested deeper than {} levels", kMaxDepth));
      return nullptr;
    }
    switch (event_->type) {
      case YAML_SCALAR_EVENT: {
        const auto& scalar = event_->data.scalar;
        refuse_decoration(scalar.anchor, scalar.tag);
        made->text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        made->plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
        break;
      }
      case YAML_SEQUENCE_START_EVENT:
        refuse_decoration(event_->data.sequence_start.anchor, event_->data.sequence_start.tag);
        made->kind = Kind::sequence;
        items(*made, depth);
        break;
      case YAML_MAPPING_START_EVENT:
        refuse_decoration(event_->data.mapping_start.anchor, event_->data.mapping_start.tag);
        made->kind = Kind::mapping;
        entries(*made, depth);
        break;
      default:
        problem(made->at, fmt::format("alias `*{}` is not accepted; write the value out",
                                      escape(view(event_->data.alias.anchor), 64)));
        made->refused = true;
    }
    if (failed_) return nullptr;
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
    while (next() && event_->type != YAML_MAPPING_END_EVENT) {
      const auto key = node(depth + 1);
      if (failed_ || !next()) return;
      auto value = node(depth + 1);
      if (failed_) return;
      if (!acceptable(*key)) continue;
      const auto [first, is_new] = seen.emplace(key->text, key->at);
      if (is_new) {
        mapping.entries.push_back({std::move(key->text), key->at, std::move(value)});
      } else {
        problem(key->at, fmt::format("duplicate key `{}`; the first is on line {}",
                                     escape(key->text, 64), first->second.line));
      }
    }
  }

  // What may be a key. The problem of an alias was told when it was read.
  bool acceptable(const Node& key) {
    if (key.refused) return false;
    if (key.kind != Kind::scalar) {
      problem(key.at, "a key must be plain text, not a list or a mapping");
    } else if (key.text.empty()) {
      problem(key.at, "empty key; write a name before the `:`");
    } else if (key.plain && key.text == "<<") {
      problem(key.at, "merge key `<<` is not accepted; write the settings out");
    } else {
      return true;
    }
    return false;
  }

  void refuse_decoration(const yaml_char_t* anchor, const yaml_char_t* tag) {
    if (anchor != nullptr) {
      problem(here(),
              fmt::format("anchor `&{}` is not accepted; remove it", escape(view(anchor), 64)));
    }
    if (tag != nullptr) {
      constexpr std::string_view kStandard = "tag:yaml.org,2002:";
      std::string name(view(tag));
      if (name.starts_with(kStandard)) name.replace(0, kStandard.size(), "!!");
      problem(here(), fmt::format("tag `{}` is not accepted; remove it", escape(name, 64)));
    }
  }

  SourceText text_;
  yaml_parser_t parser_{};
  Event event_;
  Tree tree_;
  std::size_t nodes_ = 0;
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

Tree parse(std::string_view text, std::uint32_t file) {
  if (text.size() > kMaxBytes) {
    Tree tree;
    tree.problems.push_back({{1, 1, file}, fmt::format("larger than {} bytes", kMaxBytes)});
    return tree;
  }
  return Builder(text, file).build();
}

}  // namespace gh::yaml
