#include "artifacts/git.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "archive/deflated.h"
#include "archive/zip.h"
#include "artifacts/container.h"
#include "artifacts/container_rules.h"
#include "artifacts/git_pack.h"
#include "artifacts/git_tables.h"
#include "artifacts/kind.h"
#include "artifacts/kind_rules.h"
#include "artifacts/kind_tar.h"
#include "artifacts/system_rules.h"
#include "base/text.h"
#include "hub/code.h"
#include "hub/code_rules.h"
#include "hub/git.h"
#include "source/bytes.h"

namespace gh::artifacts {

namespace {

constexpr std::uint64_t kMostText = std::uint64_t{16} << 20;  // of logs and hooks, in bytes

// The place of one file, and what its last folders are called.
struct Place {
  std::vector<std::string_view> parts;

  explicit Place(std::string_view place) : parts(split(place, '/')) {}

  std::string_view name() const { return parts.back(); }
  std::string_view folder() const { return parts.size() < 2 ? "" : parts[parts.size() - 2]; }
  // In a folder of that name, or below one.
  bool below(std::string_view name) const {
    return std::ranges::find(parts.begin(), parts.end() - 1, name) != parts.end() - 1;
  }
  bool is_object() const {
    return parts.size() >= 3 && parts[parts.size() - 3] == "objects" && folder().size() == 2 &&
           is_digest(std::string(folder()) + std::string(name()));
  }
  bool is_hook() const { return folder() == "hooks"; }
};

// "blob 12" and NUL, then as many bytes.
struct Header {
  std::string kind;
  std::uint64_t begin = 0;  // of the content
};

std::optional<Header> object_header(source::Source& content) {
  constexpr std::size_t kLongest = 32;
  const std::string head = bytes_at(content, 0, kLongest);
  const std::size_t space = head.find(' ');
  const std::size_t end = head.find('\0');
  if (space == std::string::npos || end == std::string::npos || end < space) return std::nullopt;
  const std::string kind = head.substr(0, space);
  if (kind != "blob" && kind != "tree" && kind != "commit" && kind != "tag") return std::nullopt;
  std::uint64_t size = 0;
  const char* const last = head.data() + end;
  const auto [stop, error] = std::from_chars(head.data() + space + 1, last, size);
  if (error != std::errc() || stop != last || (head[space + 1] == '0' && end != space + 2))
    return std::nullopt;
  if (content.size() != end + 1 + size) return std::nullopt;
  return Header{kind, end + 1};
}

// Entries of a folder: mode, name, NUL, and the digest of each.
bool is_tree(std::string_view bytes, std::size_t digest) {
  while (!bytes.empty()) {
    const std::size_t space = bytes.find(' ');
    const std::size_t end = bytes.find('\0');
    if (space == std::string_view::npos || end == std::string_view::npos || end <= space + 1 ||
        space > 6 || bytes.size() < end + 1 + digest)
      return false;
    const std::string_view mode = bytes.substr(0, space);
    const std::string_view name = bytes.substr(space + 1, end - space - 1);
    if (!std::ranges::all_of(mode, [](char c) { return c >= '0' && c <= '7'; }) ||
        name.contains('/') || name == "." || name == ".." || equals_ignoring_case(name, ".git"))
      return false;
    bytes.remove_prefix(end + 1 + digest);
  }
  return true;
}

// What a commit or a tag begins with.
bool is_of(std::string_view bytes, std::string_view word) {
  if (!bytes.starts_with(word)) return false;
  const std::size_t end = bytes.find('\n');
  return end != std::string_view::npos && is_digest(bytes.substr(word.size(), end - word.size()));
}

bool examine_content(source::Source& content, std::size_t digest, Context& context) {
  const auto header = object_header(content);
  if (!header) return false;
  const std::uint64_t size = content.size() - header->begin;
  if (size > kSmallMember) {
    if (header->kind != "blob") return false;
    source::Slice bytes(content, header->begin, size);
    return examine_blob(bytes, "blob", context), true;
  }
  const std::string bytes = bytes_at(content, header->begin, size);
  if (bytes.size() != size) return false;
  if (header->kind == "tree") return is_tree(bytes, digest);
  if (header->kind == "commit") return is_of(bytes, "tree ");
  if (header->kind == "tag") return is_of(bytes, "object ");
  source::MemorySource memory(bytes);
  return examine_blob(memory, "blob", context), true;
}

void examine_object(source::Source& source, const Place& place, Context& context) {
  const std::size_t digest = (place.folder().size() + place.name().size()) / 2;
  bool recognised = false;
  context.examination.set_kind("object of git");
  archive::for_deflated(source, context.examination, [&](source::Source& content) {
    recognised = examine_content(content, digest, context);
    if (!recognised) examine_member(content, "(content)", context);
  });
  if (!recognised)
    context.examination.add(kRefusedContainer, "is a zlib-compressed file, and no object of git");
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Up to `end`, which is taken as well; nothing where it does not come.
std::optional<std::string_view> take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at + 1);
  return part;
}

// A digest, or "ref: refs/heads/main": of the characters that git allows there only those that
// neither a shell nor a template acts upon.
bool is_reference(std::string_view line) {
  constexpr std::string_view kOther = "ref: refs/";
  return is_digest(line) ||
         (line.starts_with(kOther) && std::ranges::all_of(line.substr(kOther.size()), [](char c) {
            return is_letter(c) || is_digit(c) || std::string_view("._/+@-").contains(c);
          }));
}

// What stands in brackets: "initial" of a commit, "#12" of a merge. Zsh runs some others.
bool is_quiet_word(std::string_view word) {
  const bool number = word.starts_with('#');
  return word.size() > (number ? 1 : 0) &&
         std::ranges::all_of(word.substr(number ? 1 : 0), number ? is_digit : is_letter);
}

// Words that somebody wrote, and that no shell runs.
bool is_quiet(std::string_view text) {
  if (text.find_first_of(";&|$`<>\\{}\r") != std::string_view::npos) return false;
  while (const auto before = take_until(text, '(')) {
    const auto word = take_until(text, ')');
    if (before->contains(')') || !word || !is_quiet_word(*word)) return false;
  }
  return !text.contains(')');
}

// Two digests, who, when and where; then what was done.
template <bool quiet>
bool is_log_line(std::string_view line) {
  const auto before = take_until(line, ' ');
  const auto after = take_until(line, ' ');
  const auto who = take_until(line, '<');
  const auto address = take_until(line, '>');
  if (!before || !after || !who || !address || !is_digest(*before) || !is_digest(*after) ||
      !line.starts_with(' ') ||
      (quiet && !(is_quiet(*who) && is_quiet(*address) && is_quiet(line))))
    return false;
  line.remove_prefix(1);
  const auto seconds = take_until(line, ' ');
  const std::string_view zone = line.substr(0, line.find('\t'));
  return seconds && !seconds->empty() && std::ranges::all_of(*seconds, is_digit) &&
         zone.size() >= 2 && (zone.front() == '+' || zone.front() == '-') &&
         std::ranges::all_of(zone.substr(1), is_digit);
}

bool has_lines(source::Source& source, bool (*is_line)(std::string_view), std::size_t most) {
  if (source.size() > kMostText) return false;
  const std::string text = bytes_at(source, 0, kMostText);
  if (!text.ends_with('\n') || text.contains('\0') || !is_utf8(text)) return false;
  const auto lines = split(std::string_view(text).substr(0, text.size() - 1), '\n');
  return lines.size() <= most && std::ranges::all_of(lines, is_line);
}

// Of those that git does not run, or that run Git LFS and nothing else.
bool is_idle_hook(source::Source& source, std::string_view name) {
  if (source.size() > kMostText) return false;
  const std::string text = bytes_at(source, 0, kMostText);
  if (text.contains('\0') || !is_utf8(text)) return false;
  return (hub::is_sample_hook(name) && text.starts_with("#!/")) || hub::is_lfs_hook(name, text);
}

bool is_code(const findings::Finding& finding) {
  return finding.rule->id.starts_with("COD-10");
}

// The names under which git keeps tables and packs. Nobody loads anything else by them.
bool is_name_of_table(const Place& place) {
  std::string_view name = place.name();
  if (name.ends_with(".lock")) name.remove_suffix(5);
  constexpr std::string_view kNext = "next-index-";
  constexpr std::string_view kShared = "sharedindex.";
  if (name.starts_with(kNext)) return std::ranges::all_of(name.substr(kNext.size()), is_digit);
  if (name.starts_with(kShared)) return is_digest(name.substr(kShared.size()));
  if (name == "index") return true;
  const auto ends = [&](std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [&](std::string_view end) { return name.ends_with(end); });
  };
  const std::string_view folder = place.folder();
  if (folder == "pack")
    return name == "multi-pack-index" || (name.starts_with("tmp_") && !name.contains('.')) ||
           ends({".pack", ".idx", ".rev", ".bitmap", ".mtimes"});
  if (folder == "multi-pack-index.d") return ends({".midx", ".rev", ".bitmap"});
  if (folder == "reftable") return ends({".ref"});
  return (folder == "info" && name == "commit-graph") ||
         (folder == "commit-graphs" && ends({".graph"}));
}

