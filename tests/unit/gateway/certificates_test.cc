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
  const std::string before = files_fingerprint(snapshot_.listeners[0].tls);
  wait_a_tick();
  EXPECT_EQ(files_fingerprint(snapshot_.listeners[0].tls), before);
}

TEST_F(Fingerprint, ChangesWithWhatIsWritten) {
  const std::string before = files_fingerprint(snapshot_.listeners[0].tls);
  wait_a_tick();
  std::ofstream(key_) << "y";  // of the same size
  EXPECT_NE(files_fingerprint(snapshot_.listeners[0].tls), before);
}

TEST_F(Fingerprint, ChangesWithWhoMayReadIt) {
  const std::string before = files_fingerprint(snapshot_.listeners[0].tls);
  wait_a_tick();
  ASSERT_EQ(chmod(key_.c_str(), 0400), 0);
  EXPECT_NE(files_fingerprint(snapshot_.listeners[0].tls), before);
}

TEST_F(Fingerprint, ChangesWhenAnotherFileTakesThePlace) {
  const std::string before = files_fingerprint(snapshot_.listeners[0].tls);
  std::ofstream(key_ + ".new") << "x";
  std::filesystem::rename(key_ + ".new", key_);
  EXPECT_NE(files_fingerprint(snapshot_.listeners[0].tls), before);
}

using std::chrono::hours;
using std::chrono::seconds;

constexpr MonoTime kStart{1'000'000'000'000};

// Two listeners with files of their own.
class Renewal : public testing::Test {
 protected:
  Renewal() {
    std::filesystem::create_directory(folder_);
    snapshot_.listeners.resize(3);  // the last is plain
    for (std::size_t i = 0; i < 2; ++i) {
      certify(i);
      snapshot_.listeners[i].tls = policy::Listener::Tls();
      snapshot_.listeners[i].tls->certificate_file = certificate(i);
      snapshot_.listeners[i].tls->key_file = key(i);
    }
    auto loaded = Certificates::load(snapshot_);
    EXPECT_TRUE(loaded.has_value());
    in_force_ = std::move(*loaded);
    for (ServerTls& one : in_force_.listeners) one.loaded = kStart;
  }
  ~Renewal() override { std::filesystem::remove_all(folder_); }

  std::string certificate(std::size_t i) const {
    return folder_ + "/" + std::to_string(i) + ".crt";
  }
  std::string key(std::size_t i) const { return folder_ + "/" + std::to_string(i) + ".key"; }
  void certify(std::size_t i) const {
    const auto made = crypto::make_self_signed({"localhost"}, system_clock().wall(), hours(24));
    std::ofstream(certificate(i)) << made->certificate_pem;
    std::ofstream(key(i)) << made->key_pem.reveal();
    chmod(key(i).c_str(), 0600);
    usleep(20'000);  // a file's times are those of the kernel's tick
  }
  void spoil(std::size_t i) const {
    std::ofstream(certificate(i)) << "nothing of the kind";
    usleep(20'000);
  }
  // What a look at `now` finds; what it loaded is in force then.
  CertificateRenewal::News look(MonoTime now) {
    auto news = renewal_.look(snapshot_, in_force_, now);
    if (news.renewed) in_force_ = *news.renewed;
    return news;
  }
  const net::TlsServer* server(std::size_t i) const { return in_force_.listeners[i].server.get(); }

  const std::string folder_ = testing::TempDir() + "renewal." + std::to_string(getpid());
  policy::Snapshot snapshot_;
  Certificates in_force_;
  CertificateRenewal renewal_;
};

// A context that is loaded anew has new keys for tickets: none seals and opens them for longer.
// covers: engine-3.5-tickets algorithms-7-tls-tickets
TEST_F(Renewal, TicketKeysAreNoOlderThanTwelveHours) {
  EXPECT_FALSE(look(kStart + seconds(1)).renewed);
  EXPECT_FALSE(look(kStart + hours(12) + -seconds(1)).renewed);
  const net::TlsServer* const first = server(0);
  const auto news = look(kStart + hours(12));
  ASSERT_TRUE(news.renewed);
  EXPECT_FALSE(news.changed);
  EXPECT_NE(server(0), first);
  EXPECT_EQ(server(2), nullptr);
  // What is loaded then is of that hour, and so are its keys.
  EXPECT_FALSE(look(kStart + hours(24) + -seconds(1)).renewed);
  EXPECT_TRUE(look(kStart + hours(24)).renewed);
}

TEST_F(Renewal, AChangeIsLoadedOnceAndAlone) {
  const net::TlsServer* const first = server(0);
  const net::TlsServer* const second = server(1);
  certify(1);
  const auto news = look(kStart + seconds(1));
  EXPECT_TRUE(news.renewed && news.changed && news.failures.empty());
  EXPECT_EQ(server(0), first);  // its tickets stay good
  EXPECT_NE(server(1), second);
  EXPECT_FALSE(look(kStart + seconds(2)).renewed);
}

// One that is broken keeps no other from being renewed.
TEST_F(Renewal, WhatDoesNotLoadStaysAsItWas) {
  const net::TlsServer* const first = server(0);
  const net::TlsServer* const second = server(1);
  spoil(0);
  certify(1);
  const auto news = look(kStart + seconds(1));
  EXPECT_TRUE(news.renewed && news.changed);
  EXPECT_EQ(server(0), first);
  EXPECT_NE(server(1), second);
  ASSERT_EQ(news.failures.size(), 1u);
  EXPECT_TRUE(news.failures[0].contains("0.crt"));
}

TEST_F(Renewal, AFailureIsToldOnceAndItsEndToo) {
  spoil(0);
  EXPECT_EQ(look(kStart + seconds(1)).failures.size(), 1u);
  EXPECT_EQ(look(kStart + seconds(2)).failures.size(), 0u);
  std::filesystem::remove(certificate(0));  // other files, another reason
  EXPECT_EQ(look(kStart + seconds(3)).failures.size(), 1u);
  certify(0);
  const auto good = look(kStart + seconds(4));
  EXPECT_TRUE(good.renewed && good.changed && good.failures.empty());
  spoil(0);
  EXPECT_EQ(look(kStart + seconds(5)).failures.size(), 1u);
}

// Ticket keys that have to be renewed while the files cannot be read: at the next look again, and
// without a line for each.
TEST_F(Renewal, WhatIsTooOldIsDueUntilItIsLoaded) {
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto failed = look(kStart + hours(12));
  const auto again = look(kStart + hours(12) + seconds(1));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_FALSE(failed.renewed || again.renewed);
  EXPECT_EQ(failed.failures.size(), 2u);
  EXPECT_EQ(again.failures.size(), 0u);
  const auto good = look(kStart + hours(12) + seconds(2));
  EXPECT_TRUE(good.renewed && good.changed);
  EXPECT_FALSE(look(kStart + hours(13)).renewed);
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
  const std::string meanwhile = files_fingerprint(snapshot_.listeners[0].tls);
  const bool failed = !Certificates::load(snapshot_).has_value();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_TRUE(failed);
  const auto later = Certificates::load(snapshot_);
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(later->listeners[0].files, meanwhile);
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
