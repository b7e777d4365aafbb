#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "jinja/characters.h"
#include "jinja/parser.h"
#include "jinja/words.h"

namespace gh::jinja {

std::expected<Tree, SyntaxError> parse(std::string_view text) {
  auto tokens = lex(text);
  if (!tokens) return std::unexpected(tokens.error());
  return Parser(*std::move(tokens)).run();
}

std::expected<Tree, SyntaxError> Parser::run() {
  Nodes body = subparse({});
  if (failed()) return std::unexpected(*std::move(error_));
  tree_.body = std::move(body);
  return std::move(tree_);
}

Parser::Level::Level(Parser& parser, std::size_t& depth, std::size_t most) : depth_(depth) {
  if (++depth_ > most) parser.fail(fmt::format("nested deeper than {} levels", most), {}, true);
}

Token Parser::next() {
  const Token token = current();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Parser::is_word(Words words) const {
  return current().kind == TokenKind::name && is_one_of(current().text, words);
}

bool Parser::skip_operator(std::string_view text) {
  if (!is_operator(text)) return false;
  next();
  return true;
}

bool Parser::skip_word(std::string_view text) {
  if (!is_word(text)) return false;
  next();
  return true;
}

void Parser::expect_operator(std::string_view text) {
  if (!skip_operator(text)) fail(fmt::format("`{}` is expected here", text));
}

void Parser::expect(TokenKind kind) {
  if (current().kind != kind) return fail("the tag does not end where it should");
  next();
}

std::string Parser::expect_name() {
  if (current().kind != TokenKind::name) {
    fail("a name is expected here");
    return {};
  }
  return std::string(next().text);
}

void Parser::fail(std::string message, std::optional<Position> at, bool limit) {
  if (error_) return;
  error_ = SyntaxError{at.value_or(current().at), std::move(message), limit};
  at_ = tokens_.size() - 1;
}

Node* Parser::make(Kind kind, Position at, std::string_view text, Nodes parts) {
  std::uint32_t height = 0;
  for (const Node* part : parts)
    if (part != nullptr) height = std::max(height, part->height + 1);
  if (height > kMostHeight)
    fail(fmt::format("an expression is nested deeper than {} levels", kMostHeight), at, true);
  return &tree_.nodes.emplace_back(Node{.kind = kind,
                                        .at = at,
                                        .text = std::string(text),
                                        .height = height,
                                        .parts = std::move(parts),
                                        .body = {}});
}

Node* Parser::target(const TupleRules& rules) {
  Node* node = tuple(rules);
  if (!failed() && !can_assign(*node)) fail("nothing can be assigned to this", node->at);
  return node;
}

Node* Parser::name_target() {
  const Position at = current().at;
  Node* node = make(Kind::name, at, expect_name());
  if (!failed() && !can_assign(*node)) fail("nothing can be assigned to this", at);
  return node;
}

bool Parser::can_assign(const Node& node) {
  if (node.kind == Kind::tuple)
    return std::ranges::all_of(node.parts, [&](const Node* part) { return can_assign(*part); });
  static constexpr std::array<std::string_view, 6> kConstants = {"true", "false", "none",
                                                                 "True", "False", "None"};
  return node.kind == Kind::name && !is_one_of(node.text, kConstants);
}

Parser::Nodes Parser::statements(Words ends, bool drop_end) {
  skip_operator(":");
  expect(TokenKind::block_end);
  Nodes body = subparse(ends);
  if (!failed() && current().kind == TokenKind::end) fail("the template ends inside a block");
  if (drop_end) next();
  return body;
}

Parser::Nodes Parser::subparse(Words ends) {
  const Level level(*this, blocks_, kMostBlocks);
  Nodes body;
  while (!failed() && current().kind != TokenKind::end) {
    const Token token = next();
    if (token.kind == TokenKind::data) {
      body.push_back(make(Kind::data, token.at, token.text));
    } else if (token.kind == TokenKind::variable_begin) {
      Node* value = tuple({});
      body.push_back(make(Kind::output, token.at, {}, {value}));
      expect(TokenKind::variable_end);
    } else if (token.kind == TokenKind::block_begin) {
      if (is_word(ends)) return body;
      body.push_back(statement());
      expect(TokenKind::block_end);
    } else {
      fail("a tag is expected here", token.at);
    }
  }
  return body;
}

Node* Parser::statement() {
  if (is_word("for")) return for_loop();
  if (is_word("if")) return if_chain();
  if (is_word("set")) return set();
  if (is_word("macro")) return macro();
  if (is_word("call")) return call_block();
  if (is_word("filter")) return filter_block();
  if (is_word("with")) return with();
  if (is_word("print")) return print();
  if (is_word("block")) return block();
  if (is_word("autoescape")) return autoescape();
  if (is_word("generation")) return generation();
  if (is_word({"include", "import", "extends", "from"})) return template_reference();
  if (is_word({"break", "continue"})) return loop_control();
  fail(current().kind == TokenKind::name
           ? fmt::format("the tag `{}` is not known here", escape(current().text, 40))
           : "the name of a tag is expected");
  return make(Kind::none, current().at);
}

Node* Parser::for_loop() {
  const Position at = next().at;
  Node* variable = target({.simple = true, .end_word = "in"});
  if (!failed() && variable->kind == Kind::name && variable->text == "loop")
    fail("`loop` cannot be the target of a loop", variable->at);
  if (!skip_word("in")) fail("`in` is expected here");
  Node* iterable = tuple({.conditional = false, .end_word = "recursive"});
  Node* condition = skip_word("if") ? expression() : nullptr;
  const bool recursive = skip_word("recursive");
  ++loops_;
  Nodes body = statements({"endfor", "else"}, false);
  --loops_;
  if (next().text == "else") {
    Node* otherwise = make(Kind::loop_else, current().at);
    otherwise->body = statements({"endfor"}, true);
    body.push_back(otherwise);
  }
  Node* node = make(Kind::for_loop, at, {}, {variable, iterable, condition});
  node->number = recursive ? 1 : 0;
  node->body = std::move(body);
  return node;
}

Node* Parser::if_chain() {
  Node* chain = make(Kind::if_chain, next().at);
  while (!failed()) {
    Node* branch = make(Kind::branch, current().at, {}, {tuple({.conditional = false})});
    branch->body = statements({"elif", "else", "endif"}, false);
    chain->body.push_back(branch);
    const std::string_view word = next().text;
    if (word == "elif") continue;
    if (word == "else") {
      Node* otherwise = make(Kind::branch, current().at, {}, {nullptr});
      otherwise->body = statements({"endif"}, true);
      chain->body.push_back(otherwise);
    }
    break;
  }
  return chain;
}

Node* Parser::set() {
  const Position at = next().at;
  Node* variable = nullptr;
  if (ahead().kind == TokenKind::operator_ && ahead().text == ".") {
    Node* space = make(Kind::name, current().at, expect_name());
    next();
    variable = make(Kind::namespace_target, at, expect_name(), {space});
  } else {
    variable = target({.simple = true});
  }
  if (skip_operator("=")) return make(Kind::set, at, {}, {variable, tuple({})});
  Node* node = make(Kind::set_block, at, {}, {variable, filter(nullptr, false)});
  node->body = statements({"endset"}, true);
  return node;
}

Node* Parser::with() {
  const Position at = next().at;
  Nodes parts;
  while (current().kind != TokenKind::block_end && !failed()) {
    if (!parts.empty()) expect_operator(",");
    parts.push_back(target({.simple = true}));
    expect_operator("=");
    parts.push_back(expression());
  }
  Node* node = make(Kind::with, at, {}, std::move(parts));
  node->body = statements({"endwith"}, true);
  return node;
}

Node* Parser::autoescape() {
  const Position at = next().at;
  Node* node = make(Kind::scope, at, "autoescape", {expression()});
  node->body = statements({"endautoescape"}, true);
  return node;
}

Node* Parser::block() {
  const Position at = next().at;
  const std::string name = expect_name();
  if (!failed() && !block_names_.insert(name).second) fail("a block is defined twice", at);
  skip_word("scoped");
  const bool required = skip_word("required");
  Node* node = make(Kind::scope, at, "block");
  const std::size_t loops = std::exchange(loops_, 0);  // a block is a function of its own
  node->body = statements({"endblock"}, true);
  loops_ = loops;
  const auto blank = [](const Node* child) {
    return child->kind == Kind::data && white_space(child->text) == child->text.size();
  };
  if (required && !failed() && !std::ranges::all_of(node->body, blank))
    fail("a required block may hold white space only", at);
  skip_word(name);
  return node;
}

// `with context` or `without context`.
bool Parser::context_words() {
  if (!is_word({"with", "without"}) || ahead().kind != TokenKind::name || ahead().text != "context")
    return false;
  next();
  next();
  return true;
}

Node* Parser::template_reference() {
  const Token word = next();
  Node* node = make(Kind::template_reference, word.at, word.text, {expression()});
  if (word.text == "include") {
    if (is_word("ignore") && ahead().kind == TokenKind::name && ahead().text == "missing") {
      next();
      next();
    }
    context_words();
  } else if (word.text == "import") {
    if (!skip_word("as")) fail("`as` is expected here");
    name_target();
    context_words();
  } else if (word.text == "from") {
    import_names();
  }
  return node;
}

void Parser::import_names() {
  if (!skip_word("import")) fail("`import` is expected here");
  for (bool first = true; !failed(); first = false) {
    if (!first) expect_operator(",");
    if (context_words()) return;
    const Node* name = name_target();
    if (name->text.starts_with('_')) fail("a name with an underscore cannot be imported", name->at);
    if (skip_word("as")) name_target();
    if (context_words() || !is_operator(",")) return;
  }
}

Parser::Nodes Parser::signature() {
  Nodes out;
  expect_operator("(");
  std::set<std::string, std::less<>> names;
  bool defaults = false;
  while (!is_operator(")") && !failed()) {
    if (!out.empty()) expect_operator(",");
    const Node* name = name_target();
    Node* parameter = make(Kind::parameter, name->at, name->text);
    if (!names.insert(name->text).second) fail("a parameter is named twice", name->at);
    if (skip_operator("=")) {
      defaults = true;
      parameter->parts.push_back(expression());
    } else if (defaults) {
      fail("a parameter without default follows one with a default", name->at);
    }
    out.push_back(parameter);
  }
  expect_operator(")");
  return out;
}

Node* Parser::macro() {
  const Position at = next().at;
  const std::string name = name_target()->text;
  Node* node = make(Kind::macro, at, name, signature());
  for (const Node* parameter : node->parts)
    if (parameter->text == "caller" && parameter->parts.empty())
      fail("a parameter `caller` needs a default", parameter->at);
  const std::size_t loops = std::exchange(loops_, 0);
  node->body = statements({"endmacro"}, true);
  loops_ = loops;
  return node;
}

Node* Parser::call_block() {
  const Position at = next().at;
  Nodes parts = is_operator("(") ? signature() : Nodes{};
  Node* call = expression();
  if (!failed() && call->kind != Kind::call) fail("a call is expected here", call->at);
  parts.insert(parts.begin(), call);
  Node* node = make(Kind::call_block, at, {}, std::move(parts));
  const std::size_t loops = std::exchange(loops_, 0);
  node->body = statements({"endcall"}, true);
  loops_ = loops;
  return node;
}

Node* Parser::filter_block() {
  const Position at = next().at;
  Node* node = make(Kind::filter_block, at, {}, {filter(nullptr, true)});
  node->body = statements({"endfilter"}, true);
  return node;
}

Node* Parser::print() {
  const Position at = next().at;
  Nodes parts;
  while (current().kind != TokenKind::block_end && !failed()) {
    if (!parts.empty()) expect_operator(",");
    parts.push_back(expression());
  }
  return make(Kind::output, at, {}, std::move(parts));
}

Node* Parser::generation() {
  Node* node = make(Kind::scope, next().at, "generation");
  const std::size_t loops = std::exchange(loops_, 0);  // becomes a call block
  node->body = statements({"endgeneration"}, true);
  loops_ = loops;
  return node;
}

Node* Parser::loop_control() {
  const Token word = next();
  if (loops_ == 0) fail("a loop control stands outside a loop", word.at);
  return make(Kind::loop_control, word.at, word.text);
}

}  // namespace gh::jinja
