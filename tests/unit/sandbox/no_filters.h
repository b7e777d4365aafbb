#pragma once
// A kernel without system call filters, for tests: a filter that refuses to install another.

namespace gh::sandbox {

bool deny_filters();

}  // namespace gh::sandbox
