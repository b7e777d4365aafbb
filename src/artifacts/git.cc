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
#include "artifacts/system_rules.h"
#include "base/text.h"
#include "hub/code.h"
#include "hub/code_rules.h"
#include "hub/git.h"
#include "source/bytes.h"

namespace gh::artifacts {

namespace {

constexpr std::uint64_t kMostText = std::uint64_t{16} << 20;  // of logs and hooks, in bytes

bool is_digest(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

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

// "ref: refs/heads/main", or a digest; in a log two digests, who and when, and what was done.
bool is_reference(std::string_view line) {
  return is_digest(line) || line.starts_with("ref: refs/");
}
bool is_log_line(std::string_view line) {
  const auto parts = split(line.substr(0, line.find('\t')), ' ');
  return parts.size() >= 5 && is_digest(parts[0]) && is_digest(parts[1]) && line.contains('<') &&
         line.contains('>');
}

// A branch may be called like a checkpoint; its file holds lines of this form all the same.
bool has_lines(source::Source& source, bool (*is_line)(std::string_view)) {
  if (source.size() > kMostText) return false;
  const std::string text = bytes_at(source, 0, kMostText);
  if (!text.ends_with('\n') || text.contains('\0') || !is_utf8(text)) return false;
  const auto lines = split(std::string_view(text).substr(0, text.size() - 1), '\n');
  return std::ranges::all_of(lines, is_line);
}

// Of those that git does not run, or that run Git LFS and nothing else.
bool is_idle_hook(source::Source& source, std::string_view name) {
  if (source.size() > kMostText) return false;
  const std::string text = bytes_at(source, 0, kMostText);
  if (text.contains('\0') || !is_utf8(text)) return false;
  return (hub::is_sample_hook(name) && text.starts_with("#!/")) || hub::is_lfs_hook(name, text);
}

bool is_code(const findings::Examination& examination) {
  return std::ranges::any_of(examination.findings(), [](const findings::Finding& finding) {
    return finding.rule->id.starts_with("COD-10");
  });
}

// False when the file has not the form that its place asks for, and nothing was added.
bool examine_form(source::Source& source, const Place& place, Context& context) {
  std::string head = bytes_at(source, 0, kHead);
  const Kind kind = kind_of(head, source);
  if (kind == Kind::archive && place.is_object() && archive::is_zlib(head))
    return examine_object(source, place, context), true;
  if (kind != Kind::unknown || archive::ends_as_zip(source)) return false;
  const auto is = [&](std::string_view called) {
    context.examination.set_kind(called);
    return true;
  };
  if (place.is_hook() && is_idle_hook(source, place.name())) {
    context.examination.add(hub::rule::kIdleHook,
                            place.name().ends_with(".sample") ? "a sample" : "of Git LFS");
    return is("hook of git");
  }
  if (place.below("refs") && !place.below("logs") && has_lines(source, is_reference))
    return is("reference of git");
  if (place.below("logs") && has_lines(source, is_log_line)) return is("log of git");
  if (const std::string_view table = git_table(source); !table.empty()) return is(table);
  return place.folder() == "pack" && examine_git_pack(source, context);
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
        !is_code(context.examination))
      context.examination.add(hub::rule::kScript,
                              fmt::format("git runs {} as a hook", escape(place.name(), 64)));
  }
  if (source.error() && !context.examination.has(kUnreadable))
    context.examination.add(kUnreadable, fmt::format("stopped: {}", source.error()->message));
}

}  // namespace gh::artifacts
