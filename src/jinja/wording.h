#pragma once
// What names and texts say, judged on their own. ASCII, independent of the locale.

#include <optional>
#include <string_view>

namespace gh::jinja {

// `__name__`, whole.
bool is_dunder(std::string_view name);
// Somewhere in the text, one of the double-underscore names that lead through Python's objects.
bool mentions_dunder(std::string_view text);
// An attribute that Jinja's sandbox hides: a leading underscore, frames, code objects, `mro`.
bool is_internal(std::string_view attribute);
// Calls of this attribute run programs or import code: popen, import_module.
bool runs_code(std::string_view attribute);

// Calls of this attribute change a list or a dict.
bool changes(std::string_view attribute);
// A text's own ways to grow as wide as it is told, and to format.
bool is_padding(std::string_view attribute);
bool is_formatting(std::string_view attribute);
// Calls of this attribute matter: they run code, change something or format.
bool does_much(std::string_view attribute);
// A method of str, list or dict, by a name that is no key of data; `attribute`: written as one, and
// then a dict's own methods come before its keys.
bool is_method(std::string_view name, bool attribute);

// A method of str, list or dict by any name.
bool is_plain_method(std::string_view name);

// Names that Jinja itself puts before every template, and that no chat template takes hold of.
bool is_own_object(std::string_view name);
// Names of web frameworks, of Python's builtins and modules.
bool is_foreign(std::string_view name);

bool is_known_filter(std::string_view name);
// An attribute or key, perhaps at the end of a path, that holds what a message says.
bool names_content(std::string_view attribute);
// What of a document is words, besides those.
bool names_document_text(std::string_view attribute);

// One that makes a text of whatever it is given.
bool is_spelling(std::string_view filter);
// One that Jinja lacks and serving engines add, json.loads by another name.
bool parses_json(std::string_view filter);
bool is_known_test(std::string_view name);
// One that tells texts from other texts: those that are the name of a filter, "first", too.
bool asks_for_words(std::string_view test);

// A text to look for that is words, not one of a model's markers ("<think>", "[INST]", "/no_think")
// and not the name of a content part ("image_url").
bool is_wording(std::string_view text);

// A text without a letter: digits, punctuation, white space. Every message may hold it.
bool is_signs(std::string_view text);

// Two words in a row, or letters in a row that no alphabet has spaces for. The word behind a
// marker,
// "<|im_start|>system", is a role's.
bool is_prose(std::string_view text);

// Where each begins in a text; nothing when there is none.
std::optional<std::size_t> find_encoded(std::string_view text);
std::optional<std::size_t> find_instruction(std::string_view text);
std::optional<std::size_t> find_invisible(std::string_view text);

}  // namespace gh::jinja
