#pragma once
// Why a signature is refused: one rule per reason, and a reason as it is reported.

#include <span>
#include <string>

#include "findings/finding.h"

namespace gh::signing {

using findings::Effect;
using findings::Rule;
using findings::Severity;

// One case of a rule. Strings are escaped already.
struct Reason {
  const Rule* rule = nullptr;
  std::string message;
  std::string file;  // relative to what is verified; "" when no file is at fault
};

// All of them, in order of their ids; what `explain` and the documentation read.
std::span<const Rule* const> rules();

// The envelope.
inline constexpr Rule kNoBundle{
    "SIG-001",
    Severity::high,
    Effect::finding,
    "is not a signature bundle that is understood",
    "A signature file is a Sigstore bundle in JSON. One that is broken, holds a key twice or a "
    "field "
    "that nobody knows could be read in two ways, and then two programs would verify two things.",
    "Get the signature again from whoever signed, or sign again."};
inline constexpr Rule kSigstore{
    "SIG-002",
    Severity::high,
    Effect::unsupported,
    "was signed through Sigstore's Fulcio, which is not supported yet",
    "Such a signature is worth something only together with the transparency log. Checking the "
    "certificate alone would accept what the log was made to expose.",
    "Verify it with the model_signing package, or ask for a signature by key or certificate."};
inline constexpr Rule kSignatureCount{
    "SIG-003",
    Severity::high,
    Effect::finding,
    "does not hold exactly one signature",
    "With several, each verifier picks another one, and a good one hides a bad one.",
    "Sign each time into a file of its own."};
inline constexpr Rule kPayloadType{
    "SIG-004",
    Severity::high,
    Effect::finding,
    "holds another kind of payload than an in-toto statement",
    "A signature that was made over something else, by the same key, must not count for a model.",
    "Get the signature again from whoever signed, or sign again."};

// Who signed.
inline constexpr Rule kSignature{
    "SIG-010",
    Severity::critical,
    Effect::finding,
    "is not signed by a key that is trusted here",
    "Either the file was changed after it was signed, or somebody else signed it. Nothing that it "
    "says about the model can be believed.",
    "Check that the key is the signer's. If it is, do not load the model: get it again."};
inline constexpr Rule kHint{
    "SIG-011",
    Severity::high,
    Effect::finding,
    "names another key than the one that made the signature",
    "The hint is not signed. Here the signature is good and the hint is not, so the bundle was put "
    "together from two; other verifiers refuse it too.",
    "Sign again, or get the bundle from its origin."};
inline constexpr Rule kSignerKind{
    "SIG-012",
    Severity::high,
    Effect::finding,
    "is signed in another way than the one that is trusted here",
    "A certificate inside the bundle vouches for nothing unless its issuer is trusted, and a key "
    "vouches for nothing unless it was given.",
    "Give `--key` for a signature by key, `--certificate-roots` and `--identity` for one by "
    "certificate."};
inline constexpr Rule kChain{
    "SIG-013",
    Severity::critical,
    Effect::finding,
    "has a certificate that no given root vouches for",
    "Anybody can make a certificate that carries any name.",
    "Give the roots of the signer's organisation, obtained apart from the model."};
inline constexpr Rule kUsage{"SIG-014",
                             Severity::high,
                             Effect::finding,
                             "has a certificate that is not for signing",
                             "It lacks both digitalSignature and codeSigning: its key was given "
                             "out for something else, such "
                             "as encryption.",
                             "Use a certificate for signing."};
inline constexpr Rule kIdentity{
    "SIG-015",
    Severity::critical,
    Effect::finding,
    "is signed by somebody else than the expected identity",
    "A root vouches for many. Only the name says that this one may sign models.",
    "Check the name. If it is meant, give it as `--identity`."};
inline constexpr Rule kOldSignature{"SIG-016",
                                    Severity::medium,
                                    Effect::finding,
                                    "is signed in the form of model_signing 0.2",
                                    "That release signed other bytes than its format says, and its "
                                    "manifests neither name the model "
                                    "nor say that they are whole.",
                                    "Sign again; until then, `--accept-v0.2` takes it."};

// What was signed.
inline constexpr Rule kStatement{
    "SIG-020",
    Severity::high,
    Effect::finding,
    "holds a statement that is not a model manifest",
    "The signature is good, but what it signs cannot be read without guessing.",
    "Sign the model again."};
inline constexpr Rule kRootDigest{
    "SIG-021",
    Severity::high,
    Effect::finding,
    "has a root digest that does not belong to its list of files",
    "Other documents refer to a model by this digest; it must stand for exactly these files.",
    "Sign the model again."};
inline constexpr Rule kName{
    "SIG-022",
    Severity::critical,
    Effect::finding,
    "lists a file name that reaches outside the model or has no single meaning",
    "Names with `..`, a leading slash, a backslash or a NUL lead a verifier to other files than a "
    "loader.",
    "Do not use the model before the signer has explained the name."};
inline constexpr Rule kSameName{
    "SIG-023",
    Severity::high,
    Effect::finding,
    "lists a name twice, or two names that differ in case only",
    "Verifiers differ in which of the two they take, and some file systems hold only one.",
    "Rename one of the files and sign again."};
inline constexpr Rule kHash{"SIG-024",
                            Severity::medium,
                            Effect::unsupported,
                            "is hashed with an algorithm that is not supported",
                            "SHA-256 and BLAKE2b are; BLAKE3 is not part of OpenSSL 3.0.",
                            "Sign again with SHA-256, or verify with the model_signing package."};
inline constexpr Rule kTooMany{
    "SIG-025",
    Severity::medium,
    Effect::unsupported,
    "is larger than is looked at",
    "Bounds keep a hostile file from taking memory and time without end.",
    "Sign parts of the tree apart, or use larger shards."};

// What was agreed.
inline constexpr Rule kExpired{
    "SIG-030",
    Severity::high,
    Effect::finding,
    "has expired",
    "An old signature on an old model stays valid for ever unless it ends: this is how a replaced, "
    "vulnerable version is put back.",
    "Get the current version, or have this one signed again."};
inline constexpr Rule kNotYet{"SIG-031",
                              Severity::medium,
                              Effect::finding,
                              "is not valid yet",
                              "The signer set a date before which it must not be used.",
                              "Wait, or check this machine's clock."};
inline constexpr Rule kRole{
    "SIG-032",
    Severity::high,
    Effect::finding,
    "is not signed for the expected role",
    "A signature for one thing must not pass for another, such as an adapter for a model.",
    "Sign with `--role`."};
inline constexpr Rule kModelName{
    "SIG-033",
    Severity::high,
    Effect::finding,
    "is signed under another name",
    "Without a name every model of a signer can stand in for every other.",
    "Check which model this is; sign with `--name`."};
inline constexpr Rule kBase{
    "SIG-034",
    Severity::high,
    Effect::finding,
    "is not signed for the expected base model",
    "An adapter on another base than the one it was approved on behaves in ways that nobody tried.",
    "Use the base it was signed for, or sign with `--base-digest`."};

// What is there.
inline constexpr Rule kContent{
    "SIG-040",
    Severity::critical,
    Effect::finding,
    "differs from what was signed",
    "The bytes were changed, by damage or by intent, after they were signed.",
    "Do not load the model: get the file again from its origin."};
inline constexpr Rule kMissing{"SIG-041",
                               Severity::high,
                               Effect::finding,
                               "is signed and not there",
                               "A loader that misses a file may fall back to another, such as a "
                               "pickle for a safetensors file.",
                               "Get the file again from its origin."};
inline constexpr Rule kExtra{
    "SIG-042",
    Severity::critical,
    Effect::finding,
    "is there and not signed",
    "Loaders pick files up by name: one that was added is as good as one that was changed.",
    "Remove it, or sign again. `--ignore PATH` accepts one, `--ignore-unsigned-files` all."};
inline constexpr Rule kNoPlainFile{
    "SIG-043",
    Severity::high,
    Effect::finding,
    "is no regular file",
    "A symbolic link may point elsewhere tomorrow, outside what was signed; devices and pipes hold "
    "no bytes that could be signed.",
    "Replace it with the file. `--allow-symlinks` follows links to files."};
inline constexpr Rule kChanged{"SIG-044",
                               Severity::high,
                               Effect::finding,
                               "changed while it was verified",
                               "What was hashed is not what a loader would find now.",
                               "Verify where nobody writes: a read-only mount, or a copy."};
inline constexpr Rule kUnreadable{"SIG-045",
                                  Severity::high,
                                  Effect::inconclusive,
                                  "cannot be read",
                                  "What was not read was not verified.",
                                  "Check permissions and the disk, and verify again."};

}  // namespace gh::signing
