#include "openai/content.h"

#include <algorithm>
#include <iterator>

#include "openai/estimate.h"
#include "openai/values.h"

namespace gh::openai {
namespace {

constexpr std::size_t kMostParts = 1024;  // in one message

// Parts that vLLM would fetch or decode, and that no policy allows.
constexpr std::string_view kRefusedParts[] = {
    "input_audio", "audio_url", "video_url",    "video",        "file",
    "input_image", "image_pil", "image_embeds", "audio_embeds", "prompt_embeds"};

// jpg is no registered type, but what programs write that take the file's ending; vLLM reads the
// data.
constexpr std::string_view kImageTypes[] = {"data:image/png;base64,", "data:image/jpeg;base64,",
                                            "data:image/jpg;base64,", "data:image/webp;base64,",
                                            "data:image/gif;base64,"};

// Where a service's prompt cache may end: OpenAI's name for it and that of Anthropic, which
// frameworks for several services write. vLLM's cache needs no such word.
constexpr std::string_view kCacheHints[] = {"prompt_cache_breakpoint", "cache_control"};

constexpr char kAuto[] = "auto";
constexpr char kLow[] = "low";
constexpr char kHigh[] = "high";

bool is_cache_hint(std::string_view name) {
  return std::ranges::find(kCacheHints, name) != std::end(kCacheHints);
}

bool check_cache_hint(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_null() && !value.is_object()) return in.wrong_type(at, "an object", value);
  ++in.facts.ignored_fields;
  return true;
}

bool check_image_data(Inspection& in, const Path& at, json::Value value) {
  if (!value.is_string()) return in.wrong_type(at, "a string", value);
  const std::string_view url = value.string();
  if (!url.starts_with("data:")) {
    return in.denied(at, "must be a `data:` URL: addresses are not fetched");
  }
  if (url.size() > in.caps.media_bytes) {
    return in.exceeds(at, "request.media_bytes", "has {} bytes, above the limit of {}", url.size(),
                      in.caps.media_bytes);
  }
  const auto* prefix = std::ranges::find_if(
      kImageTypes, [&](std::string_view type) { return url.starts_with(type); });
  if (prefix == std::end(kImageTypes)) {
    return in.invalid(at, "must be a PNG, JPEG, WebP or GIF image in base64");
  }
  const std::string_view data = url.substr(prefix->size());
  if (data.empty() || !is_base64(data)) return in.invalid(at, "must hold base64 data");
  in.media_tokens += std::min<std::uint64_t>(data.size(), kTokensPerImage);
  return true;
}

bool check_image(Inspection& in, const Path& at, json::Value image) {
  if (++in.media_parts > in.caps.media_count) {
    return in.exceeds(at, "request.media_count", "is one image more than the limit of {}",
                      in.caps.media_count);
  }
  if (!image.is_object()) return in.wrong_type(at, "an object with a `url`", image);
  if (!image["url"].exists()) return in.invalid(Path(at, "url"), "is required");
  for (const auto [key, value] : image.members()) {
    const Path member(at, key);
    if (key == "url") {
      if (!check_image_data(in, member, value)) return false;
    } else if (key == "detail") {
      if (!value.is_null() && !word<kAuto, kLow, kHigh>(in, member, value)) return false;
    } else {
      static constexpr std::string_view kNames[] = {"url", "detail"};
      return in.unknown(member, key, kNames);
    }
  }
  return true;
}

// A part has `type`, one member of the type's name, and at most hints beside them.
bool check_part(Inspection& in, const Path& at, json::Value part, const ContentRules& rules) {
  if (!part.is_object()) return in.wrong_type(at, "an object", part);
  const Path type_path(at, "type");
  const json::Value type = part["type"];
  if (!type.exists()) return in.invalid(type_path, "is required");
  if (!type.is_string()) return in.wrong_type(type_path, "a string", type);
  const std::string_view name = type.string();

  const bool is_image = name == "image_url";
  if (is_image && (in.caps.media == policy::Media::deny || !rules.media)) {
    return rules.media ? in.forbidden(type_path, "request.media",
                                      "must be `text`: images are not allowed here")
                       : in.denied(type_path, "must be `text`: images belong to role user");
  }
  if (std::ranges::find(kRefusedParts, name) != std::end(kRefusedParts)) {
    return in.denied(type_path, "must be `text`: this kind of content is not accepted");
  }
  if (name != "text" && !is_image && !(name == "refusal" && rules.refusal)) {
    return in.invalid(type_path, "must be `text`");
  }

  if (!part[name].exists()) return in.invalid(Path(at, name), "is required");
  for (const auto [key, value] : part.members()) {
    if (key == "type") continue;
    const Path member(at, key);
    if (is_cache_hint(key)) {
      if (!check_cache_hint(in, member, value)) return false;
      continue;
    }
    if (key != name) {
      const std::string_view names[] = {"type", name};
      return in.unknown(member, key, names);
    }
    if (is_image) {
      if (!check_image(in, member, value)) return false;
    } else {
      if (!value.is_string()) return in.wrong_type(member, "a string", value);
      in.add_chat_text(value.string());
    }
  }
  return true;
}

void write_image(json::Writer& writer, json::Value image) {
  writer.begin_object();
  for (const auto [key, value] : image.members()) {
    if (!value.is_null()) writer.key(key).value(value);
  }
  writer.end_object();
}

}  // namespace

bool check_content(Inspection& in, const Path& at, json::Value content, const ContentRules& rules) {
  if (content.is_string()) {
    in.add_chat_text(content.string());
    return true;
  }
  if (!content.is_array()) return in.wrong_type(at, "a string or an array of parts", content);
  if (content.size() == 0) return in.invalid(at, "must not be an empty array");
  if (content.size() > kMostParts) {
    return in.invalid(at, "must have at most {} parts", kMostParts);
  }
  std::size_t index = 0;
  for (const json::Value part : content.elements()) {
    if (!check_part(in, Path(at, index++), part, rules)) return false;
  }
  return true;
}

void write_content(json::Writer& writer, json::Value content) {
  if (!content.is_array()) {
    writer.value(content);
    return;
  }
  writer.begin_array();
  for (const json::Value part : content.elements()) {
    writer.begin_object();
    for (const auto [key, value] : part.members()) {
      if (is_cache_hint(key)) continue;
      writer.key(key);
      if (key == "image_url") {
        write_image(writer, value);
      } else {
        writer.value(value);
      }
    }
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace gh::openai
