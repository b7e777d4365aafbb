#pragma once
// Rules of what an HDF5 file reaches beyond itself. They share the prefix KER-… with Keras, whose
// files they are; what its configuration runs is in artifacts/keras_rules.h.

#include "findings/finding.h"

namespace gh::hdf5 {

inline constexpr findings::Rule kNotUnderstood{
    "KER-006",
    findings::Severity::medium,
    findings::Effect::inconclusive,
    "has HDF5 structures that are not understood",
    "They are broken, or of a form that Keras, h5py and PyTables do not write by themselves. What "
    "the library finds behind them was not examined.",
    "Open the file where it came from, and save it again with h5py or Keras."};
inline constexpr findings::Rule kTooMuch{
    "KER-007",
    findings::Severity::medium,
    findings::Effect::inconclusive,
    "has more HDF5 structure than is followed",
    "A million objects, 256 groups inside each other and 512 MiB of structure are followed. The "
    "rest was not examined.",
    "Split the file, or convert the weights to safetensors."};
inline constexpr findings::Rule kExternalLink{
    "KER-008",
    findings::Severity::high,
    findings::Effect::finding,
    "links to another file",
    "Whoever reads the link opens that file, with the rights of the loader. Its content appears as "
    "a part of the model, and can leave with it (GHSA-3m4q-jmj6-r34q).",
    "Refuse the file, or copy what is linked into it where you trust both."};
inline constexpr findings::Rule kExternalData{
    "KER-009",
    findings::Severity::high,
    findings::Effect::finding,
    "takes the data of a dataset from another file",
    "The library reads the bytes of any file that the loader may read, such as /etc/passwd, as "
    "weights (CVE-2026-1669).",
    "Refuse the file."};
inline constexpr findings::Rule kVirtual{
    "KER-010",
    findings::Severity::high,
    findings::Effect::finding,
    "has a virtual dataset",
    "It is put together from datasets of other files, which the library opens by name when it is "
    "read.",
    "Refuse the file, or copy the data into one file where you trust all of them."};
inline constexpr findings::Rule kPlugin{
    "KER-011",
    findings::Severity::medium,
    findings::Effect::finding,
    "needs a filter that is neither of the library nor well known",
    "To read the data, the library loads code from HDF5_PLUGIN_PATH that says it is that filter. "
    "Number and name are the file's. Those that PyTables, h5py and hdf5plugin bring along (LZO, "
    "bzip2, LZF, Blosc, LZ4, Bitshuffle, ZFP, Zstandard, SZ) are no finding.",
    "Find out which filter it is, or have the data saved with gzip."};
inline constexpr findings::Rule kUserLink{
    "KER-012",
    findings::Severity::high,
    findings::Effect::finding,
    "has a link of a kind that only its writer knows",
    "Following it calls whatever was registered for its number. No library of models makes such "
    "links.",
    "Refuse the file."};
inline constexpr findings::Rule kUserBlock{
    "KER-013",
    findings::Severity::low,
    findings::Effect::finding,
    "begins with bytes that are not HDF5",
    "The library skips this block. Other programs go by the first bytes, and see another file; "
    "what they see is examined on its own.",
    "Cut the block off with h5unjam if nothing needs it."};
inline constexpr findings::Rule kTrailing{
    "KER-014",
    findings::Severity::low,
    findings::Effect::finding,
    "has bytes behind its end",
    "The library does not look at them. They can be another file.",
    "Save the model again."};
inline constexpr findings::Rule kSoftLink{
    "KER-015",
    findings::Severity::low,
    findings::Effect::finding,
    "has a soft link",
    "It is a path that is looked up when it is read, through other links too. Keras refuses them "
    "since 2026.",
    "Save the model again with Keras."};
inline constexpr findings::Rule kBomb{
    "KER-016",
    findings::Severity::medium,
    findings::Effect::finding,
    "has a dataset that is far larger than the file",
    "More than 4 GiB and more than a thousand times the file: whoever reads it needs that much "
    "memory (CVE-2026-0897).",
    "Refuse the file."};

inline constexpr findings::Rule kChunks{
    "KER-019",
    findings::Severity::info,
    findings::Effect::finding,
    "has texts or bytes in chunks, which are not read",
    "What is stored in pieces, mostly compressed, is not put together here. A pickle that somebody "
    "keeps there and unpickles himself is not seen. Numbers of more than one byte are not meant.",
    "Nothing, where nobody unpickles values of this file."};

}  // namespace gh::hdf5
