#pragma once
// PyTorch checkpoints, as torch.load reads them with weights_only=True. Rules ZIP-002, -006, -008,
// -009 and ZIP-04x; docs/formats/torch-zip.md has the numbers.

#include <span>
#include <string_view>

#include "archive/zip.h"
#include "artifacts/examine.h"

namespace gh::artifacts {

// Whether PyTorch, or whoever follows it, would take the archive for a checkpoint: a `data.pkl` or
// `constants.pkl` in a folder.
bool is_torch_zip(const archive::ZipArchive& archive);
inline constexpr std::string_view kTorchZip = "PyTorch zip checkpoint";  // the kind
void examine_torch_zip(archive::ZipArchive& archive, Context& context);
// Another zip, which torch.load refuses when the name sends it there.
void examine_no_torch_zip(std::string_view name, Context& context);

// Five pickles in a row and the storages behind them. `head`: the first bytes.
bool looks_like_torch_legacy(std::string_view head);
void examine_torch_legacy(source::Source& source, Context& context);

std::span<const findings::Rule* const> torch_rules();

}  // namespace gh::artifacts
