#pragma once
// Keras models: `.keras` (a zip with config.json) and HDF5. A Lambda layer is Python bytecode that
// runs when the model is loaded. Rules KER-…; those of HDF5 itself are in hdf5/rules.h.

#include <span>
#include <string_view>

#include "archive/zip.h"
#include "artifacts/examine.h"

namespace gh::artifacts {

// `config.json` at the top, and beside it what Keras writes, or in it a class: the loader has made
// that before it looks for anything else.
bool is_keras_zip(const archive::ZipArchive& archive, findings::Examination& examination);
void examine_keras_zip(const archive::ZipArchive& archive, Context& context);

// HDF5: what its structure reaches, the configuration that Keras keeps in its attributes, and the
// pickles of PyTables. Where the structure is not understood, all bytes are searched for Lambda
// layers besides.
bool looks_like_hdf5(std::string_view head);
void examine_hdf5(source::Source& source, Context& context);

std::span<const findings::Rule* const> keras_rules();

}  // namespace gh::artifacts
