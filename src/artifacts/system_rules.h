#pragma once
// `SYS-…`: what kept the examination itself from a result.

#include <span>

#include "findings/finding.h"

namespace gh::artifacts {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kUnreadable{
    "SYS-001",
    Severity::high,
    Effect::inconclusive,
    "could not be read",
    "What was not read was not examined. A damaged container or disk is one reason, a file that is "
    "only readable for others is another.",
    "Check the path, its permissions and the disk, and scan again."};
inline constexpr Rule kOutOfTime{
    "SYS-002",
    Severity::high,
    Effect::inconclusive,
    "took longer than a file may",
    "Files that are made to keep a scanner busy are a way past scanners that give up quietly.",
    "If the file is merely large or the machine slow, scan again with a greater --timeout."};
inline constexpr Rule kOutOfMemory{
    "SYS-003",
    Severity::high,
    Effect::inconclusive,
    "needed more memory than a file may",
    "Its examination was ended. Real models need a small part of what is allowed.",
    "Do not load it before it is understood. A model that ought to pass is worth a report to us."};
inline constexpr Rule kCrashed{
    "SYS-004",
    Severity::high,
    Effect::inconclusive,
    "made its examiner crash",
    "The examination ran apart and could do no harm, but it came to no result; a file that crashes "
    "one reader may be made to take over another.",
    "Do not load it, and report it to us: an examiner must not crash."};
inline constexpr Rule kForbiddenCall{
    "SYS-005",
    Severity::critical,
    Effect::inconclusive,
    "made its examiner try what it may not",
    "The examiner was stopped when it asked the system for more than memory and the bytes of the "
    "file. It never needs that: the file may have taken it over.",
    "Keep the file away from loaders, and report it to us."};
inline constexpr Rule kNoAnswer{"SYS-006",
                                Severity::high,
                                Effect::inconclusive,
                                "got no answer from its examiner that can be understood",
                                "The examiner's answer was too long, or not what an examiner says.",
                                "Do not load it, and report it to us."};
inline constexpr Rule kNoFilter{
    "SYS-007",
    Severity::medium,
    Effect::finding,
    "files were examined without a filter on system calls",
    "This kernel, or the container it runs in, offers no seccomp filters. Files were examined "
    "apart, "
    "without privileges and within limits, but an examiner that a file took over could have called "
    "the system.",
    "Scan where seccomp is available. --fail-on high accepts it for this run."};
inline constexpr Rule kTooMuch{"SYS-008",
                               Severity::high,
                               Effect::inconclusive,
                               "a folder was not looked into, or not as a whole",
                               "It could not be read, lies too deep, there are too many entries in "
                               "all, or its files state so much "
                               "that they were not compared.",
                               "Check its permissions, or scan its parts one by one."};
inline constexpr Rule kChanged{
    "SYS-009",
    Severity::high,
    Effect::inconclusive,
    "changed while it was examined",
    "What was judged is not what is there now.",
    "Scan where nobody writes: a finished download, a copy, a read-only mount."};
inline constexpr Rule kNotStarted{
    "SYS-010",
    Severity::high,
    Effect::inconclusive,
    "could not be examined, because the system gave no process for it",
    "Examinations run in processes of their own, and none could be started.",
    "Raise the limit of processes, or use fewer --jobs."};
inline constexpr Rule kNoDigest{
    "SYS-011",
    Severity::info,
    Effect::finding,
    "has no SHA-256, because nearly all of it is hole",
    "More than 16 GiB of which less than a sixteenth is on the disk. A digest goes over holes, "
    "too, "
    "and would take minutes for a file that costs nothing to make. Without one, findings in it "
    "cannot be suppressed.",
    "Give it whole, without holes, if it is a model's."};
inline constexpr Rule kNothingThere{
    "SYS-012",
    Severity::medium,
    Effect::inconclusive,
    "a path has no file",
    "Several paths were given, and files were found in others only: a download that did not "
    "happen, "
    "or another folder than was meant. Of one path alone, exit code 3 says the same.",
    "Give the folder that is loaded, or leave this path out."};
inline constexpr Rule kKilled{
    "SYS-013",
    Severity::high,
    Effect::inconclusive,
    "was not judged, as its examiner was killed",
    "Nothing in a file can do that: the kernel does where memory is short, or somebody who may.",
    "Give the machine or the container more memory, or use fewer --jobs, and scan again."};

std::span<const Rule* const> system_rules();

}  // namespace gh::artifacts
