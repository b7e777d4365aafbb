#pragma once
// What is known of a value without rendering: the text, number or list that it is, when it is made
// of literals only, and where it comes from. Values are immutable and shared.

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gh::jinja {

struct Node;
struct Value;
using ValuePtr = std::shared_ptr<const Value>;
using Values = std::vector<ValuePtr>;
using Fields = std::map<std::string, ValuePtr, std::less<>>;
using FieldsPtr = std::shared_ptr<const Fields>;

// Whose text it is: whether it may be a key or the name of an attribute. Of two the later says
// less.
enum class Origin : std::uint8_t {
  data,      // the caller's own, as it was given: keys and words of a conversation, numbers
  written,   // one of the texts that stand in the template, and none of them a name to hide
  variable,  // what the engine gives under a name: perhaps a special token, whose text a file says
  made,      // put together by the template and not worked out
};

// Attributes of namespaces that a loop carries on, and how often each stands in a value.
using Copies = std::map<std::string, int, std::less<>>;

// The greater of both, for each. What stands in something once does not grow; of those a few are
// enough. A key behind '#' says that a number is as great as that is long.
inline constexpr std::size_t kMostCopies = 64;
void widen(Copies& copies, const Copies& by);
void multiply(Copies& copies, std::int64_t by);
// Of a number that says how long something is, and of what is as long as that number says.
Copies counted(const Copies& copies);
Copies uncounted(const Copies& copies);

// The request that is reckoned with.
inline constexpr std::int64_t kMessages = 30;
inline constexpr std::int64_t kLetters = 1 << 13;  // of a message, or a tool

struct Value {
  enum class Is : std::uint8_t { unknown, none, text, integer, list };
  Is is = Is::unknown;
  std::string text;
  std::int64_t number = 0;
  Values items;

  // Where it comes from; `merged` carries these from what it is made of.
  bool constant = false;      // literals only, even where `is` is unknown: not worked out then
  bool underscores = false;   // a literal in it holds "__"
  bool underscore = false;    // a literal in it holds "_"
  bool hidden = false;        // put together of pieces that were not all worked out
  bool reported = false;      // a finding has named its text
  bool conversation = false;  // the messages, some of them, or one
  bool content = false;       // the words of a message
  bool entries = false;       // those, or the keys that they stand under
  bool date = false;          // the time of rendering
  bool wording = false;       // a literal in it is words, as `is_wording` says
  bool token = false;         // one of the model's special tokens, or a piece of one
  bool open = false;          // a text that may end with an address, as `ends_in_page` says
  bool function = false;      // a function that was not called, or something that holds one
  bool record = false;        // a dict that is written out stands in it
  bool measure = false;       // how long a message is, or how often something stands in it
  int nested = 0;             // lists and dicts of the template's own around what is plain
  std::int64_t size = 1;      // characters or digits, with what is reckoned of a request
  std::int64_t most = 0;      // the greatest number in it; 0 when there is none that is known
  Copies copies;

  // Of it as a text, and of whatever can be read from it. `merged` makes something new.
  Origin origin = Origin::made;
  Origin inner = Origin::made;

  // What it can be only; `merged` does not carry these.
  bool numeric = false;  // a number
  bool choice = false;   // one of several texts, each known and no name to hide
  bool space = false;    // a namespace, whose attributes may be anything
  bool mixed = false;    // perhaps a literal: harmless until it is built upon
  bool pairs = false;    // keys with values, as `items` gives them
  bool part = false;     // one of the parts of a message's content, unless that is a text
  ValuePtr key;          // of a dict that is written out: what its keys are
  bool table = false;    // a dict that is written out, and all that it holds are texts and numbers
  bool speaks = true;    // not a table of single words
  bool lines = false;    // a message taken apart where its lines end
  bool generator = false;  // made by a filter, bit by bit
  bool given = false;      // the caller's own: what changes it changes the caller's
  bool led = false;        // a key from data led to it, or to what it is a part of
  bool context = false;    // a variable that the engine gives
  bool document = false;   // the documents, or one
  std::int64_t turns = 0;  // of a loop over it; 0 when that is not known
  int hops = 0;            // keys from data that lead to it
  FieldsPtr fields;        // of a dict that is written out, where its keys are known

  // What calling it would call, and of what: `append` of `x.append`. `merged` carries one of them.
  std::string callee;
  ValuePtr self;

  // Where the words of a message chose it, or a part of it, in a table. `merged` carries one.
  const Node* chosen = nullptr;

  bool is_text() const { return is == Is::text; }
  bool is_integer() const { return is == Is::integer; }
};

// A text or a number that is known, one of several, or nothing.
bool is_plain(const Value& value);
// Of it as a key: known texts are judged on their own.
Origin origin_of(const Value& value);
Origin inner_of(const Value& value);
// The last of all these and of what can be read from them.
Origin origin_of(std::span<const ValuePtr> values);

// Something unknown made of all these. Null pointers count as nothing.
Value merged(std::span<const ValuePtr> from);
Value merged(std::initializer_list<ValuePtr> from);

// One of the two: what a variable is that was assigned both.
ValuePtr either(const ValuePtr& a, const ValuePtr& b);

ValuePtr make(Value value);
// The same where it may be something of the caller's, or nothing, as well: no known text or list.
ValuePtr uncertain(const ValuePtr& value);
// What was not worked out, from where it is known to come.
ValuePtr of_origin(const ValuePtr& made, Origin origin, Origin inner);
// The same where it may be something of that origin as well.
ValuePtr raised(const ValuePtr& value, Origin origin);
ValuePtr text_value(std::string text);
ValuePtr integer_value(std::int64_t number);
// How often something is repeated by it.
std::int64_t count_of(const Value& number);
// As it stands in a text: what is in a list stands there in quotes.
ValuePtr quoted(const ValuePtr& value);
// What a bound method keeps of its object: no chain of objects.
ValuePtr held(const ValuePtr& object);
// Of a dict; nothing where a key is not known, or there are too many. They nest two deep.
FieldsPtr fields_of(const Values& keys, const Values& values);
// The name of a field: of a number one that no text has. Nothing for a key that is not known.
std::optional<std::string> field_name(const Value& key);
// True, False or a number about `from`, and no part of it.
ValuePtr fact(const ValuePtr& from);

// Alike for every later use.
bool same(const Value& a, const Value& b);

}  // namespace gh::jinja
