#include "signing/hash_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace gh::signing {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr auto kProgressEvery = std::chrono::milliseconds(200);

// A range of a file, whose digest has its own place.
struct Job {
  std::size_t entry;
  std::size_t place;
  std::uint64_t begin;
  std::uint64_t end;
};

class Crew {
 public:
  Crew(const Tree& tree, std::span<const Entry> entries, const HashPlan& plan)
      : tree_(tree), entries_(entries), plan_(plan), results_(entries.size()) {
    for (std::size_t i = 0; i < entries.size(); ++i) split_file(i);
    // The largest first, so that no thread is left alone with one at the end.
    std::ranges::stable_sort(
        jobs_, [](const Job& a, const Job& b) { return a.end - a.begin > b.end - b.begin; });
  }

  std::vector<HashedFile> run() {
    const unsigned wanted = plan_.threads > 0 ? plan_.threads : std::thread::hardware_concurrency();
    const std::size_t count =
        std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(jobs_.size(), 1));
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back([this] { work(); });
    std::unique_lock lock(mutex_);
    while (!finished_.wait_for(lock, kProgressEvery, [&] { return ended_ == count; })) {
      lock.unlock();
      if (plan_.progress) plan_.progress(done_.load(std::memory_order_relaxed), total_);
      lock.lock();
    }
    lock.unlock();
    threads.clear();  // joins
    if (plan_.progress) plan_.progress(done_.load(), total_);
    return std::move(results_);
  }

 private:
  void split_file(std::size_t index) {
    const std::uint64_t size = entries_[index].state.size;
    total_ += size;
    if (plan_.method == Method::files) {
      results_[index].digests.resize(1);
      jobs_.push_back({index, 0, 0, size});
      return;
    }
    for (std::uint64_t begin = 0; begin < size; begin += std::min(plan_.shard_size, size - begin)) {
      const std::size_t place = results_[index].digests.size();
      results_[index].digests.emplace_back();
      jobs_.push_back({index, place, begin, begin + std::min(plan_.shard_size, size - begin)});
    }
  }

  void work() {
    crypto::RunningDigest digest(plan_.hash);
    std::vector<char> block(kBlock);
    for (;;) {
      const std::size_t next = next_.fetch_add(1, std::memory_order_relaxed);
      if (next >= jobs_.size()) break;
      const Job& job = jobs_[next];
      if (const Result<> read = hash(job, digest, block); !read) {
        digest.finish();  // begins anew
      } else {
        results_[job.entry].digests[job.place] = digest.finish();
      }
    }
    const std::lock_guard lock(mutex_);
    ++ended_;
    finished_.notify_all();
  }

  Result<> hash(const Job& job, crypto::RunningDigest& digest, std::vector<char>& block) {
    const Entry& entry = entries_[job.entry];
    const auto file = tree_.open_file(entry, plan_.allow_symlinks);
    if (!file) {
      return trouble(
          job,
          file.error().changed ? HashedFile::Trouble::changed : HashedFile::Trouble::unreadable,
          file.error().why);
    }
    ::posix_fadvise(file->get(), static_cast<off_t>(job.begin),
                    static_cast<off_t>(job.end - job.begin), POSIX_FADV_SEQUENTIAL);
    for (std::uint64_t at = job.begin; at < job.end;) {
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, job.end - at));
      const ssize_t got = ::pread(file->get(), block.data(), want, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return trouble(job, HashedFile::Trouble::unreadable, errno_text(errno));
      if (got == 0) return trouble(job, HashedFile::Trouble::changed, "it became shorter");
      digest.update({block.data(), static_cast<std::size_t>(got)});
      at += static_cast<std::uint64_t>(got);
      done_.fetch_add(static_cast<std::uint64_t>(got), std::memory_order_relaxed);
    }
    // Written to in between, it has another size or other times now.
    const Result<FileState> after = state_of(file->get());
    if (!after || *after != entry.state) {
      return trouble(job, HashedFile::Trouble::changed, "it was written to while it was read");
    }
    return {};
  }

  Result<> trouble(const Job& job, HashedFile::Trouble kind, std::string why) {
    const std::lock_guard lock(mutex_);
    HashedFile& result = results_[job.entry];
    result.trouble = kind;
    result.why = std::move(why);
    return fail("{}", result.why);
  }

  const Tree& tree_;
  std::span<const Entry> entries_;
  const HashPlan& plan_;
  std::vector<Job> jobs_;
  std::vector<HashedFile> results_;  // each digest written by one thread, `trouble` under the lock
  std::uint64_t total_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::size_t ended_ = 0;
};

}  // namespace

std::vector<HashedFile> hash_files(const Tree& tree, std::span<const Entry> entries,
                                   const HashPlan& plan) {
  return Crew(tree, entries, plan).run();
}

}  // namespace gh::signing
