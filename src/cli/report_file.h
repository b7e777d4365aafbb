#pragma once
// Where the report of a scan goes. Used by one thread.

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file_state.h"

namespace gh::cli {

class ReportFile {
 public:
  // "" is standard output. What is written to a file is kept in a temporary one until close(): what
  // is there stays as it is until the report is whole. Pipes and devices are written to at once.
  static Result<ReportFile> open(const std::string& path);
  ReportFile(ReportFile&& other) noexcept;
  ReportFile& operator=(ReportFile&&) = delete;
  // Without close() a file that was not there is not there again.
  ~ReportFile();

  // Of a file; nothing for all else.
  const std::optional<FileState>& state() const { return state_; }
  // Whether it was not there before.
  bool is_new() const { return !made_.empty(); }

  // The first error is remembered.
  void write(std::string_view text);
  bool takes_more() const { return error_ == 0; }
  // Nothing follows. An error when something did not get where it belongs: some say so at the end
  // only.
  Result<> close();

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  using File = std::unique_ptr<std::FILE, Close>;

  ReportFile() = default;
  void note(bool good);
  void copy_draft();

  File file_;
  File draft_;        // null where it is written to at once
  std::string name_;  // printable
  std::string made_;  // the path of a file that was not there; "" when it was, and once it is whole
  std::optional<FileState> state_;
  int error_ = 0;  // of the system
};

}  // namespace gh::cli