// What the file is by its place: no more than a claim, which is held against what it is to others.
enum class Form : std::uint8_t { none, digest, reference, log, loud_log, hook, table };

Form form_of(source::Source& source, const Place& place) {
  // A branch may be called "hooks/update".
  if (place.below("logs") && has_lines(source, is_log_line<true>, kMostText)) return Form::log;
  if (place.below("logs") && has_lines(source, is_log_line<false>, kMostText))
    return Form::loud_log;
  if (place.below("refs") && has_lines(source, is_reference, 1))
    return bytes_at(source, 0, 1) == "r" ? Form::reference : Form::digest;
  if (place.is_hook() && is_idle_hook(source, place.name())) return Form::hook;
  return is_name_of_table(place) ? Form::table : Form::none;
}

// Whether a file of that form is meant to look like this to those who know no git. A branch may be
// called like a script or a checkpoint; nothing runs or loads its lines for that, but as a template
// they would be what they say.
bool is_of_form(Form form, const findings::Finding& finding) {
  switch (form) {
    case Form::digest:
      return true;
    case Form::reference:
    case Form::log:
      return !finding.rule->id.starts_with("TPL-") && !finding.rule->id.starts_with("PKL-");
    case Form::loud_log:
      return is_of_form(Form::log, finding) && !finding.rule->id.starts_with("COD-");
    case Form::hook:
      return is_code(finding);
    case Form::table:
      return finding.rule == &kUnknownKind;
    case Form::none:
      break;
  }
  return false;
}

