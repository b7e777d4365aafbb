#pragma once
// The numbered rules of docs/formats/safetensors.md. `STF-0NN` is row NN; `STF-1NN` is what row NN
// has to say at another severity.

#include "findings/finding.h"

namespace gh::tensors {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr std::string_view kStfRemake =
    "Ask for a file written by the safetensors library, or write it again from a copy you trust.";

inline constexpr Rule kStfTooSmall{
    "STF-001",
    Severity::high,
    Effect::finding,
    "is shorter than the 8 bytes of a header length",
    "No reader can load it: it is cut off, or it is something else under this name.",
    kStfRemake};
inline constexpr Rule kStfHeaderTooLarge{"STF-002",
                                         Severity::high,
                                         Effect::finding,
                                         "states a header of more than 100,000,000 bytes",
                                         "The reference library refuses it. A reader without that "
                                         "limit allocates what the file asks for.",
                                         kStfRemake};
inline constexpr Rule kStfHeaderCut{
    "STF-003",
    Severity::high,
    Effect::finding,
    "ends inside its header",
    "The stated header is longer than the file: a cut download, or a length that was made up.",
    "Fetch the file again and compare its size and digest with the source."};
inline constexpr Rule kStfHeaderForm{
    "STF-004",
    Severity::high,
    Effect::finding,
    "has a header that is not the JSON of the format",
    "The reference library refuses it. A more forgiving reader may load it and see other tensors.",
    kStfRemake};
inline constexpr Rule kStfLeadingSpace{
    "STF-005",
    Severity::low,
    Effect::finding,
    "has white space before the header's first brace",
    "The specification wants '{' as the first byte; the library accepts white space. A reader that "
    "keeps to the text does not recognise the file.",
    kStfRemake};
inline constexpr Rule kStfPadding{
    "STF-006",
    Severity::low,
    Effect::finding,
    "pads its header with something else than spaces",
    "The specification allows 0x20 only; the library accepts any JSON white space.",
    kStfRemake};
inline constexpr Rule kStfMetadataNull{
    "STF-007",
    Severity::low,
    Effect::finding,
    "has null for __metadata__",
    "The library takes it as absent; the specification wants an object of strings.",
    kStfRemake};
inline constexpr Rule kStfMetadataForm{
    "STF-107",
    Severity::high,
    Effect::finding,
    "has __metadata__ that is not one object of strings",
    "The reference library refuses it, also when the key is there twice.",
    kStfRemake};
inline constexpr Rule kStfDuplicateName{"STF-008",
                                        Severity::high,
                                        Effect::finding,
                                        "names a tensor twice",
                                        "The library silently keeps the last one. A reader that "
                                        "keeps the first sees other weights: what "
                                        "was reviewed is then not what is served.",
                                        "Do not load it. No writer makes such a file by accident."};
inline constexpr Rule kStfDuplicateMetadata{
    "STF-009",
    Severity::medium,
    Effect::finding,
    "has a key of __metadata__ twice",
    "The library keeps the last value, other readers the first: the two see different metadata.",
    kStfRemake};
inline constexpr Rule kStfDuplicateField{
    "STF-109",
    Severity::high,
    Effect::finding,
    "states dtype, shape or data_offsets twice",
    "The reference library refuses it; a reader of plain JSON takes one of the two.",
    kStfRemake};
inline constexpr Rule kStfEntryForm{
    "STF-010",
    Severity::high,
    Effect::finding,
    "writes a tensor in a form that only Rust accepts",
    "An entry as an array, or a dtype as an object, is accepted by accident of the library. Other "
    "readers fail or see another tensor.",
    "Do not load it. No writer makes such a file by accident."};
inline constexpr Rule kStfUnknownField{
    "STF-011",
    Severity::low,
    Effect::finding,
    "has fields that the format does not know",
    "The library skips them. They can carry data that no review looks at.",
    kStfRemake};
inline constexpr Rule kStfNotU64{"STF-012",
                                 Severity::high,
                                 Effect::finding,
                                 "has a dimension or offset that is no unsigned integer",
                                 "The reference library refuses signs, fractions, exponents, "
                                 "leading zeroes and more than 64 bits. "
                                 "A reader of plain JSON rounds or wraps them.",
                                 kStfRemake};
inline constexpr Rule kStfDtype{
    "STF-013",
    Severity::high,
    Effect::finding,
    "has a dtype that the format does not have",
    "The reference library refuses the whole file.",
    "If the dtype is newer than this program, update it; else write the file again."};
inline constexpr Rule kStfOverflow{
    "STF-014",
    Severity::high,
    Effect::finding,
    "has a shape whose size does not fit in 64 bits",
    "A reader that multiplies without care gets a small number, allocates that, and writes past "
    "it. "
    "Both orders count: also where a zero hides the overflow from the library.",
    kStfRemake};
inline constexpr Rule kStfHalfByte{
    "STF-015",
    Severity::high,
    Effect::finding,
    "has a tensor that ends inside a byte",
    "Elements smaller than a byte must fill whole bytes; the reference library refuses the file.",
    kStfRemake};
inline constexpr Rule kStfOffsets{
    "STF-016",
    Severity::high,
    Effect::finding,
    "does not lay its tensors end to end",
    "Sorted by offset, each tensor must begin where the one before ends and be as long as its "
    "shape "
    "says. A hole hides bytes, an overlap shares them, a wrong length reads past the end.",
    kStfRemake};
inline constexpr Rule kStfTrailer{
    "STF-017",
    Severity::high,
    Effect::finding,
    "does not end where its last tensor ends",
    "Bytes beyond the tensors make a file that is two formats at once; missing ones are a cut "
    "download. The reference library refuses both.",
    "Fetch the file again and compare its size and digest with the source."};
inline constexpr Rule kStfName{"STF-019",
                               Severity::medium,
                               Effect::finding,
                               "has a tensor name that is empty or unfit for a path or a log",
                               "The library accepts any name. Tools that write one file per "
                               "tensor, or print names, then write "
                               "elsewhere or print what was not meant to be seen.",
                               kStfRemake};
inline constexpr Rule kStfLayout{
    "STF-020",
    Severity::info,
    Effect::finding,
    "is not laid out as the library's writer does it",
    "It loads. Data that is not aligned to its element size cannot be used in place.",
    "Nothing to do; writing it again with the library sorts and aligns it."};
inline constexpr Rule kStfLimit{
    "STF-100",
    Severity::medium,
    Effect::inconclusive,
    "has more tensors, dimensions or metadata than are looked at",
    "A header of 100 MB can describe millions of tensors; looking stops at 1,048,576 tensors, 64 "
    "dimensions and 65,536 pairs of metadata.",
    "No known model has that many. Split the file, or do not load it."};
inline constexpr Rule kStfValues{"STF-021",
                                 Severity::low,
                                 Effect::finding,
                                 "holds values that are not finite",
                                 "NaN and infinity spread through every answer. Some buffers "
                                 "(attention masks) hold infinities on "
                                 "purpose.",
                                 "Compare with the original; a weight matrix with NaN is broken."};

}  // namespace gh::tensors
