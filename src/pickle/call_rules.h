#pragma once
// Rules PKL-2xx: what a stream calls, and what it does to values.

#include "findings/finding.h"

namespace gh::pickle {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kRefusedCall{
    "PKL-201",
    Severity::high,
    Effect::finding,
    "calls what it must not import",
    "REDUCE, OBJ, INST and NEWOBJ call a value with arguments from the file. This "
    "one was refused as an import already; the call is where it would act.",
    "Do not load this file."};

inline constexpr Rule kForeignCall{
    "PKL-202",
    Severity::high,
    Effect::finding,
    "calls or instantiates a value that no checkpoint calls",
    "The callable is no function of PyTorch's list that writes of checkpoints use: "
    "a type that allocates, or the result of another call. Allowed names become "
    "tools this way.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kTensorArguments{
    "PKL-203",
    Severity::high,
    Effect::finding,
    "rebuilds a tensor from arguments of another shape",
    "The rebuild functions trust their arguments: a storage, whole numbers, "
    "booleans and empty hooks; of sparse, nested and quantized tensors parts whose "
    "shapes fit each other. Others reach code of PyTorch that was never meant to see "
    "them, or are refused.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kTypeArguments{
    "PKL-204",
    Severity::high,
    Effect::finding,
    "rebuilds a tensor of a type through something that is not listed",
    "_rebuild_from_type_v2 calls its first argument and then sets attributes on the "
    "result: with any callable it would be REDUCE without its checks, and with any "
    "attribute it would change what every tensor has.",
    "Do not load this file unless you know who wrote it."};

inline constexpr Rule kEncodeArguments{
    "PKL-205",
    Severity::high,
    Effect::finding,
    "calls _codecs.encode for something else than bytes",
    "Picklers of protocol 2 write bytes as encode(text, \"latin1\"). Any other codec "
    "can be a program of its own: a decompressor, or one that a package registered.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kPlainArguments{
    "PKL-206",
    Severity::high,
    Effect::finding,
    "makes a set or a plain value from something that is no constant",
    "set, bytearray, complex and the like may take any object and would call its "
    "methods. Picklers give them constants.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kDictArguments{
    "PKL-207",
    Severity::high,
    Effect::finding,
    "makes a dictionary class from unusual arguments",
    "OrderedDict and Counter are written with no argument, or with one list of pairs "
    "or a dict of plain entries. Others call methods of what they are given, or fail.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kParameterArguments{
    "PKL-208",
    Severity::high,
    Effect::finding,
    "makes a parameter from something that is no tensor, or does not fit it",
    "A Parameter wraps a tensor, a boolean and empty hooks. Whole numbers have no "
    "gradient; state put on it is attributes that it lacks, and nothing that could "
    "be called later.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kOtherArguments{
    "PKL-209",
    Severity::high,
    Effect::finding,
    "calls an allowed function with unusual arguments",
    "The function is allowed with the arguments that PyTorch writes: a size of "
    "whole numbers, a device or layout by name.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kArrayArguments{
    "PKL-210",
    Severity::high,
    Effect::finding,
    "rebuilds an array from arguments of another shape",
    "NumPy and SciPy trust the arguments of their rebuild functions; an odd one can "
    "read memory that is not the array's.",
    "Save the array with numpy.save, without pickle."};

inline constexpr Rule kBuildTarget{
    "PKL-220",
    Severity::high,
    Effect::finding,
    "sets the state of an object that has none",
    "BUILD calls __setstate__ or replaces attributes. On anything but the types "
    "that need it, that changes how allowed objects behave.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kBuildAttributes{
    "PKL-221",
    Severity::high,
    Effect::finding,
    "puts attributes on a dictionary",
    "BUILD writes into the __dict__ of an OrderedDict: an attribute named like a "
    "method replaces it. PyTorch writes `_metadata` and nothing else.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kAppendTarget{
    "PKL-222",
    Severity::high,
    Effect::finding,
    "appends to something that is no list",
    "APPEND calls the append or extend method of whatever lies below: a method call "
    "that no allow-list of names sees.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kItemTarget{
    "PKL-223",
    Severity::high,
    Effect::finding,
    "sets an item of something that is no dictionary",
    "SETITEM on a tensor or another object calls its __setitem__; before PyTorch "
    "2.10 this corrupted memory (CVE-2026-24747).",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kAddTarget{
    "PKL-224",
    Severity::high,
    Effect::finding,
    "adds to something that is no set",
    "ADDITEMS calls the add method of whatever lies below.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kPersistentId{
    "PKL-230",
    Severity::high,
    Effect::finding,
    "has a persistent id that is not a storage",
    "PyTorch's persistent ids are tuples: 'storage', a storage type, a key, a "
    "location and a number of elements. Others make old loaders look for source "
    "files, or fail, as all do on a storage without a type in a file of the format "
    "before 1.6.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kUnknownDevice{
    "PKL-234",
    Severity::medium,
    Effect::inconclusive,
    "has tensors of a device that is not known here",
    "torch.load refuses the file unless it is told where tensors belong (map_location), as vLLM "
    "tells it: whether it loads depends on who loads it. A name that no backend has is a damaged "
    "file.",
    "Save it again with its tensors on the processor, or better as safetensors."};

inline constexpr Rule kStorageTwice{
    "PKL-231",
    Severity::high,
    Effect::finding,
    "describes one storage in two ways",
    "The loader takes the first description and lets tensors of the second one use "
    "its bytes: with another element size they reach past its end (CVE-2026-24747).",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kTensorReach{
    "PKL-232",
    Severity::high,
    Effect::finding,
    "has a tensor that reaches beyond its storage",
    "Size, stride and offset address elements that the storage does not have: the "
    "tensor would show memory of the process, or be refused, depending on the "
    "version.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kNumbersBeyond{
    "PKL-235",
    Severity::high,
    Effect::finding,
    "has a sparse or nested tensor whose numbers lead beyond it or astray",
    "The indices of a sparse tensor, or sizes and places in a nested one, address what is not "
    "there, or do not rise along a compressed row. PyTorch before 2.15 follows those of sparse "
    "tensors without a look, and writes beyond the result (CVE-2025-62164); 2.15 refuses them.",
    "Refuse the file; a tensor that was computed has no such indices."};

inline constexpr Rule kTensorGeometry{
    "PKL-233",
    Severity::high,
    Effect::finding,
    "has a tensor of an impossible size",
    "A size, stride or offset is negative, their counts differ, or their product "
    "does not fit 64 bits.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

}  // namespace gh::pickle
