#pragma once
// Rules KER-…: what a Keras model runs when it is loaded.

#include "findings/finding.h"

namespace gh::artifacts {

inline constexpr findings::Rule kKerasLambda{
    "KER-001",
    findings::Severity::critical,
    findings::Effect::finding,
    "has a Lambda layer: Python code in the model",
    "The layer's function is marshalled bytecode that runs when the model is loaded or called. "
    "Safe mode refuses it, but not for HDF5 (CVE-2025-9905), and not before Keras 2.13 "
    "(CVE-2024-3660).",
    "Refuse the file."};
inline constexpr findings::Rule kKerasModule{
    "KER-002",
    findings::Severity::critical,
    findings::Effect::finding,
    "names a Python module outside Keras",
    "Up to Keras 3.8 the loader imports the module and calls what the configuration names, in safe "
    "mode too (CVE-2025-1550).",
    "Refuse the file."};
inline constexpr findings::Rule kKerasCustom{
    "KER-004",
    findings::Severity::medium,
    findings::Effect::finding,
    "needs custom objects",
    "The model loads only with Python code that registers them, and that has to come from "
    "somewhere: usually with the model.",
    "Find out whose code it is, and read it."};
inline constexpr findings::Rule kKerasConfig{"KER-005",
                                             findings::Severity::high,
                                             findings::Effect::inconclusive,
                                             "has a configuration that could not be read",
                                             "What the model is made of was not examined.",
                                             "Save the model again with Keras."};
inline constexpr findings::Rule kHdf5Pickle{
    "KER-017",
    findings::Severity::low,
    findings::Effect::finding,
    "holds a pickle as a value",
    "PyTables unpickles attributes when it opens the object that they belong to; what else is "
    "kept so is for programs that unpickle it themselves. It is examined as a pickle.",
    "Store numbers and texts as they are."};
inline constexpr findings::Rule kHdf5PickledRows{
    "KER-018",
    findings::Severity::high,
    findings::Effect::finding,
    "has rows that are pickles",
    "PyTables unpickles each row of such an array when it is read, whatever the row imports and "
    "calls. The rows are not examined.",
    "Refuse the file, or have the rows stored as texts or numbers."};

inline constexpr findings::Rule kKerasWeights{
    "KER-022",
    findings::Severity::medium,
    findings::Effect::finding,
    "asks for far more weights than it holds",
    "Keras makes every layer as large as the configuration says before it reads weights: more than "
    "a GiB, and sixteen times what is in the file. A few hundred bytes can ask for all memory.",
    "Refuse the file."};

}  // namespace gh::artifacts
