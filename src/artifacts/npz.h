#pragma once
// NumPy .npz: a zip of .npy files. numpy.load opens every member by its own first bytes.

#include "archive/zip.h"
#include "artifacts/examine.h"

namespace gh::artifacts {

// Every member is a .npy by name, and there is one.
bool is_npz(const archive::ZipArchive& archive);
void examine_npz(const archive::ZipArchive& archive, Context& context);

}  // namespace gh::artifacts
