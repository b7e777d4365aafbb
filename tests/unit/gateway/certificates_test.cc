// What makes certificates be read again, and when.

#include "gateway/certificates.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
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
    snapshot_.listeners[0].tls = policy::Listener::Tls();
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

using std::chrono::hours;
using std::chrono::seconds;

constexpr MonoTime kStart{1'000'000'000'000};

Certificates in_force(MonoTime loaded, const std::string& files) {
  return {.listeners = {}, .admin = nullptr, .fingerprint = files, .loaded = loaded};
}

// A context that is loaded anew has new keys for tickets: none seals and opens them for longer.
// covers: engine-3.5-tickets algorithms-7-tls-tickets
TEST(CertificateRenewal, TicketKeysAreNoOlderThanTwelveHours) {
  CertificateRenewal renewal;
  const Certificates first = in_force(kStart, "a");
  EXPECT_FALSE(renewal.due(first, "a", kStart + seconds(1)));
  EXPECT_FALSE(renewal.due(first, "a", kStart + hours(12) + -seconds(1)));
  ASSERT_TRUE(renewal.due(first, "a", kStart + hours(12)));
  // What is loaded then is of that hour, and so are its keys.
  const Certificates second = in_force(kStart + hours(12), "a");
  EXPECT_FALSE(renewal.due(second, "a", kStart + hours(12) + seconds(1)));
  EXPECT_FALSE(renewal.due(second, "a", kStart + hours(24) + -seconds(1)));
  EXPECT_TRUE(renewal.due(second, "a", kStart + hours(24)));
}

// It has loaded them without asking.
TEST(CertificateRenewal, AReloadOfThePolicyMakesTicketKeysYoung) {
  CertificateRenewal renewal;
  const Certificates reloaded = in_force(kStart + hours(11), "a");
  EXPECT_FALSE(renewal.due(reloaded, "a", kStart + hours(12)));
  EXPECT_TRUE(renewal.due(reloaded, "a", kStart + hours(23)));
}

TEST(CertificateRenewal, AChangeIsDueUntilItIsLoaded) {
  CertificateRenewal renewal;
  const Certificates first = in_force(kStart, "a");
  EXPECT_TRUE(renewal.due(first, "half", kStart + seconds(1)));
  EXPECT_TRUE(renewal.due(first, "half", kStart + seconds(2)));  // it did not load
  EXPECT_TRUE(renewal.due(first, "whole", kStart + seconds(3)));
  const Certificates second = in_force(kStart + seconds(3), "whole");
  EXPECT_FALSE(renewal.due(second, "whole", kStart + seconds(4)));
  EXPECT_TRUE(renewal.due(second, "a", kStart + seconds(5)));  // and back
}

TEST(CertificateRenewal, AFailureIsToldOnce) {
  CertificateRenewal renewal;
  const Certificates first = in_force(kStart, "a");
  ASSERT_TRUE(renewal.due(first, "b", kStart + seconds(1)));
  EXPECT_TRUE(renewal.failed("b", "too many open files"));
  ASSERT_TRUE(renewal.due(first, "b", kStart + seconds(2)));
  EXPECT_FALSE(renewal.failed("b", "too many open files"));
  EXPECT_TRUE(renewal.failed("b", "no certificate in it"));  // another reason
  EXPECT_TRUE(renewal.failed("c", "no certificate in it"));  // other files
  EXPECT_TRUE(renewal.loaded());                             // so that the good end is told too
  EXPECT_FALSE(renewal.loaded());
  // A failure that is over is news when it comes back.
  EXPECT_TRUE(renewal.failed("c", "no certificate in it"));
  EXPECT_FALSE(renewal.due(first, "a", kStart + seconds(4)));
  EXPECT_TRUE(renewal.failed("c", "no certificate in it"));
}

// Ticket keys that have to be renewed while the files cannot be read: at the next look again, and
// without a line for each.
TEST(CertificateRenewal, WhatIsTooOldIsDueUntilItIsLoaded) {
  CertificateRenewal renewal;
  const Certificates first = in_force(kStart, "a");
  ASSERT_TRUE(renewal.due(first, "a", kStart + hours(12)));
  EXPECT_TRUE(renewal.failed("a", "gone"));
  ASSERT_TRUE(renewal.due(first, "a", kStart + hours(12) + seconds(1)));
  EXPECT_FALSE(renewal.failed("a", "gone"));
}

// The moment may be at fault, and then nothing of the files changes when it has passed.
TEST_F(Fingerprint, IsTheSameWhenTheFilesCannotBeOpenedForAMoment) {
  const auto made = crypto::make_self_signed({"localhost"}, system_clock().wall(), hours(24));
  std::ofstream(certificate_) << made->certificate_pem;
  std::ofstream(key_) << made->key_pem.reveal();
  ASSERT_EQ(chmod(key_.c_str(), 0600), 0);
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const std::string meanwhile = certificate_fingerprint(snapshot_);
  const bool failed = !Certificates::load(snapshot_).has_value();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_TRUE(failed);
  const auto later = Certificates::load(snapshot_);
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(later->fingerprint, meanwhile);
}

TEST_F(Fingerprint, DatesAreToldOnceEach) {
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
