#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "jinja/parser.h"
#include "jinja/words.h"

namespace gh::jinja {

Node* Parser::expression(bool with_conditional) {
  const Level level(*this, nesting_, kMostNesting);
  return with_conditional ? conditional() : either();
}

Node* Parser::conditional() {
  const Position at = current().at;
  Node* value = either();
  while (skip_word("if")) {
    Node* condition = either();
    Node* other = nullptr;
    if (skip_word("else")) {
      const Level level(*this, nesting_, kMostNesting);
      other = conditional();
    }
    value = make(Kind::conditional, at, {}, {condition, value, other});
  }
  return value;
}

Node* Parser::either() {
  const Position at = current().at;
  Node* left = both();
  while (skip_word("or")) left = make(Kind::logic, at, "or", {left, both()});
  return left;
}

Node* Parser::both() {
  const Position at = current().at;
  Node* left = negation();
  while (skip_word("and")) left = make(Kind::logic, at, "and", {left, negation()});
  return left;
}

Node* Parser::negation() {
  const Position at = current().at;
  if (!skip_word("not")) return comparison();
  const Level level(*this, nesting_, kMostNesting);
  return make(Kind::unary, at, "not", {negation()});
}

Node* Parser::comparison() {
  static constexpr std::array<std::string_view, 6> kOperators = {"==", "!=", "<", "<=", ">", ">="};
  const Position at = current().at;
  Nodes parts = {sum()};
  while (!failed()) {
    const Position here = current().at;
    if (current().kind == TokenKind::operator_ && is_one_of(current().text, kOperators)) {
      const std::string_view text = next().text;
      parts.push_back(make(Kind::operand, here, text, {sum()}));
    } else if (skip_word("in")) {
      parts.push_back(make(Kind::operand, here, "in", {sum()}));
    } else if (is_word("not") && ahead().kind == TokenKind::name && ahead().text == "in") {
      next();
      next();
      parts.push_back(make(Kind::operand, here, "not in", {sum()}));
    } else {
      break;
    }
  }
  return parts.size() == 1 ? parts[0] : make(Kind::compare, at, {}, std::move(parts));
}

Node* Parser::sum() {
  const Position at = current().at;
  Node* left = concat();
  while (is_operator("+") || is_operator("-")) {
    const std::string_view text = next().text;
    left = make(Kind::binary, at, text, {left, concat()});
  }
  return left;
}

Node* Parser::concat() {
  const Position at = current().at;
  Nodes parts = {product()};
  while (skip_operator("~")) parts.push_back(product());
  return parts.size() == 1 ? parts[0] : make(Kind::concat, at, {}, std::move(parts));
}

Node* Parser::product() {
  const Position at = current().at;
  Node* left = power();
  while (is_operator("*") || is_operator("/") || is_operator("//") || is_operator("%")) {
    const std::string_view text = next().text;
    left = make(Kind::binary, at, text, {left, power()});
  }
  return left;
}

Node* Parser::power() {
  const Position at = current().at;
  Node* left = unary(true);
  while (skip_operator("**")) left = make(Kind::binary, at, "**", {left, unary(true)});
  return left;
}

Node* Parser::unary(bool with_filters) {
  const Position at = current().at;
  Node* node = nullptr;
  if (is_operator("-") || is_operator("+")) {
    const Level level(*this, nesting_, kMostNesting);
    const std::string_view text = next().text;
    node = make(Kind::unary, at, text, {unary(false)});
  } else {
    node = primary();
  }
  node = postfix(node);
  return with_filters ? filters_and_tests(node) : node;
}

Node* Parser::integer(const Token& token) {
  std::string digits(token.text);
  std::erase(digits, '_');
  int base = 10;
  std::string_view view = digits;
  if (view.size() > 1 && view[0] == '0' && !std::string_view("0").contains(to_lower(view[1]))) {
    const char kind = to_lower(view[1]);
    base = kind == 'b' ? 2 : kind == 'o' ? 8 : 16;
    view.remove_prefix(2);
  }
  if (base == 10 && view.size() > 4300) fail("a number has more than 4300 digits", token.at);
  Node* node = make(Kind::integer, token.at, token.text);
  const auto [end, error] =
      std::from_chars(view.data(), view.data() + view.size(), node->number, base);
  if (error == std::errc::result_out_of_range) node->number = INT64_MAX;
  return node;
}

Node* Parser::primary() {
  const Token token = current();
  switch (token.kind) {
    case TokenKind::name: {
      next();
      const std::string_view word = token.text;
      if (word == "true" || word == "True" || word == "false" || word == "False") {
        Node* node = make(Kind::boolean, token.at);
        node->number = word == "true" || word == "True" ? 1 : 0;
        return node;
      }
      if (word == "none" || word == "None") return make(Kind::none, token.at);
      return make(Kind::name, token.at, word);
    }
    case TokenKind::string: {
      std::string text;
      while (current().kind == TokenKind::string) {
        const Token part = next();
        const auto value = unescape(part.text);
        if (!value) fail(std::string(value.error()), part.at);
        if (value) text += *value;
      }
      return make(Kind::text, token.at, text);
    }
    case TokenKind::integer:
      return integer(next());
    case TokenKind::real:
      return make(Kind::real, token.at, next().text);
    default:
      break;
  }
  if (is_operator("(")) {
    const Level level(*this, nesting_, kMostNesting);
    next();
    Node* node = tuple({.parentheses = true});
    expect_operator(")");
    return node;
  }
  if (is_operator("[")) return list();
  if (is_operator("{")) return dict();
  fail(fmt::format("an expression is expected before `{}`", escape(token.text, 40)), token.at);
  return make(Kind::none, token.at);
}

Node* Parser::tuple(const TupleRules& rules) {
  const Position at = current().at;
  Nodes items;
  bool is_tuple = false;
  while (!failed()) {
    if (!items.empty()) expect_operator(",");
    if (current().kind == TokenKind::variable_end || current().kind == TokenKind::block_end ||
        is_operator(")") || (!rules.end_word.empty() && is_word(rules.end_word))) {
      break;
    }
    items.push_back(rules.simple ? primary() : expression(rules.conditional));
    if (!is_operator(",")) break;
    is_tuple = true;
  }
  if (!is_tuple) {
    if (!items.empty()) return items[0];
    if (!rules.parentheses) fail("an expression is expected");
  }
  return make(Kind::tuple, at, {}, std::move(items));
}

Node* Parser::list() {
  const Position at = next().at;
  Nodes items;
  while (!is_operator("]") && !failed()) {
    if (!items.empty()) expect_operator(",");
    if (is_operator("]")) break;
    items.push_back(expression());
  }
  expect_operator("]");
  return make(Kind::list, at, {}, std::move(items));
}

Node* Parser::dict() {
  const Position at = next().at;
  Nodes items;
  while (!is_operator("}") && !failed()) {
    if (!items.empty()) expect_operator(",");
    if (is_operator("}")) break;
    items.push_back(expression());
    expect_operator(":");
    items.push_back(expression());
  }
  expect_operator("}");
  return make(Kind::dict, at, {}, std::move(items));
}

Node* Parser::postfix(Node* node) {
  while (!failed()) {
    if (is_operator(".") || is_operator("[")) {
      node = attribute_or_subscript(node);
    } else if (is_operator("(")) {
      Nodes parts = arguments();
      parts.insert(parts.begin(), node);
      node = make(Kind::call, node->at, {}, std::move(parts));
    } else {
      break;
    }
  }
  return node;
}

Node* Parser::filters_and_tests(Node* node) {
  while (!failed()) {
    if (is_operator("|")) {
      node = filter(node, false);
    } else if (is_word("is")) {
      node = test(node);
    } else if (is_operator("(")) {
      Nodes parts = arguments();
      parts.insert(parts.begin(), node);
      node = make(Kind::call, node->at, {}, std::move(parts));
    } else {
      break;
    }
  }
  return node;
}

Node* Parser::attribute_or_subscript(Node* node) {
  const Token begin = next();
  if (begin.text == ".") {
    const Token word = next();
    if (word.kind == TokenKind::name) return make(Kind::attribute, word.at, word.text, {node});
    if (word.kind == TokenKind::integer)
      return make(Kind::subscript, word.at, {}, {node, integer(word)});
    fail("a name or a number is expected after `.`", word.at);
    return node;
  }
  Nodes keys;
  while (!is_operator("]") && !failed()) {
    if (!keys.empty()) expect_operator(",");
    keys.push_back(subscript_key());
  }
  expect_operator("]");
  Node* key = keys.size() == 1 ? keys[0] : make(Kind::tuple, begin.at, {}, std::move(keys));
  return make(Kind::subscript, begin.at, {}, {node, key});
}

Node* Parser::subscript_key() {
  const Position at = current().at;
  Nodes bounds(3, nullptr);
  if (!is_operator(":")) {
    bounds[0] = expression();
    if (!is_operator(":")) return bounds[0];
  }
  next();
  const auto ends = [&] { return is_operator(":") || is_operator("]") || is_operator(","); };
  if (!ends()) bounds[1] = expression();
  if (skip_operator(":") && !is_operator("]") && !is_operator(",")) bounds[2] = expression();
  return make(Kind::slice, at, {}, std::move(bounds));
}

Parser::Nodes Parser::arguments() {
  const Level level(*this, nesting_, kMostNesting);
  const Position at = current().at;
  expect_operator("(");
  Nodes out;
  bool keywords = false;
  bool list_spread = false;
  bool dict_spread = false;
  std::set<std::string_view> names;
  const auto ensure = [&](bool holds) {
    if (!holds) fail("the arguments of a call are in an order that Jinja refuses", at);
  };
  for (bool first = true; !is_operator(")") && !failed(); first = false) {
    if (!first) {
      expect_operator(",");
      if (is_operator(")")) break;
    }
    const Position here = current().at;
    if (skip_operator("*")) {
      ensure(!list_spread && !dict_spread);
      list_spread = true;
      out.push_back(make(Kind::spread, here, "*", {expression()}));
    } else if (skip_operator("**")) {
      ensure(!dict_spread);
      dict_spread = true;
      out.push_back(make(Kind::spread, here, "**", {expression()}));
    } else if (current().kind == TokenKind::name && ahead().kind == TokenKind::operator_ &&
               ahead().text == "=") {
      ensure(!dict_spread);
      keywords = true;
      const std::string_view name = next().text;
      next();
      if (!names.insert(name).second) fail("a keyword argument is given twice", here);
      out.push_back(make(Kind::keyword, here, name, {expression()}));
    } else {
      ensure(!list_spread && !dict_spread && !keywords);
      out.push_back(expression());
    }
  }
  expect_operator(")");
  return out;
}

std::string Parser::dotted_name() {
  std::string name = expect_name();
  while (skip_operator(".")) name += "." + expect_name();
  return name;
}

Node* Parser::filter(Node* input, bool first) {
  while (!failed() && (first || is_operator("|"))) {
    if (!first) next();
    const Position at = current().at;
    const std::string name = dotted_name();
    Nodes parts = is_operator("(") ? arguments() : Nodes{};
    parts.insert(parts.begin(), input);
    input = make(Kind::filter, at, name, std::move(parts));
    first = false;
  }
  return input;
}

Node* Parser::test(Node* subject) {
  const Position at = next().at;
  const bool negated = skip_word("not");
  const std::string name = dotted_name();
  Nodes parts = {subject};
  const TokenKind kind = current().kind;
  if (is_operator("(")) {
    for (Node* argument : arguments()) parts.push_back(argument);
  } else if ((kind == TokenKind::name || kind == TokenKind::string || kind == TokenKind::integer ||
              kind == TokenKind::real || is_operator("[") || is_operator("{")) &&
             !is_word({"else", "or", "and"})) {
    if (is_word("is")) fail("tests cannot be chained with `is`");
    parts.push_back(postfix(primary()));
  }
  Node* node = make(Kind::test, at, name, std::move(parts));
  return negated ? make(Kind::unary, at, "not", {node}) : node;
}

}  // namespace gh::jinja
