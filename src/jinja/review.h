#pragma once
// Applies the rules to a tree, private to this folder. Walks it three times or more: until nothing
// new is learned of what variables and parameters hold, however the template is ordered; the last
// walk reports.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "findings/examination.h"
#include "jinja/fold.h"
#include "jinja/frames.h"
#include "jinja/tree.h"

namespace gh::jinja {

class Review {
 public:
  explicit Review(findings::Examination& examination) : examination_(examination) {}
  void run(const Tree& tree);

 private:
  static constexpr int kMostWalks = 24;
  // Triggers, and choices of tables; each costs a look at the whole template.
  static constexpr std::size_t kMostWeighed = 64;
  static constexpr std::int64_t kLongMessage = 8;   // beyond what asks whether there is one
  static constexpr std::size_t kPiece = 128;        // bytes; a sentence in pieces is hardly longer
  static constexpr std::int64_t kWide = 1'000'000;  // characters of a text that is made at once

  using Nodes = std::vector<Node*>;
  struct Arguments {
    Values positional;
    Values all;         // with keywords and spreads
    bool plain = true;  // positional only
  };

  // Where an expression leads: to the value that the macro was given, into it, or elsewhere.
  enum class Reach : std::uint8_t { elsewhere, own, within };

  // Names that are certainly variables while it lives: a block of statements. Jinja takes others
  // from the engine.
  class Scope {
   public:
    explicit Scope(Review& review) : review_(review), size_(review.order_.size()) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

   private:
    Review& review_;
    std::size_t size_;
  };
  struct Binding {
    Reach reach = Reach::elsewhere;
    Copies copies = {};     // of what it holds now
    std::int64_t size = 0;  // of that; 0: as large as it may ever be
    std::string macro = {};
  };
  // A name, a parameter or a macro that is set where it stands.
  void bind(const Node& name, Binding binding);
  void bind(const Node& name) { bind(name, Binding()); }
  const std::string& key_of(const Node& name) const;
  // What a name stands for; null: the engine's, or nothing.
  struct Known {
    ValuePtr value;
    bool assigned = false;             // certainly a variable of the template
    const Binding* binding = nullptr;  // the innermost
  };
  Known known(const Node& name) const;
  void report(const findings::Rule& rule, const Node& node, std::string message,
              std::string_view evidence = {});

  // review_statements.cc: what each statement does to names, and what loops cost.
  void statements(const Nodes& nodes);
  void statement(const Node& node);
  void for_loop(const Node& node);
  void for_body(const Node& node, const ValuePtr& iterable, const Nodes& body);
  void if_chain(const Node& node);
  void filter_block(const Node& node);
  void begin_anew();
  void write(ValuePtr one);
  void note_fresh(const ValuePtr& before, const ValuePtr& after);
  void set(const Node& node);
  // review_macros.cc
  void macro(const Node& node);
  void call_block(const Node& node);
  int times_called(const Node& call) const;
  // review_names.cc: what names stand for.
  void assign(const Node& target, const ValuePtr& value);
  void assign_name(const Node& name, const ValuePtr& value);
  void assign(const std::string& key, std::string_view name, const ValuePtr& value, const Node& at);
  void assign_items(const Node& target, const ValuePtr& iterable);
  void loop_again(const Arguments& given);
  // review_expressions.cc: the value of every expression, rules on the way.
  ValuePtr value(const Node* node);
  ValuePtr evaluated(const Node* node);
  ValuePtr name(const Node& node);
  ValuePtr attribute(const Node& node);
  ValuePtr subscript(const Node& node);
  ValuePtr filter(const Node& node);  // review_filters.cc
  static ValuePtr number(std::string_view name, const ValuePtr& input, const Arguments& given);
  ValuePtr concat(const Node& node);
  ValuePtr binary(const Node& node);
  static ValuePtr spelled(const ValuePtr& made, const Values& from);
  static ValuePtr reckoned(std::string_view op, const Value& left, const Value& right,
                           const ValuePtr& made);
  ValuePtr dict(const Node& node);
  ValuePtr listed(const Node& node);
  Values values(const Nodes& nodes, std::size_t from = 0);
  Arguments arguments(const Node& node, std::size_t from);
  // `attribute`: not written as a key.
  ValuePtr member(const Node& node, const ValuePtr& object, std::string_view name, bool attribute);
  void take_member(const Node& node, Value& part, const Value& object, std::string_view name);

  // review_conditions.cc: what is true of values, and what is chosen by that.
  ValuePtr test(const Node& node);
  ValuePtr negation(const Node& node);
  ValuePtr logic(const Node& node);
  ValuePtr conditional(const Node& node);
  ValuePtr compare(const Node& node);
  ValuePtr condition(const Node* node);
  static bool is_far_part(const Node* node);

