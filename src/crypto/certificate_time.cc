#include "crypto/certificate_time.h"

#include <openssl/asn1.h>

#include <algorithm>
#include <ctime>

namespace gh::crypto {

Result<WallTime> wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return fail("the certificate has an unreadable date");
  }
  constexpr std::int64_t kMost = INT64_MAX / 1'000'000'000;
  return WallTime{std::clamp(std::int64_t{timegm(&parts)}, -kMost, kMost) * 1'000'000'000};
}

}  // namespace gh::crypto
