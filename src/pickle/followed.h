#pragma once
// Numbers in storages that PyTorch, or whoever computes with the tensor, follows: indices of sparse
// tensors, sizes and places in nested ones. PyTorch 2.13 looks at those of nested tensors when it
// loads, and since 2.8 not at those of sparse ones: one that is too great makes `to_dense` write
// beyond the result (CVE-2025-62164). 2.15 looks again, also at whether those of a row rise.

#include <functional>
#include <memory>

#include "findings/examination.h"
#include "pickle/pickle.h"
#include "source/source.h"

namespace gh::pickle {

// The bytes of a storage, by its place in `Outcome::storages`; null when they are not there, which
// the caller tells.
using OpenStorage = std::function<std::unique_ptr<source::Source>(std::size_t storage)>;

// Reads all of them, in time linear in their count. At most one finding of a tensor. False when
// some could not be read.
bool check_followed(const Outcome& outcome, const OpenStorage& open, bool big_endian,
                    findings::Examination& examination);

}  // namespace gh::pickle
