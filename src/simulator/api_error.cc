#include "simulator/api_error.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace gh::simulator {
namespace {

// `gap` is what Python puts after ':' and ','.
void write_members(std::string& out, const ApiError& error, std::string_view gap) {
  fmt::format_to(std::back_inserter(out), "\"message\":{}", gap);
  quote(out, error.message);
  fmt::format_to(std::back_inserter(out), ",{0}\"type\":{0}", gap);
  quote(out, error.type);
  fmt::format_to(std::back_inserter(out), ",{0}\"param\":{0}", gap);
  if (error.param) {
    quote(out, *error.param);
  } else {
    out += "null";
  }
  fmt::format_to(std::back_inserter(out), ",{0}\"code\":{0}{1}", gap, error.status);
}

void write_openai(std::string& out, const ApiError& error, bool nested, std::string_view gap) {
  if (nested) {
    fmt::format_to(std::back_inserter(out), "{{\"error\":{}{{", gap);
  } else {
    fmt::format_to(std::back_inserter(out), "{{\"object\":{0}\"error\",{0}", gap);
  }
  write_members(out, error, gap);
  out += nested ? "}}" : "}";
}

}  // namespace

std::unexpected<ApiError> refuse(std::string message, std::optional<std::string> param) {
  ApiError error;
  error.message = std::move(message);
  error.param = std::move(param);
  return std::unexpected(std::move(error));
}

std::unexpected<ApiError> invalid(std::string_view kind, std::string_view where,
                                  std::string_view message, std::string_view input) {
  ApiError error;
  error.type = "Bad Request";
  error.message = fmt::format(
      "1 validation error:\n  {{'type': '{}', 'loc': '{}', 'msg': '{}', 'input': '{}'}}", kind,
      where, message, input);
  error.param = std::string(where);
  return std::unexpected(std::move(error));
}

ApiError detail(int status, std::string message) {
  ApiError error;
  error.status = status;
  error.message = std::move(message);
  error.shape = ApiError::Shape::detail;
  return error;
}

void quote(std::string& out, std::string_view text) {
  out += '"';
  append_json_escaped(out, text);
  out += '"';
}

void write_error(std::string& out, const ApiError& error, bool nested) {
  switch (error.shape) {
    case ApiError::Shape::openai:
      return write_openai(out, error, nested, "");
    case ApiError::Shape::text:
      out += error.message;
      return;
    case ApiError::Shape::detail:
    case ApiError::Shape::bare:
      out += error.shape == ApiError::Shape::detail ? "{\"detail\":" : "{\"error\":";
      quote(out, error.message);
      out += '}';
      return;
  }
}

void write_error_event(std::string& out, const ApiError& error, bool nested) {
  out += "data: ";
  write_openai(out, error, nested, " ");
  out += "\n\n";
}

}  // namespace gh::simulator
