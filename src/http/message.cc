#include "http/message.h"

#include <algorithm>

namespace gh::http {

std::string_view name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::delete_:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::patch:
      return "PATCH";
    case Method::trace:
      return "TRACE";
  }
  return "";
}

std::optional<std::string_view> only_field(std::span<const Field> fields, std::string_view name) {
  std::optional<std::string_view> found;
  for (const Field& field : fields) {
    if (field.name != name) continue;
    if (found) return std::nullopt;
    found = field.value;
  }
  return found;
}

std::optional<std::string_view> RequestHead::only(std::string_view name) const {
  return only_field(fields, name);
}

std::size_t RequestHead::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count(fields, name, &Field::name));
}

}  // namespace gh::http
