#pragma once
// `CFG-210` to `CFG-212`, `CFG-215`: an index of shards, held against them, and shards without
// an index.

#include "findings/finding.h"

namespace gh::hub::rule {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kTensorTwice{
    "CFG-210",
    Severity::medium,
    Effect::finding,
    "has a tensor in two shards",
    "Which of the two is loaded depends on the order in which the engine reads the files: what was "
    "tested with one is served with another.",
    "Take index and weights from one source."};
inline constexpr Rule kForms{
    "CFG-215",
    Severity::low,
    Effect::finding,
    "has its tensors in several forms",
    "Another precision, the parts of several processes, or consolidated.safetensors beside the "
    "files of transformers: which of them is served depends on the engine. Without an index vLLM "
    "loads every *.safetensors, and of consolidated*.safetensors only those.",
    "Keep the files that are served, and test with these."};
inline constexpr Rule kTensorMissing{
    "CFG-211",
    Severity::low,
    Effect::finding,
    "names tensors in a shard that does not hold them",
    "transformers fills them with random numbers and warns; engines that read every shard whole do "
    "not look.",
    "Take index and weights from one source."};
inline constexpr Rule kNoWeights{"CFG-212",
                                 Severity::medium,
                                 Effect::finding,
                                 "names a file that holds no weights",
                                 "The index says that tensors are in it. It is something else.",
                                 "Take index and weights from one source."};

}  // namespace gh::hub::rule