  // review_calls.cc: functions, called and taken hold of.
  ValuePtr call(const Node& node);
  ValuePtr named_call(const Node& node, const Node& callee);
  ValuePtr macro_call(const Node& node, const Node& macro, const Arguments& given);
  // Of what `called` was found to be, wherever it comes from.
  ValuePtr invoke(const Node& node, const ValuePtr& called, const Arguments& given);
  ValuePtr method_call(const Node& node, std::string_view method, const ValuePtr& object,
                       const Arguments& given);
  void report_formats();
  ValuePtr function(std::string_view name);
  bool is_function(std::string_view name) const;
  const Node* check_choice(const Node& node, const ValuePtr& table, const ValuePtr& key);
  void take_from_table(Value& found, const Value& table) const;
  ValuePtr text_in(const Value& table, const Value& key) const;
  ValuePtr looked_up(const Node& node, const ValuePtr& object, const ValuePtr& key);

  // review_origins.cc: whose text a key may be.
  // Of what is read from `object`, by that name where one is known.
  Origin within(const Value& object, std::string_view name = {}) const;
  void put_into(const Value& object, Origin origin);
  void name_attribute(std::string_view name, const ValuePtr& value);
  void note_change(std::string_view method);
  void note_taken(std::string_view method, bool of_constant);  // and not called where it is named
  static bool gives_data(std::string_view filter, const Value& input, const Arguments& given);
  Origin filtered(const Node& node, const ValuePtr& input, const Arguments& given) const;
  Origin returned(std::string_view method, const ValuePtr& object, const Values& arguments) const;
  // Whether `object[key]` finds one of its texts, whatever the key says, or nothing that leads on.
  bool is_table(const Value& object) const { return object.table && !dicts_change_; }
  void check_key(const Node& node, const ValuePtr& object, const ValuePtr& key);
  void check_fields(const Node& node, std::string_view format);

  // review_rules.cc: single rules.
  ValuePtr judged(const Node& node, ValuePtr value);  // a text that was just made
  void check_text(const Node& node, std::string_view text);
  void check_addresses(const Node& node, std::string_view text);
  // What stands behind an address goes on with it, unless it is known to end it.
  void check_joined(const Node& node, const Values& parts);
  void check_said(const Node& node, const Value& text);
  void check_added(const Node& set, const Value& result);
  void note_said(const Node& node, const Value& text);
  void end_said(const Node& node);
  void check_name(const Node& node, std::string_view name);
  void check_attribute(const Node& node, std::string_view name);
  void check_attribute_argument(const Node& node, const ValuePtr& name, bool attr);
  void check_filter(const Node& node, const ValuePtr& input, const Arguments& arguments);
  void check_mapping(const Node& node, const Value& input, std::span<const ValuePtr> arguments);
  void check_applied(const Node& node, std::string_view name, const ValuePtr& input,
                     const Values& given);
  void check_choosing(const Node& node, const ValuePtr& input, const Values& arguments);
  void check_object_text(const Node& node);
  void check_no_function(const Node& node, const Values& spelled);

  // review_costs.cc: time and memory.
  struct Loops {
    int conversation = 0;  // over messages
    int content = 0;       // over what one of them says
    int outer = 0;         // over those or another variable of the engine
  };
  void check_times(const Node& node, const Values& arguments, std::int64_t most);
  void check_format(const Node& node, const ValuePtr& format, const Values& arguments);
  ValuePtr range(const Node& node, const Values& arguments);
  void check_product(const Node& node, const ValuePtr& left, const ValuePtr& right);
  Loops inside(const Node& node, const Loops& more);  // what `more` is inside the loops around it
  Loops loop_over(const Value& iterable) const;

  // review_sizes.cc: how large texts grow.
  struct Held {  // by an attribute of a namespace
    Copies copies;
    std::int64_t size = 1;
  };
  struct Growth {
    std::string target;
    Copies from;
    const Node* node;
  };
  ValuePtr check_size(const Node& node, ValuePtr value);
  static ValuePtr grown(std::string_view how, const ValuePtr& made, const Values& all);
  ValuePtr carried(const std::string& attribute, const ValuePtr& value) const;
  void add_written(Value& result, const Node& call, const Node& macro,
                   const Arguments& given) const;
  void check_growth(const std::string& attribute, const ValuePtr& value, const Node& at);
  void note_growth(const std::string& target, const Value& value, const Node& at);
  void check_growths();

