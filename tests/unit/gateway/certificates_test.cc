// What makes certificates be read again.

#include "gateway/certificates.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

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

}  // namespace
}  // namespace gh::gateway
