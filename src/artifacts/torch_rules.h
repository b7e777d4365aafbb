#pragma once
// Rules ZIP-… of what a PyTorch checkpoint holds; docs/formats/torch-zip.md has the numbers. Those
// of the container itself are in archive/zip_rules.h.

#include "findings/finding.h"

namespace gh::artifacts {

inline constexpr findings::Rule kTorchRecords{
    "ZIP-002",
    findings::Severity::medium,
    findings::Effect::finding,
    "is not laid out as PyTorch's reader wants",
    "PyTorch takes every record from one folder, the first entry's, and refuses a file that lacks "
    "one it needs or has members elsewhere. Other readers open it all the same.",
    "Save the checkpoint again with torch.save."};
inline constexpr findings::Rule kTorchDeflated{
    "ZIP-006",
    findings::Severity::info,
    findings::Effect::finding,
    "has records that are compressed",
    "PyTorch reads them, but never writes them: somebody packed the file again.",
    "Nothing, when that somebody is known."};
inline constexpr findings::Rule kTorchScript{
    "ZIP-008",
    findings::Severity::high,
    findings::Effect::finding,
    "is TorchScript: a program, not weights",
    "With constants.pkl in it torch.load hands over to torch.jit.load. Up to PyTorch 2.5.1 that "
    "was a way around weights_only (CVE-2025-32434).",
    "Ask for weights as safetensors."};
inline constexpr findings::Rule kTorchExtraCode{
    "ZIP-009",
    findings::Severity::high,
    findings::Effect::finding,
    "holds a pickle, a container or code that PyTorch does not read",
    "PyTorch ignores it, whoever unpacks the file does not; checkpoints have no use for it.",
    "Refuse the file."};
inline constexpr findings::Rule kTorchNoRecord{
    "ZIP-040",
    findings::Severity::high,
    findings::Effect::finding,
    "refers to a storage that is not there",
    "PyTorch stops in the middle of loading, after the pickle has run that far.",
    "Fetch the file again; it is not complete."};
inline constexpr findings::Rule kTorchShortRecord{
    "ZIP-041",
    findings::Severity::high,
    findings::Effect::finding,
    "has a storage that is shorter than its tensors",
    "PyTorch makes a storage of the stated length over fewer bytes, and reads or writes beyond "
    "them (CVE-2026-24747).",
    "Refuse the file."};
inline constexpr findings::Rule kTorchLongRecord{
    "ZIP-042",
    findings::Severity::medium,
    findings::Effect::finding,
    "has a storage that is longer than stated",
    "torch.save writes a record as long as its storage. Older PyTorch leaves the rest alone, which "
    "is "
    "room for bytes that nobody looks at; 2.13 refuses the file.",
    "Save the checkpoint again with torch.save."};
inline constexpr findings::Rule kTorchUnusedRecord{
    "ZIP-043",
    findings::Severity::low,
    findings::Effect::finding,
    "has storages that no tensor uses",
    "PyTorch does not read them: room for bytes that nobody looks at.",
    "Save the checkpoint again with torch.save."};
inline constexpr findings::Rule kTorchExtra{
    "ZIP-044",
    findings::Severity::low,
    findings::Effect::finding,
    "holds a member that PyTorch does not read",
    "torch.save writes none; it was added later.",
    "Find out what it is for, or save the checkpoint again with torch.save."};
inline constexpr findings::Rule kTorchNoChecksums{
    "ZIP-045",
    findings::Severity::info,
    findings::Effect::finding,
    "has no checksums",
    "torch.save leaves them out after torch.serialization.set_crc32_options(False), and PyTorch "
    "never "
    "looks at them. Unpackers and Python's zipfile take every member for damaged.",
    "Nothing, or save the checkpoint again with checksums."};

}  // namespace gh::artifacts
