#pragma once
// The parser's one class, private to this folder: parser_expressions.cc and parser_statements.cc
// follow jinja2/parser.py function by function. The first error sticks, and from then on the
// current token is the end, so that every loop stops.

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/lexer.h"
#include "jinja/tree.h"

namespace gh::jinja {

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  std::expected<Tree, SyntaxError> run();

 private:
  using Words = std::initializer_list<std::string_view>;
  using Nodes = std::vector<Node*>;
  struct TupleRules {
    bool simple = false;          // names and literals only: an assignment's target
    bool conditional = true;      // `a if b else c` is an expression here
    bool parentheses = false;     // an empty tuple is one
    std::string_view end_word{};  // ends the tuple too
  };

  // Tokens.
  const Token& current() const { return tokens_[at_]; }
  const Token& ahead() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  Token next();
  bool is_operator(std::string_view text) const {
    return current().kind == TokenKind::operator_ && current().text == text;
  }
  bool is_word(std::string_view text) const {
    return current().kind == TokenKind::name && current().text == text;
  }
  bool is_word(Words words) const;
  bool skip_operator(std::string_view text);
  bool skip_word(std::string_view text);
  void expect_operator(std::string_view text);
  void expect(TokenKind kind);
  std::string expect_name();
  void fail(std::string message, std::optional<Position> at = std::nullopt, bool limit = false);
  bool failed() const { return error_.has_value(); }

  Node* make(Kind kind, Position at, std::string_view text = {}, Nodes parts = {});

  // Expressions.
  Node* expression(bool conditional = true);
  Node* conditional();
  Node* either();
  Node* both();
  Node* negation();
  Node* comparison();
  Node* sum();
  Node* concat();
  Node* product();
  Node* power();
  Node* unary(bool with_filters);
  Node* primary();
  Node* integer(const Token& token);
  Node* tuple(const TupleRules& rules);
  Node* list();
  Node* dict();
  Node* postfix(Node* node);
  Node* filters_and_tests(Node* node);
  Node* attribute_or_subscript(Node* node);
  Node* subscript_key();
  Nodes arguments();
  Node* filter(Node* input, bool first);
  Node* test(Node* subject);
  std::string dotted_name();
  Node* target(const TupleRules& rules);
  Node* name_target();
  bool can_assign(const Node& node);

  // Statements.
  Nodes statements(Words ends, bool drop_end);
  Nodes subparse(Words ends);
  Node* statement();
  Node* for_loop();
  Node* if_chain();
  Node* set();
  Node* with();
  Node* autoescape();
  Node* block();
  Node* template_reference();
  void import_names();
  bool context_words();
  Node* macro();
  Nodes signature();
  Node* call_block();
  Node* filter_block();
  Node* print();
  Node* generation();
  Node* loop_control();

  // Counts one level of nesting while it lives.
  class Level {
   public:
    Level(Parser& parser, std::size_t& depth, std::size_t most);
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --depth_; }

   private:
    std::size_t& depth_;
  };

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t nesting_ = 0;
  std::size_t blocks_ = 0;
  std::size_t loops_ = 0;
  std::set<std::string, std::less<>> block_names_;
  Tree tree_;
  std::optional<SyntaxError> error_;
};

}  // namespace gh::jinja
