#pragma once
// Rules KER-003, KER-020 and KER-021: what a Keras configuration has called, and loaded from
// elsewhere, wherever it lies. The others are in artifacts/keras_rules.h.

#include "findings/finding.h"

namespace gh::hub::rule {

inline constexpr findings::Rule kKerasFunction{
    "KER-003",
    findings::Severity::high,
    findings::Effect::finding,
    "calls a function of Keras that is no part of a model",
    "Functions such as keras.utils.get_file or keras.config.enable_unsafe_deserialization write "
    "files or switch safe mode off when the model is loaded (CVE-2025-8747, CVE-2025-9906).",
    "Refuse the file."};
inline constexpr findings::Rule kKerasProgram{
    "KER-020",
    findings::Severity::high,
    findings::Effect::finding,
    "has a layer that loads a TensorFlow program, or does something with files",
    "A TFSMLayer runs whatever SavedModel is at its path, which may be a URL, and so does the "
    "KerasLayer of TensorFlow Hub; TFOpLambda and TensorFlowOpLayer call operators by name, those "
    "that read and write files among them. Safe mode refuses TFSMLayer since Keras 3.14 "
    "(CVE-2026-1462).",
    "Refuse the file."};
inline constexpr findings::Rule kKerasFile{
    "KER-021",
    findings::Severity::medium,
    findings::Effect::finding,
    "has a layer that reads another file",
    "The loader opens a path or a URL that the configuration names and takes its lines for words: "
    "any file of the host can be read through the model, and hosts inside the network asked "
    "(CVE-2025-12058).",
    "Refuse the file, or save the model again: Keras stores the words themselves."};

}  // namespace gh::hub::rule
