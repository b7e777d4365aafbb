#pragma once
// Web addresses in a text.

#include <cstddef>
#include <optional>
#include <string_view>

namespace gh::jinja {

// Where the first begins; nothing when there is none.
std::optional<std::size_t> find_address(std::string_view text);
// The address that begins the text, without the sentence or the token that goes on behind it.
std::string_view address_in(std::string_view text);

// What is known of an address by its text alone.
enum class Page : unsigned char {
  none,  // any other
  page,  // one of a publisher of models, without a query; the text goes on behind it
  open,  // the same at the end of the text: what is put behind that may go on with it
};
Page page_at(std::string_view text, std::size_t at);
// The text ends with such a page.
bool ends_in_page(std::string_view text);
// Text that ends an address before it.
bool ends_address(std::string_view text);

}  // namespace gh::jinja
