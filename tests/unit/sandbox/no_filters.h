#pragma once
// A kernel without system call filters, for tests: a filter that refuses to install another, with
// this errno.

#include <errno.h>

namespace gh::sandbox {

bool deny_filters(int error = EINVAL);

}  // namespace gh::sandbox
