#pragma once
// Python 2's names of what has another name in Python 3, as `fix_imports` maps them (CPython's
// Lib/_compat_pickle.py). weights_only maps always, CPython below protocol 3; here always, because
// the old modules do not exist in Python 3.

#include <string_view>
#include <utility>

namespace gh::pickle {

std::pair<std::string_view, std::string_view> current_name(std::string_view module,
                                                           std::string_view name);

}  // namespace gh::pickle
