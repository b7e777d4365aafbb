#pragma once
// The numbered rules of docs/formats/gguf.md. `GGF-0NN` is row NN; `GGF-1NN` is what row NN has to
// say at another severity.

#include "findings/finding.h"

namespace gh::tensors {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr std::string_view kGgfRemake =
    "Convert the model again with a current llama.cpp, or ask its publisher to.";

inline constexpr Rule kGgfVersion{
    "GGF-001",
    Severity::high,
    Effect::finding,
    "is not GGUF version 2 or 3 in this byte order",
    "ggml refuses every other version, and files whose bytes are in the other order.",
    kGgfRemake};
inline constexpr Rule kGgfCounts{
    "GGF-002",
    Severity::high,
    Effect::finding,
    "states more records than it has bytes for",
    "A reader that allocates by the stated number of tensors or keys is made to allocate anything "
    "(CVE-2024-23496 and its like).",
    kGgfRemake};
inline constexpr Rule kGgfKey{
    "GGF-003",
    Severity::high,
    Effect::finding,
    "has a key that is empty, too long, there twice or cut",
    "ggml refuses empty and repeated keys, and the format ends keys at 65,535 bytes. Of a repeated "
    "key, two readers see two values. ggml looks keys up by their text before the first zero byte, "
    "so that a longer one stands for it: a chat template that others do not see.",
    kGgfRemake};
inline constexpr Rule kGgfKeyText{
    "GGF-103",
    Severity::low,
    Effect::finding,
    "has a key with characters the format does not allow",
    "Keys are lower-case ASCII words joined by dots. Others are printed and compared by tools that "
    "do not expect them.",
    kGgfRemake};
inline constexpr Rule kGgfNotUtf8{"GGF-015",
                                  Severity::medium,
                                  Effect::finding,
                                  "has a key or a tensor name that is not UTF-8",
                                  "The reader in Python that vLLM uses (gguf.GGUFReader) decodes "
                                  "every key and name, and ends with "
                                  "an error. ggml loads the file.",
                                  kGgfRemake};
inline constexpr Rule kGgfValueType{
    "GGF-004",
    Severity::high,
    Effect::finding,
    "has a value of no known type, or a boolean beyond 1",
    "ggml refuses types above 12. A boolean of 2 is true to one reader and undefined to another.",
    kGgfRemake};
inline constexpr Rule kGgfLength{
    "GGF-005",
    Severity::high,
    Effect::finding,
    "has a string or array that is longer than allowed or than the file",
    "Strings and arrays end at 1 GiB and 2^30 elements, and at the end of the file; arrays of "
    "arrays "
    "are refused by ggml. Unchecked lengths were heap overflows (CVE-2024-21802, -21825, -21836).",
    kGgfRemake};
inline constexpr Rule kGgfAlignment{
    "GGF-006",
    Severity::high,
    Effect::finding,
    "has an alignment that is no power of two",
    "ggml refuses it; a reader that rounds with it computes wrong places.",
    kGgfRemake};
inline constexpr Rule kGgfSmallAlignment{
    "GGF-106",
    Severity::low,
    Effect::finding,
    "has an alignment that is no multiple of 8",
    "ggml loads it; the specification wants a multiple of 8, and other readers rely on that.",
    kGgfRemake};
inline constexpr Rule kGgfTensor{
    "GGF-007",
    Severity::high,
    Effect::finding,
    "has a tensor with an impossible name or shape",
    "Names are 1 to 63 bytes, unique and without zero bytes; there are at most 4 dimensions, whose "
    "product and size in bytes must fit. Sizes that wrap were heap overflows (CVE-2025-53630, "
    "CVE-2026-27940, CVE-2026-33298).",
    kGgfRemake};
inline constexpr Rule kGgfType{"GGF-008",
                               Severity::medium,
                               Effect::unsupported,
                               "has a tensor of an unknown type",
                               "Its size is not known here, so nothing after it can be checked.",
                               "If the type is newer than this program, update it."};
inline constexpr Rule kGgfRemovedType{
    "GGF-108",
    Severity::high,
    Effect::finding,
    "has a tensor of a type that ggml removed",
    "ggml has no size for types 4, 5, 31 to 33 and 36 to 38 and refuses the file.",
    kGgfRemake};
inline constexpr Rule kGgfOffsets{
    "GGF-009",
    Severity::high,
    Effect::finding,
    "does not lay its tensors end to end in the file",
    "Each tensor must begin at the padded end of the one before, and the last must end inside the "
    "file. Otherwise a loader reads other data, or beyond the end (CVE-2026-7482).",
    kGgfRemake};
inline constexpr Rule kGgfTrailer{
    "GGF-109",
    Severity::medium,
    Effect::finding,
    "has bytes after its last tensor",
    "No loader looks at them. They can hold another file, or what was not meant to be published.",
    kGgfRemake};
inline constexpr Rule kGgfPadding{
    "GGF-110",
    Severity::medium,
    Effect::finding,
    "has something in its padding",
    "What fills up to the alignment is zeroes, and no loader looks at it. Another file can lie "
    "there, or what was not meant to be published.",
    kGgfRemake};
inline constexpr Rule kGgfVocabulary{
    "GGF-010",
    Severity::high,
    Effect::finding,
    "has vocabulary arrays of a wrong type or of different lengths",
    "Older llama.cpp casts and indexes them by the number of tokens, past their end "
    "(llama.cpp#26690, "
    "#20735); current ones refuse the file.",
    kGgfRemake};
inline constexpr Rule kGgfSpecialToken{"GGF-011",
                                       Severity::medium,
                                       Effect::finding,
                                       "names a special token outside its vocabulary",
                                       "Older llama.cpp reads past the vocabulary "
                                       "(llama.cpp#25475); current ones fall back to a default "
                                       "token without failing.",
                                       kGgfRemake};
inline constexpr Rule kGgfBlockCount{
    "GGF-012",
    Severity::medium,
    Effect::finding,
    "states more layers than a loader has room for",
    "llama.cpp has arrays of 512 layers; more ends the process (llama.cpp#25821).",
    kGgfRemake};
inline constexpr Rule kGgfByteToken{
    "GGF-013",
    Severity::medium,
    Effect::finding,
    "has a byte token that is not <0xHH>",
    "The text is parsed as a number to index a table: <0x-1> wrote before its beginning "
    "(llama.cpp#27226).",
    kGgfRemake};
inline constexpr Rule kGgfTemplateType{
    "GGF-014",
    Severity::high,
    Effect::finding,
    "has a chat template that is no text",
    "llama.cpp ends with an error; transformers takes an array of one text for that text, so one "
    "file has a template for one loader and none for the other.",
    kGgfRemake};
inline constexpr Rule kGgfLimit{
    "GGF-100",
    Severity::medium,
    Effect::inconclusive,
    "has more than is looked at",
    "Looking stops at 1,048,576 keys or tensors, 16,777,216 tokens and 16 MiB of chat "
    "templates, 256 of them.",
    "No known model has that much. Do not load it."};

}  // namespace gh::tensors
