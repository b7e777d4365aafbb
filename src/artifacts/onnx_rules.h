#pragma once
// Rules ONX-…: what an ONNX model asks of its runtime beyond arithmetic.

#include "findings/finding.h"

namespace gh::artifacts {

inline constexpr findings::Rule kOnnxOutside{
    "ONX-001",
    findings::Severity::critical,
    findings::Effect::finding,
    "keeps tensors in a file outside its folder",
    "The runtime opens that path and takes its bytes for weights, or runs them where they are a "
    "compiled engine: any file of the host can be read through the model (CVE-2022-25882, "
    "CVE-2024-27318, CVE-2024-5187).",
    "Refuse the file."};
inline constexpr findings::Rule kOnnxPython{
    "ONX-002",
    findings::Severity::high,
    findings::Effect::finding,
    "has an operator that runs Python",
    "The operator calls a Python function that the model names.",
    "Refuse the file, unless the function and who wrote it are known."};
inline constexpr findings::Rule kOnnxDomain{
    "ONX-003",
    findings::Severity::medium,
    findings::Effect::finding,
    "has operators of a library of its own",
    "They run only after a shared library for their domain was loaded: native code that comes with "
    "the model.",
    "Find out which library the model wants, and load none that came with it."};
inline constexpr findings::Rule kOnnxShadow{
    "ONX-004",
    findings::Severity::medium,
    findings::Effect::finding,
    "defines standard operators anew",
    "A function in a standard domain takes the place of the runtime's own operator: the graph does "
    "something else than it shows.",
    "Refuse the file, or export the model again."};
inline constexpr findings::Rule kOnnxBroken{
    "ONX-005",
    findings::Severity::high,
    findings::Effect::inconclusive,
    "is an ONNX model that could not be followed to its end",
    "It is cut short or damaged, nested more than 64 graphs or 100 messages deep, or has operators "
    "of more than "
    "1,000 domains; what lies behind that place was not examined.",
    "Fetch the file again, or export the model again."};
inline constexpr findings::Rule kOnnxExternal{
    "ONX-006",
    findings::Severity::info,
    findings::Effect::finding,
    "keeps tensors in other files",
    "The runtime reads them beside the model; they belong to what is signed and copied.",
    "Keep them together with the model."};
inline constexpr findings::Rule kOnnxNowhere{
    "ONX-007",
    findings::Severity::medium,
    findings::Effect::finding,
    "does not say where the data of its tensors lies",
    "The location is missing, empty or the folder itself, the place in it is no number, or the "
    "length is another than the tensor's: onnx and onnxruntime refuse such a model, but for a "
    "length "
    "of 0, of which onnxruntime takes what the tensor needs. Another reader may take other bytes.",
    "Export the model again."};
inline constexpr findings::Rule kOnnxDataMissing{
    "ONX-008",
    findings::Severity::medium,
    findings::Effect::finding,
    "keeps tensors in a file that is not in the folder, or too short",
    "The model does not load, or what it loads was put there later: unexamined.",
    "Complete the download, then scan again."};
inline constexpr findings::Rule kOnnxData{"ONX-009",
                                          findings::Severity::info,
                                          findings::Effect::finding,
                                          "holds the tensors of an ONNX model beside it",
                                          "Numbers in a row without a format of their own: where "
                                          "each tensor lies says the model, and all "
                                          "of them lie in the file. Nothing else was found in it.",
                                          "Keep it together with the model."};
inline constexpr findings::Rule kOnnxEngine{
    "ONX-010",
    findings::Severity::medium,
    findings::Effect::finding,
    "runs a compiled engine",
    "An EPContext node hands a program for an accelerator to its execution provider, from the "
    "model "
    "or from a file beside it. Nobody can see what it computes, and engines of TensorRT may bring "
    "native code. It was not examined.",
    "Refuse the model, or compile the engine from a model that was examined."};

inline constexpr findings::Rule kOnnxAnother{
    "ONX-011",
    findings::Severity::high,
    findings::Effect::inconclusive,
    "has fields of another kind of file",
    "Protobuf has no mark of what a file is: each reader takes the fields that it knows and leaves "
    "the others out. TensorFlow would find a graph of its own in such a file, which was not "
    "examined.",
    "Fetch the file again, or save the model again with onnx.save."};

}  // namespace gh::artifacts
