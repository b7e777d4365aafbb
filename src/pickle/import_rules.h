#pragma once
// Rules PKL-1xx: what a stream imports.

#include "findings/finding.h"

namespace gh::pickle {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kDangerousImport{
    "PKL-101",
    Severity::critical,
    Effect::finding,
    "imports a name that is known to run code or to reach outside",
    "The loader imports the name before anything else is looked at, and the next "
    "opcodes can call it with arguments from the file: whoever wrote the file acts "
    "as the process that loads it.",
    "Do not load this file anywhere. Delete it, and find out where it came from."};

inline constexpr Rule kForeignImport{
    "PKL-102",
    Severity::high,
    Effect::finding,
    "imports a name that is not allowed",
    "PyTorch's weights_only refuses every name outside its list; pickle.load "
    "imports it, which runs the module's code and hands the name to the opcodes "
    "that follow.",
    "A checkpoint of weights needs no such name. Save it again with torch.save of a "
    "state_dict, or better as safetensors."};

inline constexpr Rule kComputedImport{
    "PKL-103",
    Severity::critical,
    Effect::finding,
    "takes the name of an import from a value that is not written in the stream",
    "STACK_GLOBAL imports whatever two strings are on the stack. Here one of them "
    "is no plain text, so what is imported cannot be known before it is loaded.",
    "Do not load this file. No pickler writes this."};

inline constexpr Rule kExtensionImport{
    "PKL-104",
    Severity::critical,
    Effect::finding,
    "imports by an extension code",
    "EXT1, EXT2 and EXT4 import a name from the copyreg registry of the process "
    "that loads: the file does not say which.",
    "Do not load this file. No model file needs extension codes."};

inline constexpr Rule kDottedImport{
    "PKL-105",
    Severity::high,
    Effect::finding,
    "imports an attribute of a name",
    "From protocol 4 on a loader walks the dots of an imported name: an allowed "
    "class then gives access to its methods and to the modules that it refers to.",
    "Do not load this file unless you know who wrote it. PyTorch and NumPy import "
    "no dotted names."};

inline constexpr Rule kDataImport{
    "PKL-106",
    Severity::medium,
    Effect::finding,
    "imports a name that belongs to data, not to weights",
    "NumPy, SciPy and joblib write this name, and it does no harm, but PyTorch's "
    "weights_only refuses it: a server would not load this file.",
    "If the file is not meant to be weights, scan it with --profile data. Otherwise "
    "save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kJaggedImport{
    "PKL-107",
    Severity::high,
    Effect::finding,
    "imports what jagged tensors are made of",
    "torch.load with weights_only refuses a jagged (nested) tensor unless torch.nested and "
    "torch._dynamo were imported before: whether the file loads hangs on the program that loads "
    "it. PyTorch calls the format a prototype, and what is made of it is not followed here.",
    "Save the values and the offsets of the tensor as plain tensors."};

}  // namespace gh::pickle