  // review_work.cc: what the template, a macro and the block of a call cost each time they run, in
  // steps: turns of loops, calls, and texts that are written.
  struct Call {
    const Node* node = nullptr;
    std::size_t callee = 0;
    std::optional<std::size_t> block = {};  // that stands in the call
    std::int64_t times = 1;
  };
  struct Work {
    std::int64_t steps = 0;
    std::int64_t callers = 0;       // calls of the block that it was called with
    const Node* dearest = nullptr;  // what costs most of it
    std::int64_t most = 0;
    std::vector<Call> calls;

    void add(const Node& node, std::int64_t more);
  };
  // Where a statement stands: in which work, and how often it runs each time that does.
  struct Place {
    std::size_t work = 0;
    std::int64_t turns = 1;
  };
  static std::int64_t turns_of(const Value& iterable);
  std::size_t work_of(const std::string& macro);
  void note_turn(const Node& loop);
  void note_text(const Node& node, const Value& text);
  void note_call(const Node& node, std::size_t callee);
  void note_caller();
  void note_block(const Node& node, std::size_t first, std::size_t block);
  void check_work();

  // review_recursion.cc: macros and loops that call themselves.
  struct Recursion {
    std::string caller;
    std::string callee;
    const Node* node;
    int calls;
  };
  Reach reach(const Node& node) const;
  Reach least_reach(const Node& a, const Node& b) const;
  void note_reach(const Node& loop);
  void note_recursion(const Node& call, std::string_view callee);
  void check_recursions();

  // review_words.cc: what hangs on the words of a message.
  struct Operand {
    const Node* node;  // may be null
    ValuePtr value;
  };
  void check_comparison(const Node& node, std::string_view how, const Operand& left,
                        const Operand& right);
  static bool looks_for(std::string_view method);
  static bool mixes_words(const Value& value);
  void check_alike(const Node& node, const Value& input, const Values& arguments);
  void check_keys(const Node& node, const Values& keys);
  void check_look_up(const Node& node, std::string_view method, const ValuePtr& object,
                     const Values& arguments);
  // Words that decide something. Whether they are a finding or a note, what they decide tells.
  struct Trigger {
    const Node* node = nullptr;
    std::string message = {};
    std::string words = {};
    bool whole = false;            // the message begins with the words, or is them
    bool present = false;          // decided for when they are there
    const Node* branch = nullptr;  // whose condition it stands in
    std::string subject = {};      // the variable that they are looked for in
    bool mark = false;             // no words: a finding by what hangs on it only
    bool both = false;             // decided for when they are there, or for when they are not
    bool piece = false;            // what is looked for parts the message, and may decide nothing
  };
  void add_trigger(const Node& node, std::string message, std::string_view words, bool whole,
                   bool present, const Node* subject = nullptr);
  // Those from `first` on; `decided` is the if_chain or conditional that they decide, or null.
  void report_triggers(std::size_t first, const Node* decided, const Node* branch = nullptr);
  // In a `statement` that decides nothing itself.
  void report_marks(std::size_t first, const Node& statement);
  bool is_command(const Trigger& trigger, const Node& decided);
  bool is_own_marker(const Trigger& trigger, const Node& decided);
  void note_written(const Node& node);       // what the template writes by itself
  ValuePtr weighed(const Node& expression);  // its value, and nothing is reported

  // review_replaced.cc: words of the template in the place of those of a message.
  struct Written;  // by a branch
  Written written(const Nodes& statements);
  void add_written(Written& out, const Node& expression);
  const findings::Rule& rule_of(const Trigger& trigger, const Node& decided);
  ValuePtr one_of(const ValuePtr& one, const ValuePtr& other);
  void check_chosen(const Node& chain, const Node& chosen);
  void report_choices();

  // review_marks.cc: what hangs on marks that a message holds, and on digits and signs.
  void add_mark(const Node& node, std::string_view how, const Value& text, Trigger trigger);
  void unsettle(std::size_t first);  // what is made of those may be true where they are not there
  bool adds_words(const Trigger& trigger, const Node& decided);
  bool says_after(const Node& chain, const Node& branch, bool signs);
  bool says(const Node& node, bool signs);
  bool says(const Nodes& nodes, bool signs);
  bool says(const Node& node, bool signs, std::string& before);
  std::vector<Trigger> told_on(const Node& conditional, std::size_t first) const;
  std::string target_of(const Node& set) const;
  void note_flag(const std::string& name, const Trigger& trigger);
  void note_flag(const Node& set, const std::optional<Trigger>& mark, const Value& made);
  std::optional<Trigger> mark_since(std::size_t first, const Node& branch) const;
  void note_branch(const Node& branch, Trigger trigger);
  void note_branch(const Nodes& nodes, const Trigger& trigger, bool leaves);
  void look_at_flags(const Node& name);
  void look_at_flag(const std::string& name);
  bool is_quiet(const Nodes& statements);
  bool is_quiet(const Node& expression);
  bool spells_nothing(const Node& expression) const;
  // `locals`: variables that may be shown beside it, and those set on the way.
  using Names = std::set<std::string, std::less<>>;
  bool shows_only(Names& locals, const Nodes& statements) const;
  bool shows_only(const Names& locals, const Node& expression) const;
  std::size_t shown(const Nodes& statements);
  // `x is mapping`: then `'key' in x` asks for a key.
  void note_mappings(const Node& condition);
  void forget_mapping(std::string_view name);
  bool is_mapping(const Node* node) const;