// False when the file is not of its place, or is something else besides, and nothing was added.
bool examine_form(source::Source& source, const Place& place, Context& context) {
  const std::string head = bytes_at(source, 0, kHead);
  const Kind kind = kind_of(head, source);
  if (kind == Kind::archive && place.is_object() && archive::is_zlib(head) &&
      !has_tar_header(head)) {
    examine_object(source, place, context);
    // What was not made smaller stands in it as it is: a message may end as a zip.
    if (archive::ends_as_zip(source)) examine_zip(source, {}, context);
    return true;
  }
  if (kind != Kind::unknown) return false;
  const Form form = form_of(source, place);
  if (form == Form::none) return false;
  findings::Examination others(context.examination.work());
  Context unheard{others, context.options};
  examine_any(source, place.name(), unheard);
  if (!std::ranges::all_of(others.findings(), [&](const findings::Finding& finding) {
        return is_of_form(form, finding);
      }))
    return false;
  const auto is = [&](std::string_view called) {
    context.examination.set_kind(called);
    return true;
  };
  switch (form) {
    case Form::hook:
      context.examination.add(hub::rule::kIdleHook,
                              place.name().ends_with(".sample") ? "a sample" : "of Git LFS");
      return is("hook of git");
    case Form::log:
    case Form::loud_log:
      return is("log of git");
    case Form::table:
      if (const std::string_view table = git_table(source); !table.empty()) return is(table);
      return place.folder() == "pack" && examine_git_pack(source, context);
    default:
      return is("reference of git");
  }
}

}  // namespace

std::string git_place(std::string_view path) {
  constexpr std::string_view kFolder = "/.git/";
  const std::string whole = "/" + std::string(path);
  const std::size_t at = whole.rfind(kFolder);
  return at == std::string::npos ? "" : whole.substr(at + kFolder.size());
}

void examine_in_git(source::Source& source, std::string_view path, Context& context) {
  const Place place(path);
  if (!examine_form(source, place, context)) {
    examine_any(source, place.name(), context);
    // Git runs it by its place, whatever it looks like.
    if (place.is_hook() && source.size() > 0 && !place.name().ends_with(".sample") &&
        std::ranges::none_of(context.examination.findings(), is_code))
      context.examination.add(hub::rule::kScript,
                              fmt::format("git runs {} as a hook", escape(place.name(), 64)));
  }
  if (source.error() && !context.examination.has(kUnreadable))
    context.examination.add(kUnreadable, fmt::format("stopped: {}", source.error()->message));
}

}  // namespace gh::artifacts
