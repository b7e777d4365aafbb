#pragma once
// What lies in an adapter's folder beside its configuration and its tensors. Pure functions over
// names.

#include <string>
#include <vector>

#include "findings/examination.h"

namespace gh::adapter {

// Why there are no tensors to look at, in a folder with these files.
std::string why_no_tensors(const std::vector<std::string>& files);

void check_files(const std::vector<std::string>& files, findings::Examination& examination);
void check_links(const std::vector<std::string>& links, findings::Examination& examination);

}  // namespace gh::adapter
