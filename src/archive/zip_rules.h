#pragma once
// Rules ZIP-… of the container itself; docs/formats/torch-zip.md has the numbers. Those about what
// a PyTorch checkpoint holds are in artifacts/torch_rules.h.

#include "findings/finding.h"

namespace gh::archive {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kZipPrepended{
    "ZIP-001",
    Severity::high,
    Effect::finding,
    "has bytes before the zip archive",
    "PyTorch takes a file for a zip only when it begins with a local header; other readers search "
    "the end, so two programs see two different files.",
    "Write the archive anew without anything before it."};
inline constexpr Rule kZipFoldedDuplicate{
    "ZIP-003",
    Severity::high,
    Effect::finding,
    "has members whose names differ only in case",
    "PyTorch looks members up without regard to case, other readers do not: which of the two is "
    "loaded depends on the reader, so a check may see the harmless one.",
    "Refuse the file; no writer of checkpoints makes such names."};
inline constexpr Rule kZipCrc{
    "ZIP-004",
    Severity::high,
    Effect::finding,
    "has a member whose checksum is wrong",
    "PyTorch does not check it and loads the bytes; scanners built on Python's zipfile stop here "
    "and may report nothing. The bytes are not those that were archived.",
    "Fetch the file again; when the checksum stays wrong, refuse it."};
inline constexpr Rule kZipLocalDiffers{
    "ZIP-005",
    Severity::high,
    Effect::finding,
    "has a local header that contradicts the central directory",
    "PyTorch reads from the central directory, other readers from the local header or stop at the "
    "difference: the same archive has two contents.",
    "Refuse the file; no writer of checkpoints makes such headers."};
inline constexpr Rule kZipTrailing{
    "ZIP-007",
    Severity::medium,
    Effect::finding,
    "has bytes after the end of the zip archive",
    "Readers ignore them, up to about 64 KiB: room for a second file that other programs find.",
    "Cut them off, or write the archive anew."};
inline constexpr Rule kZipDuplicate{
    "ZIP-020",
    Severity::high,
    Effect::finding,
    "has several members of one name",
    "Python's zipfile takes the last, PyTorch whichever its search meets first: a check and the "
    "loader may read different bytes.",
    "Refuse the file; no writer of checkpoints repeats a name."};
inline constexpr Rule kZipBroken{
    "ZIP-021",
    Severity::high,
    Effect::inconclusive,
    "begins as a zip archive that cannot be opened",
    "Its end record or central directory is absent or broken. PyTorch refuses it; a reader that "
    "repairs archives may still take members from it.",
    "Fetch the file again."};
inline constexpr Rule kZipEncrypted{
    "ZIP-022",
    Severity::high,
    Effect::inconclusive,
    "has an encrypted member",
    "Its content cannot be examined. PyTorch refuses it, whoever has the password does not.",
    "Refuse the file, or decrypt it and scan what comes out."};
inline constexpr Rule kZipMethod{
    "ZIP-023",
    Severity::high,
    Effect::inconclusive,
    "has a member packed by an unusual method",
    "Only stored and deflated members are read here and by PyTorch; other programs unpack more.",
    "Write the archive anew with stored members."};
inline constexpr Rule kZipOutside{
    "ZIP-024",
    Severity::high,
    Effect::unexamined,
    "has a member that lies outside the archive's data",
    "Its header or bytes are beyond the file, inside the central directory, or no header at all: "
    "what a reader takes for its content is up to the reader.",
    "Refuse the file."};
inline constexpr Rule kZipOverlap{
    "ZIP-025",
    Severity::high,
    Effect::finding,
    "has members that share bytes",
    "One range is read under two names. Bombs are made so, and files that are two things at once.",
    "Refuse the file."};
inline constexpr Rule kZipHiddenHeader{
    "ZIP-026",
    Severity::high,
    Effect::unexamined,
    "hides a member that the central directory does not list",
    "A reader that goes from header to header, as streaming unpackers do, finds it; PyTorch and "
    "most scanners do not.",
    "Refuse the file, or write the archive anew."};
inline constexpr Rule kZipGap{
    "ZIP-027",
    Severity::medium,
    Effect::finding,
    "has bytes that belong to no member",
    "No reader looks at them. They are what an edit left behind, or a place to hide a file in.",
    "Write the archive anew."};
inline constexpr Rule kZipTooMany{
    "ZIP-028",
    Severity::high,
    Effect::inconclusive,
    "states more members than are examined",
    "More than 200,000 members, or a directory beyond 64 MiB: no checkpoint has that many, and "
    "they cost every reader memory.",
    "Refuse the file."};
inline constexpr Rule kZipEndDiffers{
    "ZIP-029",
    Severity::high,
    Effect::finding,
    "has an end record that contradicts its directory",
    "Counts, sizes, places or disks disagree, or there are two end records. Readers trust "
    "different "
    "ones, and so list different members.",
    "Refuse the file; no writer of checkpoints makes such records."};
inline constexpr Rule kZipTraversal{
    "ZIP-030",
    Severity::critical,
    Effect::finding,
    "has a member whose name leaves the folder",
    "A program that unpacks by name writes outside the folder that it was given, for example over "
    "a start-up script.",
    "Refuse the file."};
inline constexpr Rule kZipName{"ZIP-031",
                               Severity::high,
                               Effect::finding,
                               "has a member with a name that readers cut or show differently",
                               "Control characters, NUL, no name, or another name in a Unicode "
                               "path field: Python's zipfile ends "
                               "a name at NUL and takes the other one, PyTorch does not.",
                               "Refuse the file."};
inline constexpr Rule kZipLink{
    "ZIP-032",
    Severity::high,
    Effect::finding,
    "has a member that is a link or a device",
    "Unpacked, a link points out of the folder, and what is written through it lands elsewhere.",
    "Refuse the file; weights need no links."};
inline constexpr Rule kZipSize{
    "ZIP-033",
    Severity::high,
    Effect::finding,
    "has a member that is not as long as stated",
    "Readers reserve memory by the stated size and stop at different places.",
    "Refuse the file."};
inline constexpr Rule kZipBomb{
    "ZIP-034",
    Severity::high,
    Effect::unexamined,
    "has members that grow two hundredfold beyond 1 GiB, or a thousandfold beyond 256 MiB",
    "A small file that fills memory when it is loaded. Of these members nothing was examined.",
    "Refuse the file, unless it is known to hold nothing but zeroes."};
inline constexpr Rule kZipInflate{
    "ZIP-036",
    Severity::high,
    Effect::inconclusive,
    "has a member that could not be read to its end",
    "Its deflate stream is broken, is not as long as stated, or reached the limit of bytes to "
    "decompress for one file: what follows was not examined.",
    "Fetch the file again; unpack it elsewhere and scan what comes out when it is known to be "
    "large."};
inline constexpr Rule kZipDirectory{
    "ZIP-037",
    Severity::high,
    Effect::finding,
    "has a directory that holds bytes",
    "PyTorch skips the bytes of a directory and hands out whatever its memory held before.",
    "Refuse the file."};
inline constexpr Rule kZipTwoSizes{
    "ZIP-038",
    Severity::high,
    Effect::finding,
    "has a stored member with two sizes",
    "Stored bytes are as long as they are; PyTorch reads by one size, other readers by the other.",
    "Refuse the file."};
inline constexpr Rule kZipComment{
    "ZIP-039",
    Severity::low,
    Effect::finding,
    "has an archive comment",
    "No writer of checkpoints adds one; up to 64 KiB that no loader looks at.",
    "Write the archive anew if nobody knows what the comment is for."};

}  // namespace gh::archive
