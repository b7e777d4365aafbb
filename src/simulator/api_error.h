#pragma once
// vLLM's error answers in the shapes of its releases. Values; any thread.

#include <expected>
#include <optional>
#include <string>

namespace gh::simulator {

struct ApiError {
  enum class Shape {
    openai,  // nested since 0.10.1, flat before
    detail,  // FastAPI's own: {"detail":"…"}
    bare,    // {"error":"…"}
    text,    // text/plain, for what is not HTTP
  };
  int status = 400;
  std::string type = "BadRequestError";
  std::string message;
  std::optional<std::string> param;
  Shape shape = Shape::openai;
};

template <class T>
using Expected = std::expected<T, ApiError>;

// A value that vLLM's own checks refuse; `param` names the field where vLLM does.
std::unexpected<ApiError> refuse(std::string message, std::optional<std::string> param = {});
// What pydantic refuses: `where` is "body.max_tokens".
std::unexpected<ApiError> invalid(std::string_view kind, std::string_view where,
                                  std::string_view message, std::string_view input);
ApiError detail(int status, std::string message);

// Appends the body.
void write_error(std::string& out, const ApiError& error, bool nested);
// … as the one event of a stream that fails: json.dumps spacing, always nested since 0.10.1.
void write_error_event(std::string& out, const ApiError& error, bool nested);

// Appends a JSON string, quotes included.
void quote(std::string& out, std::string_view text);

}  // namespace gh::simulator
