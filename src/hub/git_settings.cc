// Git configurations, read as git does.

#include <optional>
#include <utility>

#include "base/text.h"
#include "hub/git.h"

namespace gh::hub {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_key(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = to_lower(c);
  return small;
}

class Settings {
 public:
  explicit Settings(std::string_view text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  std::vector<GitSetting> read() {
    std::vector<GitSetting> settings;
    for (int c = next(); c != kEnd; c = next()) {
      if (c == '\n' || is_space(static_cast<char>(c))) continue;
      if (c == '#' || c == ';') {
        skip_line();
      } else if (c == '[') {
        if (!section()) break;
      } else {
        auto setting = key(static_cast<char>(c));
        if (!setting) break;
        settings.push_back(std::move(*setting));
      }
    }
    return settings;
  }

 private:
  static constexpr int kEnd = -1;

  // A line may end in CR LF.
  int next() {
    if (at_ >= text_.size()) return kEnd;
    const char c = text_[at_++];
    if (c != '\r' || at_ >= text_.size() || text_[at_] != '\n')
      return static_cast<unsigned char>(c);
    ++at_;
    return '\n';
  }

  void skip_line() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

  // "core]", "filter.lfs]" or "filter "lfs"]"
  bool section() {
    std::string name;
    part_.clear();
    for (int c = next();; c = next()) {
      if (c == ']') break;
      if (c == ' ' || c == '\t') return set_section(name) && quoted();
      if (c == kEnd || (!is_key(static_cast<char>(c)) && c != '.')) return false;
      name += static_cast<char>(c);
    }
    return set_section(name);
  }

  bool set_section(const std::string& name) {
    section_ = lower(name);
    // The older form: all behind the first dot, in small letters.
    if (const std::size_t dot = section_.find('.'); dot != std::string::npos) {
      part_ = section_.substr(dot + 1);
      section_.resize(dot);
    }
    return !section_.empty();
  }

  bool quoted() {
    int c = next();
    while (c == ' ' || c == '\t') c = next();
    if (c != '"') return false;
    if (!part_.empty()) part_ += '.';
    for (c = next(); c != '"'; c = next()) {
      if (c == '\\') c = next();
      if (c == kEnd || c == '\n') return false;
      part_ += static_cast<char>(c);
    }
    return next() == ']';
  }

  std::optional<GitSetting> key(char first) {
    if (!is_letter(first) || section_.empty()) return std::nullopt;
    GitSetting setting{section_, part_, {to_lower(first)}, {}};
    int c = next();
    for (; c != kEnd && is_key(static_cast<char>(c)); c = next())
      setting.key += to_lower(static_cast<char>(c));
    while (c == ' ' || c == '\t') c = next();
    if (c == '\n' || c == kEnd) return setting;
    if (c != '=' || !value(setting.value)) return std::nullopt;
    return setting;
  }

  bool value(std::string& into) {
    bool quoted = false;
    std::size_t whole = 0;  // without white space at the end
    for (;;) {
      int c = next();
      if (c == '\n' || c == kEnd) {
        into.resize(whole);
        return !quoted;
      }
      if (!quoted && is_space(static_cast<char>(c))) {
        if (!into.empty()) into += static_cast<char>(c);
        continue;
      }
      if (!quoted && (c == '#' || c == ';')) {
        skip_line();
        into.resize(whole);
        return true;
      }
      if (c == '"') {
        quoted = !quoted;
        continue;
      }
      if (c == '\\') {
        c = next();
        if (c == '\n') continue;
        if (c == 't')
          c = '\t';
        else if (c == 'b')
          c = '\b';
        else if (c == 'n')
          c = '\n';
        else if (c != '\\' && c != '"')
          return false;
      }
      into += static_cast<char>(c);
      whole = into.size();
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string section_;
  std::string part_;
};

}  // namespace

std::vector<GitSetting> git_settings(std::string_view text) {
  return Settings(text).read();
}

}  // namespace gh::hub
