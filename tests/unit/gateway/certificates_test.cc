// What makes certificates be read again.

#include "gateway/certificates.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "crypto/certificate.h"

namespace gh::gateway {
namespace {

class Fingerprint : public testing::Test {
 protected:
  Fingerprint() {
    std::filesystem::create_directory(folder_);
    for (const std::string& file : {certificate_, key_}) std::ofstream(file) << "x";
    snapshot_.listeners.resize(1);
    snapshot_.listeners[0].tls.emplace();
    snapshot_.listeners[0].tls->certificate_file = certificate_;
    snapshot_.listeners[0].tls->key_file = key_;
  }
  ~Fingerprint() override { std::filesystem::remove_all(folder_); }

  // A file's times are those of the kernel's tick.
  static void wait_a_tick() { usleep(20'000); }

  const std::string folder_ = testing::TempDir() + "fingerprint." + std::to_string(getpid());
  const std::string certificate_ = folder_ + "/a.crt";
  const std::string key_ = folder_ + "/a.key";
  policy::Snapshot snapshot_;
};

TEST_F(Fingerprint, StaysWhenNothingChanges) {
  const std::string before = certificate_fingerprint(snapshot_);
  wait_a_tick();
  EXPECT_EQ(certificate_fingerprint(snapshot_), before);
}

TEST_F(Fingerprint, ChangesWithWhatIsWritten) {
  const std::string before = certificate_fingerprint(snapshot_);
  wait_a_tick();
  std::ofstream(key_) << "y";  // of the same size
  EXPECT_NE(certificate_fingerprint(snapshot_), before);
}

TEST_F(Fingerprint, ChangesWithWhoMayReadIt) {
  const std::string before = certificate_fingerprint(snapshot_);
  wait_a_tick();
  ASSERT_EQ(chmod(key_.c_str(), 0400), 0);
  EXPECT_NE(certificate_fingerprint(snapshot_), before);
}

TEST_F(Fingerprint, ChangesWhenAnotherFileTakesThePlace) {
  const std::string before = certificate_fingerprint(snapshot_);
  std::ofstream(key_ + ".new") << "x";
  std::filesystem::rename(key_ + ".new", key_);
  EXPECT_NE(certificate_fingerprint(snapshot_), before);
}

TEST_F(Fingerprint, DatesAreToldOnceEach) {
  using std::chrono::hours;
  const WallTime now = system_clock().wall();
  const auto certify = [&](WallTime begin, Duration lasts) {
    const auto made = crypto::make_self_signed({"localhost"}, begin, lasts);
    std::ofstream(certificate_) << made->certificate_pem;
    std::ofstream(key_) << made->key_pem.reveal();
    chmod(key_.c_str(), 0600);
    return *Certificates::load(snapshot_);
  };
  CertificateDates dates;
  const auto said = [&](const Certificates& certificates, WallTime at) {
    const auto lines = dates.look(snapshot_, certificates, at);
    EXPECT_LE(lines.size(), 1u);
    return lines.empty() ? std::string() : lines[0];
  };
  const Certificates first = certify(now, hours(24 * 30));
  EXPECT_EQ(said(first, now), "");
  EXPECT_TRUE(said(first, now + hours(24 * 20)).contains("a.crt` expires at "));
  EXPECT_EQ(said(first, now + hours(24 * 20)), "");
  EXPECT_EQ(said(first, now + hours(24 * 29)), "");
  EXPECT_TRUE(said(first, now + hours(24 * 31)).contains("a.crt` expired at "));
  EXPECT_EQ(said(first, now + hours(24 * 31)), "");
  // A renewed one is good; another that has expired is another one.
  EXPECT_EQ(said(certify(now, hours(24 * 300)), now + hours(24 * 31)), "");
  EXPECT_TRUE(said(first, now + hours(24 * 31)).contains("expired at "));
  EXPECT_TRUE(said(certify(now, hours(24 * 29)), now + hours(24 * 31)).contains("expired at "));
  EXPECT_TRUE(said(certify(now + hours(1), hours(900)), now).contains("is not valid before "));
  // Two listeners with one file are one certificate.
  snapshot_.listeners.push_back(snapshot_.listeners[0]);
  EXPECT_TRUE(said(certify(now + -hours(3), hours(1)), now).contains("expired at "));
}

}  // namespace
}  // namespace gh::gateway
