#pragma once
// Rules of containers that no loader of weights opens.

#include "findings/finding.h"

namespace gh::artifacts {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kRefusedContainer{
    "ARC-010",
    Severity::high,
    Effect::finding,
    "is an archive that no loader of weights opens",
    "torch.load, vLLM and transformers refuse it. Malicious checkpoints have been published as 7z "
    "under a model's name, because scanners skipped what they could not open.",
    "Unpack it where nothing is loaded, scan what comes out, and keep weights as safetensors."};
inline constexpr Rule kTorchTar{
    "ARC-013",
    Severity::high,
    Effect::unexamined,
    "is a PyTorch checkpoint in the oldest format",
    "torch.load refuses a tar with weights_only=True since 2.6; whoever loads it has switched that "
    "protection off, and every pickle in it runs.",
    "Convert it to safetensors with a version of PyTorch in a container without network."};

inline constexpr Rule kTorchExport{
    "ZIP-046",
    Severity::high,
    Effect::unsupported,
    "is a program that torch.export wrote, not weights",
    "torch.export.load has sympy evaluate the sizes in its graph, which is Python's eval, and "
    "takes "
    "any attribute of torch for an operator. What the graph says was not looked at; only the files "
    "beside it were.",
    "Ask for weights as safetensors. Else load it in a container without network. To accept it: by "
    "digest with --suppress, by name with --allow-unsupported."};

}  // namespace gh::artifacts
