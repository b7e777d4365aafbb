#include "jinja/roles.h"

#include <algorithm>
#include <array>

#include "jinja/roles_walk.h"

namespace gh::jinja {

namespace {

void find_macros(const std::vector<Node*>& nodes, Macros& macros) {
  for (const Node* node : nodes) {
    if (node->kind == Kind::macro) macros.insert_or_assign(node->text, node);
    find_macros(node->body, macros);
  }
}

}  // namespace

std::vector<Unshown> unshown_roles(const Tree& tree) {
  struct One {
    std::string_view role;
    bool shows = false;
    bool refuses = false;
    const Node* words = nullptr;
    const Node* loop = nullptr;
  };
  std::array<One, 4> roles = {{{"system"}, {"user"}, {"assistant"}, {"tool"}}};
  Macros macros;
  find_macros(tree.body, macros);
  for (One& one : roles) {
    Names ever;
    RoleWalk(one.role, macros, ever).run(tree);  // learns the names
    RoleWalk walk(one.role, macros, ever);
    walk.run(tree);
    one = {one.role, walk.shows(), walk.refuses(), walk.words(), walk.loop()};
  }
  const auto shown = std::ranges::count_if(roles, &One::shows);
  std::vector<Unshown> out;
  for (const One& one : roles) {
    if (one.shows || one.refuses) continue;
    // Many templates know no tools, or no system messages; those for one question no answers.
    const bool needed = one.role == "user" ? shown > 0 : one.role == "assistant" && shown > 1;
    if (one.words != nullptr && (shown > 0 || one.role == "user"))
      out.push_back({one.words, one.role, true});
    else if (needed && one.loop != nullptr)
      out.push_back({one.loop, one.role, false});
  }
  return out;
}

}  // namespace gh::jinja
