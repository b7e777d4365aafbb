#pragma once
// Rules PKL-3xx and 4xx: the stream itself, and limits.

#include "findings/finding.h"

namespace gh::pickle {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kUnreadable{
    "PKL-301",
    Severity::high,
    Effect::inconclusive,
    "is not understood from here on",
    "No loader knows this opcode or can read this argument. What was executed "
    "before it has been executed all the same.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kTruncated{
    "PKL-302",
    Severity::high,
    Effect::inconclusive,
    "ends before its STOP",
    "A loader runs every opcode before the cut and fails only then: a cut file can "
    "act like a whole one.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kBroken{
    "PKL-303",
    Severity::high,
    Effect::inconclusive,
    "breaks the rules of the stack or the memo",
    "The loader raises an error here: a value, a MARK or a memo entry is missing, "
    "or a key cannot be one. What came before has been executed.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kOtherProtocol{
    "PKL-304",
    Severity::medium,
    Effect::finding,
    "uses an opcode that PyTorch's weights_only refuses",
    "weights_only knows 34 opcodes, those that torch.save writes with its default "
    "protocol 2. The file cannot be served, though the opcode does no harm.",
    "Save it again with the default pickle_protocol, or as safetensors."};

inline constexpr Rule kHidingOpcode{
    "PKL-305",
    Severity::medium,
    Effect::finding,
    "uses an opcode that hides or duplicates values",
    "PyTorch's weights_only refuses it, and no current pickler writes it for "
    "weights. POP and DUP let a call happen whose result is thrown away; INST and "
    "OBJ call without REDUCE.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kFrameCrossed{
    "PKL-306",
    Severity::high,
    Effect::finding,
    "does not keep to its frame",
    "An opcode or argument begins inside a frame and ends outside it, or STOP comes "
    "before the frame ends. C and Python loaders then read different opcodes from "
    "the same bytes.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kFrameNested{
    "PKL-307",
    Severity::high,
    Effect::finding,
    "begins a frame inside a frame",
    "The C loader takes it, the Python loader refuses it: the file means different "
    "things to different readers.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kFrameTooLong{
    "PKL-308",
    Severity::high,
    Effect::finding,
    "has a frame that is longer than the rest of the file",
    "The C loader refuses it, the Python loader reads on: the file means different "
    "things to different readers.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kProtocolUnknown{
    "PKL-309",
    Severity::high,
    Effect::inconclusive,
    "states a protocol that does not exist",
    "CPython knows protocols 0 to 5 and refuses others; PyTorch ignores the number.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kProtocolAgain{
    "PKL-310",
    Severity::medium,
    Effect::finding,
    "states its protocol in the middle",
    "A second PROTO changes how names are looked up from there on. Picklers write "
    "it once, first.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kOddNumber{
    "PKL-311",
    Severity::medium,
    Effect::finding,
    "writes a number so that loaders disagree on it",
    "CPython reads text numbers with base 0 before 3.14 and with base 10 since, and C and Python "
    "differ on leading zeros and underscores.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kTextBytes{
    "PKL-312",
    Severity::medium,
    Effect::finding,
    "has a text that is not UTF-8",
    "Python 2's strings are decoded by the loader's `encoding`; torch.load uses "
    "UTF-8 and fails here.",
    "Save it again with Python 3."};

inline constexpr Rule kOutOfBand{
    "PKL-313",
    Severity::critical,
    Effect::finding,
    "takes a buffer from outside the file",
    "NEXT_BUFFER and READONLY_BUFFER use data that the loading program passes: what "
    "becomes of it cannot be judged from the file.",
    "Do not load this file. torch.load and numpy.load pass no buffers."};

inline constexpr Rule kBytesAfter{
    "PKL-314",
    Severity::medium,
    Effect::finding,
    "has bytes after its STOP",
    "A loader never looks at them, or takes them for the next pickle, as which they "
    "are followed here. They can be a second file in the same bytes, for a reader "
    "that looks elsewhere.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kArrayBytes{
    "PKL-315",
    Severity::high,
    Effect::inconclusive,
    "has array bytes of unknown length",
    "joblib puts an array's bytes between opcodes. Here their length does not "
    "follow from the shape and dtype before them, so what follows cannot be told "
    "apart.",
    "Save it again with a current joblib, or use numpy.save."};

inline constexpr Rule kArrayActs{"PKL-316",
                                 Severity::high,
                                 Effect::finding,
                                 "has array bytes that act when they are read as opcodes",
                                 "joblib passes over an array's bytes; pickle.load runs them. Here "
                                 "they import or call something, "
                                 "so the file is harmless for one loader and not for another.",
                                 "Do not load this file."};

inline constexpr Rule kLegacyMagic{
    "PKL-320",
    Severity::high,
    Effect::finding,
    "does not begin with PyTorch's magic number",
    "An old PyTorch file begins with a pickle of one literal number. A number that "
    "is computed instead runs code before the loader has checked anything.",
    "Get the file from its source again, or ask its author for safetensors."};

inline constexpr Rule kLegacyHeader{
    "PKL-321",
    Severity::high,
    Effect::finding,
    "has an odd header for an old PyTorch file",
    "After the magic number come the number 1001 and a dictionary of the machine "
    "that wrote it, each in a pickle of its own. Anything else is refused by the "
    "loader, or hides something.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kLegacyKeys{
    "PKL-322",
    Severity::high,
    Effect::finding,
    "lists other storages than its tensors use",
    "The key list says which storages follow. One that is missing is left as memory "
    "of the process; one too many is refused.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kLegacyStorages{
    "PKL-323",
    Severity::high,
    Effect::finding,
    "has storages of another size than stated",
    "Each storage is a count and that many elements. A count that differs from the "
    "persistent id, or bytes that are missing or left over, do not come from "
    "torch.save.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kManyOpcodes{
    "PKL-401",
    Severity::high,
    Effect::inconclusive,
    "has more opcodes than are followed",
    "Following stops at 500 million opcodes, far beyond any checkpoint.",
    "The file is not clean as long as it was not read to its end. Get the file from "
    "its source again, or ask its author for safetensors."};

inline constexpr Rule kManyEntries{
    "PKL-402",
    Severity::high,
    Effect::inconclusive,
    "uses a memo index beyond the limit",
    "Following stops at index 16,777,216. CPython would allocate memory up to the "
    "index, whatever the file's size.",
    "The file is not clean as long as it was not read to its end. Get the file from "
    "its source again, or ask its author for safetensors."};

inline constexpr Rule kDeepStack{
    "PKL-403",
    Severity::high,
    Effect::inconclusive,
    "has more values on the stack than are followed",
    "Following stops at 4,194,304 values and marks.",
    "The file is not clean as long as it was not read to its end. Get the file from "
    "its source again, or ask its author for safetensors."};

inline constexpr Rule kManyPickles{
    "PKL-404",
    Severity::high,
    Effect::inconclusive,
    "has more pickles in a row than are followed",
    "Following stops after 10,000 pickles in one file.",
    "The file is not clean as long as it was not read to its end. Get the file from "
    "its source again, or ask its author for safetensors."};

inline constexpr Rule kForgotten{
    "PKL-405",
    Severity::high,
    Effect::inconclusive,
    "uses an argument that is no longer known",
    "Only the latest texts and tuples are kept, so that memory is bounded. This "
    "call uses an older one, so its arguments could not be checked.",
    "Save it again with torch.save of a state_dict, or better as safetensors."};

inline constexpr Rule kManyStorages{
    "PKL-406",
    Severity::high,
    Effect::inconclusive,
    "has more storages than are followed",
    "Following stops at 1,000,000 storages.",
    "The file is not clean as long as it was not read to its end. Get the file from "
    "its source again, or ask its author for safetensors."};

inline constexpr Rule kForeseenHashes{
    "PKL-407",
    Severity::medium,
    Effect::finding,
    "has more than 10,000 whole numbers beyond 2^55, or keys made of numbers",
    "Python hashes whole numbers modulo 2^61 - 1, complex ones and tuples by simple sums: whoever "
    "makes the file can have them all compared with each other, and some MB keep a loader busy for "
    "hours. Checkpoints have a few such numbers at most, as seeds, and texts as keys.",
    "Ask its author what they are for; weights have none."};

inline constexpr Rule kEndlessHashes{
    "PKL-408",
    Severity::high,
    Effect::finding,
    "has keys that take very long to hash",
    "Python computes the hash of a tuple anew each time, through all tuples in it. A few hundred "
    "bytes of tuples within tuples keep a loader busy for ever, or overflow its stack.",
    "Do not load the file. Keys of checkpoints are texts and small numbers."};

inline constexpr Rule kRepeatedWork{
    "PKL-409",
    Severity::high,
    Effect::finding,
    "has calls that go through the same values again and again",
    "Sets, dictionaries, arrays and bytes are made of what is given to a call. A stream can give "
    "one "
    "long list, or megabytes, to a hundred thousand calls: some hundred KB keep a loader busy for "
    "hours and fill its memory. What picklers write is used once.",
    "Do not load the file."};

}  // namespace gh::pickle
