#pragma once
// What can be seen only with the whole policy in view: isolation that the upstreams' versions
// cannot give, bodies that can never be held, and what nobody uses.

#include "policy/build.h"

namespace gh::policy {

void check_rules(Draft& draft);

}  // namespace gh::policy
