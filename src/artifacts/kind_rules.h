#pragma once
// `FIL-…`: what files are, whatever is in them.

#include "findings/finding.h"

namespace gh::artifacts {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kNotWhatItSays{
    "FIL-001",
    Severity::high,
    Effect::finding,
    "is of another kind than its name says",
    "Scanners and people go by names, and pass a .safetensors or .json as harmless; loaders that "
    "go "
    "by content run what is really there. Loaders that go by the name take it for something else: "
    "torch.load unpickles what is called .bin or .pt.",
    "Do not load it. If the name is an honest mistake, rename the file and scan it again."};
inline constexpr Rule kUnknownKind{
    "FIL-002",
    Severity::medium,
    Effect::unsupported,
    "is of a kind that is not known here",
    "Nothing was found in it because nothing was looked for. What a loader would do with it is "
    "open.",
    "Find out what reads this file. Leave it out of what is loaded, or accept it: by digest with "
    "--suppress, by name with --allow-unsupported or --exclude.",
    findings::Confidence::medium};
inline constexpr Rule kUnexamined{
    "FIL-003",
    Severity::medium,
    Effect::unsupported,
    "is of a kind that is known and not examined here",
    "Its format is recognised, but there are no rules for what its loaders do.",
    "Use a format that is examined (safetensors, GGUF), or accept the file by name with "
    "--allow-unsupported."};
inline constexpr Rule kTooDeep{
    "FIL-004",
    Severity::high,
    Effect::inconclusive,
    "holds containers inside containers beyond the depth that is looked at",
    "What lies deeper was not examined. No model needs such nesting; hiding something does.",
    "Unpack it where nothing is loaded, look at what is inside, and scan that."};
inline constexpr Rule kLinkOutside{
    "FIL-005",
    Severity::high,
    Effect::unexamined,
    "is a link that leads out of the folder, or nowhere",
    "A loader follows it and reads a file that was neither scanned nor signed, and that may be "
    "another one tomorrow.",
    "Replace the link with the file it means."};
inline constexpr Rule kLinkInside{
    "FIL-006",
    Severity::info,
    Effect::finding,
    "is a link to something else in the folder",
    "Loaders go by the name of the link, so what it leads to was examined under that name too. A "
    "link can be made to point elsewhere.",
    "Nothing, or replace the link with what it means."};
inline constexpr Rule kSpecial{"FIL-007",
                               Severity::high,
                               Effect::unexamined,
                               "is a pipe, a socket or a device",
                               "A loader that opens it waits for ever, or reads whatever somebody "
                               "writes into it meanwhile. It "
                               "was not opened.",
                               "Remove it: models consist of plain files."};
inline constexpr Rule kOddName{
    "FIL-008",
    Severity::low,
    Effect::finding,
    "has a name with characters that are not shown or bytes that are no text",
    "Such names break scripts and logs, and can make a terminal show another name.",
    "Rename the file."};
inline constexpr Rule kLfsPointer{
    "FIL-009",
    Severity::medium,
    Effect::inconclusive,
    "is a Git LFS pointer, not the file itself",
    "The repository was cloned without its large files. What will be loaded is not here yet.",
    "Run `git lfs pull`, then scan again."};
inline constexpr Rule kEmpty{
    "FIL-010",
    Severity::medium,
    Effect::finding,
    "is empty, although its name promises weights or a container",
    "A download or a copy was broken off, or somebody holds the place for a file that comes later. "
    "What will be loaded is not here, and was not judged.",
    "Fetch the file again and scan it, or remove it."};
inline constexpr Rule kFarPickle{
    "FIL-011",
    Severity::medium,
    Effect::inconclusive,
    "may be a pickle besides, by its name and its first bytes",
    "It is of another format, whose first bytes are opcodes of a pickle as well. Following those "
    "stops after 64 MiB; nothing was wrong with them until then, and a loader that unpickles goes "
    "on.",
    "Give the file the name of its format, and load it with the reader of that format only."};

inline constexpr Rule kLinkLoop{
    "FIL-013",
    Severity::high,
    Effect::finding,
    "is a link that leads back to a folder it lies in",
    "Who follows it comes to the same files again and again, each time by another path. They were "
    "not examined under all of these: a file may be called for under one of them.",
    "Remove the link."};

inline constexpr Rule kFarPickleBesides{
    "FIL-012",
    Severity::low,
    Effect::finding,
    "begins as a pickle would, further than that is followed",
    "It is of another format, whose first bytes are opcodes of a pickle as well. Following those "
    "stopped after 64 MiB without a mistake in them. No loader unpickles a file of this name; a "
    "program that does may run what comes behind.",
    "Load it with the reader of its format only."};

inline constexpr findings::Rule kNoCheckpoint{
    "FIL-014",
    findings::Severity::medium,
    findings::Effect::finding,
    "is a pickle by itself, under the name of a checkpoint",
    "torch.load, which .bin, .pt, .pth and .ckpt are for, opens a zip or the five pickles of an "
    "older file, and refuses this one; pickle.load runs it.",
    "Name it .pkl if it is meant for pickle.load; with --profile data it passes under any name. "
    "Else fetch the file again, or save it with torch.save."};

inline constexpr findings::Rule kDistributed{
    "FIL-015",
    findings::Severity::info,
    findings::Effect::finding,
    "is a part of a distributed checkpoint of PyTorch",
    "torch.distributed.checkpoint keeps a table, .metadata, that pickle.load reads, and parts, "
    ".distcp, in which one small file follows the other. No server loads them; what is said of "
    "them besides is what other loaders make of their bytes.",
    "In a container without network: python -m torch.distributed.checkpoint.format_utils "
    "dcp_to_torch FOLDER model.pt, then save that as safetensors and scan it."};

inline constexpr Rule kCacheReference{
    "FIL-016",
    Severity::high,
    Effect::finding,
    "is a reference of a Hugging Face cache that leads to no snapshot",
    "huggingface_hub joins what it says to snapshots/ and, where it does not ask the Hub "
    "(HF_HUB_OFFLINE), vLLM loads that folder as the model: with a path in it one that was neither "
    "scanned nor signed. What belongs there is a commit.",
    "Remove it and fetch the model again, or write the commit into it: 40 hexadecimal digits."};

}  // namespace gh::artifacts