  findings::Examination& examination_;
  Fold fold_;
  Frames frames_;
  std::map<std::string, ValuePtr, std::less<>> names_;  // by key; "ns.attribute" too
  std::map<std::string, const Node*, std::less<>> macros_;
  // By key, in the scopes that are open, the innermost last.
  std::map<std::string, std::vector<Binding>, std::less<>> bound_;
  std::vector<std::string> order_;                           // keys as they were bound
  std::map<std::string, ValuePtr, std::less<>> written_by_;  // what the outputs of a macro are
  // Of the macro or block around the statement; what stands in a loop there counts for each turn.
  struct Outputs {
    Values* values = nullptr;
    int in_loop = 0;
    std::int64_t turns = 1;
  };
  Outputs outputs_;
  ValuePtr block_;            // what the block holds that a filter is laid over
  ValuePtr given_to_caller_;  // whatever a macro hands to the block that calls it
  // What the template has put into lists and dicts: its own, and the caller's. Which of them it
  // was is not followed, nor which namespace an attribute belongs to.
  Origin put_away_ = Origin::data;
  Origin put_into_data_ = Origin::data;
  bool led_away_ = false;      // among it is what a key led to that is not known
  bool changing_ = false;      // lists are changed after they were made
  bool dicts_change_ = false;  // perhaps dicts, too
  std::map<std::string, Origin, std::less<>> attributes_;
  std::map<std::string, ValuePtr, std::less<>> held_;  // by attributes of that name
  std::set<std::string, std::less<>> taken_;  // macros that something else may call than their name
  bool fresh_ = false;                        // this walk has learned something
  std::set<std::tuple<const findings::Rule*, std::uint32_t, std::uint32_t>> reported_;
  int walk_ = 0;
  bool recording_ = false;
  std::size_t contents_ = 0;  // expressions that are what a message says, so far
  int on_content_ = 0;        // conditions on it around the current place
  bool open_ = false;         // what was written last may end with an address
  std::string said_;          // what is known of what was written last
  std::map<std::string, std::string, std::less<>> added_;  // to variables
  bool negated_ = false;                                   // inside an odd number of `not`
  std::vector<Trigger> triggers_;
  std::vector<const Node*> choices_;  // look-ups in tables by the words of a message
  std::string formatter_;  // a method that was taken for something to call: `format`, `center`
  std::vector<const Node*> unknown_calls_;
  std::vector<std::string> mappings_;  // known to be, where the walk is
  std::vector<std::string> written_;   // pieces, in small letters
  std::size_t weighed_ = 0;            // triggers that were held against what they decide
  std::map<std::string, Trigger, std::less<>> flags_;  // variables that say whether a mark is there
  std::optional<Trigger> outputs_mark_;                // that what was written since depends on
  const Node* loop_ = nullptr;                         // around the current statement
  bool counts_letters_ = false;                        // it goes through what a message says
  std::map<std::pair<const Node*, bool>, bool> says_;
  std::map<std::pair<const Node*, bool>, const Node*> last_saying_;  // of the branches of a chain
  Loops loops_;                                                      // around the current statement
  Loops most_;                                          // that the macro around it has had so far
  std::map<std::string, Loops, std::less<>> loops_of_;  // a macro's most
  bool looping_ = false;                                // in a loop, or a macro that may be in one
  int in_loop_ = 0;                                     // loops around the statement in its macro
  int branches_ = 0;                                    // inside that
  std::map<std::string, Held, std::less<>> set_anew_;   // since the loop began anew
  std::vector<Growth> growths_;
  std::set<std::string, std::less<>> parameters_;  // keys
  std::string macro_;                              // around the current statement
  std::vector<Recursion> recursions_;
  std::vector<Work> works_;  // the template's own first
  std::map<std::string, std::size_t, std::less<>> work_of_;
  Place place_;
};

}  // namespace gh::jinja
