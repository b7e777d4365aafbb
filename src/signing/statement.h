#pragma once
// The in-toto statement that is signed, and the manifest that it means.

#include <expected>
#include <string>
#include <string_view>

#include "signing/manifest.h"
#include "signing/rules.h"

namespace gh::signing {

// `accept_v02`: also the predicate of model_signing 0.2, which lists files as subjects. A manifest
// that is given has good and different names, at least one file, digests of the right size, shards
// that cover each file without gap, and the root digest that it claims.
std::expected<Manifest, Reason> read_statement(std::string_view payload, bool accept_v02);

// In the form of v1.1, with our terms in the field `gatehouse` of the predicate.
std::string write_statement(const Manifest& manifest);

}  // namespace gh::signing
