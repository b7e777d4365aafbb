#pragma once
// A key by what people call it. Says itself what is wrong; the caller exits with the code: 1 when
// there is no such key, 2 when nobody can tell.

#include <expected>
#include <string>

#include "identity/key_record.h"
#include "policy/snapshot.h"
#include "store/key_store.h"

namespace gh::cli {

// The store of the policy's keys. Nothing is made where there is none.
std::expected<store::KeyStore, int> open_keys(const policy::Snapshot& policy);

// By id, kid or tenant/name.
std::expected<identity::KeyRecord, int> find_key(const store::KeyStore& keys,
                                                 const std::string& handle);

}  // namespace gh::cli
