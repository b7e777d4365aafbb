#pragma once
// Where the report of a scan goes. Used by one thread.

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/file_state.h"

namespace gh::cli {

class ReportFile {
 public:
  // "" is standard output. A file is written beside its place and put there by close(): nobody sees
  // half a report, and what is there stays as it is until then. Pipes, devices, what /dev and /proc
  // name and places where nothing can be made beside are written to as they are.
  static Result<ReportFile> open(const std::string& path);

  // What is written beside the place, so that it is not taken for one of the files around it.
  const std::optional<FileState>& beside() const { return state_; }

  // At once, for who reads along through a pipe. The first error is remembered.
  void write(std::string_view text);
  bool takes_more() const { return error_ == 0; }
  // Nothing follows. An error when something did not get where it belongs: some say so at the end
  // only.
  Result<> close();

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  // A file that goes with this, unless it was put where it belongs.
  struct Made {
    std::string path;
    ~Made();
  };

  ReportFile(std::FILE* file, std::string name) : file_(file), name_(std::move(name)) {}
  static Result<ReportFile> open_as_it_is(const std::string& path);
  static Result<ReportFile> open_beside(const std::string& path, const std::string& place);
  void note(bool good);

  std::unique_ptr<std::FILE, Close> file_;
  std::string name_;            // printable
  std::unique_ptr<Made> made_;  // beside its place; null when that is written to as it is
  std::string place_;
  std::optional<FileState> state_;
  int error_ = 0;  // of the system
};

}  // namespace gh::cli
