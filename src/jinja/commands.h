#pragma once
// Sentences that tell a model to work against whom it talks to, by their words and their order.

#include <cstddef>
#include <optional>
#include <string_view>

namespace gh::jinja {

// Where a sentence says to ignore earlier instructions or rules, to keep something from the user,
// or to put something harmful into what is made. `lower`: in small letters. A sentence that forbids
// it ("never ignore your instructions") is none.
std::optional<std::size_t> find_command(std::string_view lower);

}  // namespace gh::jinja
