#pragma once
// Dates in certificates (RFC 5280 §4.1.2.5) as times. For the folders that hold OpenSSL's own
// certificates; any thread.

#include "base/clock.h"
#include "base/error.h"

using ASN1_TIME = struct asn1_string_st;

namespace gh::crypto {

// Years that 64-bit nanoseconds cannot hold (before 1678, after 2261) become the nearest they can.
// An error when `time` is null or no date.
Result<WallTime> wall_time(const ASN1_TIME* time);

}  // namespace gh::crypto
