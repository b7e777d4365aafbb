#pragma once
// The rules about the numbers in tensors.

#include "adapter/rules.h"

namespace gh::adapter {

inline constexpr Rule kNotFinite{
    "LRA-040",
    Severity::high,
    Effect::finding,
    "holds values that are not finite",
    "vLLM does not check. One NaN makes every answer through this adapter nonsense.",
    "Do not load it; the training went wrong or the file is damaged."};
inline constexpr Rule kNoEffect{"LRA-041",
                                Severity::info,
                                Effect::finding,
                                "has modules without effect",
                                "A matrix of zeroes: the module is as in the base model.",
                                "Nothing to do."};
inline constexpr Rule kRepeated{"LRA-042",
                                Severity::low,
                                Effect::finding,
                                "has the same numbers in several modules",
                                "Training does not do that. Tools that build adapters by hand do.",
                                kCompare,
                                findings::Confidence::low};
inline constexpr Rule kOutlier{"LRA-043",
                               Severity::low,
                               Effect::finding,
                               "changes one module far more than the others",
                               "Compared are modules of one name and size, and where those are "
                               "fewer than four, all. Some methods and tasks do. So do edits that "
                               "aim at one behaviour.",
                               kCompare,
                               findings::Confidence::low};
inline constexpr Rule kUnlikeBank{"LRA-044",
                                  Severity::low,
                                  Effect::finding,
                                  "differs from the adapters that were given to compare",
                                  "One of its numbers lies far from theirs. Rank, alpha, "
                                  "initialisation and task move these numbers "
                                  "too; this is a reason to look, and no more.",
                                  kCompare,
                                  findings::Confidence::low};
inline constexpr Rule kNotMeasured{"LRA-045",
                                   Severity::medium,
                                   Effect::inconclusive,
                                   "has tensors whose numbers were not looked at",
                                   "Types other than F64, F32, F16 and BF16 and matrices beyond 64 "
                                   "million elements or rank 512 are not "
                                   "read.",
                                   "Save the adapter in one of these types."};

}  // namespace gh::adapter
