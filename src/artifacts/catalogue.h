#pragma once
// Every rule that a scan can apply.

#include "findings/catalogue.h"

namespace gh::artifacts {

findings::Catalogue catalogue();

}  // namespace gh::artifacts
