#pragma once
// What can be seen only with the whole policy in view: isolation that the upstreams' versions
// cannot give, and rules that can match nothing.

#include "policy/build.h"

namespace gh::policy {

void check_rules(Draft& draft);

}  // namespace gh::policy
