#pragma once
// Errors as values. A function that can fail for a reason its caller must handle returns
// `Result<T>`; exceptions are for start-up and command-line code only.

#include <fmt/format.h>

#include <expected>
#include <string>
#include <utility>

namespace gh {

// A message for a person, without trailing newline. Untrusted bytes in it must be escaped by
// whoever builds it (`text::escape`).
struct Error {
  std::string message;
};

template <class T = void>
using Result = std::expected<T, Error>;

// `return fail("cannot open {}: {}", path, reason);`
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(Error{fmt::format(format, std::forward<Args>(args)...)});
}

// "No such file or directory" for an errno value; thread-safe.
std::string errno_text(int error_number);

}  // namespace gh
