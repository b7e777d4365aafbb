#pragma once
// What a template shows of messages, by their role. Private to this folder.

#include <string_view>
#include <vector>

#include "jinja/tree.h"

namespace gh::jinja {

// A role whose messages are shown nowhere, while those of others are. `words`: a sentence of the
// template stands in their place. `node`: that, or what goes through the messages.
struct Unshown {
  const Node* node;
  std::string_view role;
  bool words;
};

// Goes through the template once for each role, as if the messages had that one. Whatever cannot be
// decided counts as shown. Time is linear in the template.
std::vector<Unshown> unshown_roles(const Tree& tree);

}  // namespace gh::jinja
