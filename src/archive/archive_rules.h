#pragma once
// Rules ARC-… of tar, 7z and compressed files. ARC-010 is in artifacts/container.cc.

#include "findings/finding.h"

namespace gh::archive {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kArchiveTraversal{
    "ARC-001",
    Severity::critical,
    Effect::finding,
    "has a member whose name leaves the folder",
    "A program that unpacks by name writes outside the folder that it was given, for example over "
    "a start-up script.",
    "Refuse the file."};
inline constexpr Rule kArchiveLink{
    "ARC-002",
    Severity::high,
    Effect::finding,
    "has a member that is a link",
    "Unpacked, a link points out of the folder, and what a later member writes through it lands "
    "elsewhere.",
    "Refuse the file; weights need no links."};
inline constexpr Rule kArchiveDevice{
    "ARC-003",
    Severity::high,
    Effect::finding,
    "has a member that is a device, a pipe or a socket",
    "Unpacked as root it gives access to a device; a pipe makes whoever reads it wait for ever.",
    "Refuse the file."};
inline constexpr Rule kArchiveBomb{
    "ARC-004",
    Severity::high,
    Effect::unexamined,
    "grows two hundredfold beyond 1 GiB, or a thousandfold beyond 64 MiB",
    "A small file that fills memory or disk when it is unpacked. Nothing beyond was examined.",
    "Refuse the file, unless it is known to hold nothing but zeroes."};
inline constexpr Rule kArchiveName{
    "ARC-005",
    Severity::high,
    Effect::finding,
    "has a member with a name that readers cut or show differently",
    "Control characters, a backslash, or no name: the file that is written is not the one shown.",
    "Refuse the file."};
inline constexpr Rule kArchiveDuplicate{
    "ARC-006",
    Severity::high,
    Effect::finding,
    "has several members of one name",
    "Unpacking keeps the last, other readers take the first: a check and the loader may read "
    "different bytes.",
    "Refuse the file, or write the archive anew."};
inline constexpr Rule kArchiveBroken{
    "ARC-007",
    Severity::high,
    Effect::inconclusive,
    "is an archive that could not be followed to its end",
    "It is cut short, damaged or packed in a way that is not read here; what lies behind that "
    "place was not examined.",
    "Fetch the file again, or unpack it elsewhere and scan what comes out."};
inline constexpr Rule kArchiveEncrypted{"ARC-008",
                                        Severity::high,
                                        Effect::inconclusive,
                                        "has an encrypted member",
                                        "Its content cannot be examined.",
                                        "Refuse the file, or decrypt it and scan what comes out."};
inline constexpr Rule kArchiveLimit{
    "ARC-009",
    Severity::high,
    Effect::inconclusive,
    "holds more than is examined",
    "The limit of bytes to unpack for one file, or of 200,000 members, was reached: what follows "
    "was not examined.",
    "Unpack it elsewhere and scan what comes out."};
inline constexpr Rule kArchiveTwice{"ARC-011",
                                    Severity::high,
                                    Effect::finding,
                                    "is compressed more than once",
                                    "Nobody compresses twice for the size of it; layers hide a "
                                    "content from scanners that undo one, "
                                    "and multiply a bomb.",
                                    "Refuse the file."};
inline constexpr Rule kArchiveTrailing{
    "ARC-012",
    Severity::medium,
    Effect::finding,
    "has bytes after the end of the archive",
    "Readers ignore them: room for a second file that other programs find.",
    "Cut them off, or write the archive anew."};

}  // namespace gh::archive
