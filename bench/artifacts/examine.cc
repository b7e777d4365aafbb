// Examines files in this process. `gatehouse scan` does it in children, and what a build that
// counts knows of a child is lost at its end; a profiler, too, sees this one better.
//
//     bench_examine FILE…
//
// Trusted input only: nothing confines it.

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>

#include "artifacts/examine.h"
#include "base/fd.h"
#include "source/source.h"

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const gh::Fd file(open(arguments[i], O_RDONLY | O_CLOEXEC));
    struct stat state{};
    if (fstat(file.get(), &state) != 0) {
      std::perror(arguments[i]);
      return 1;
    }
    gh::source::FileSource source(file.get(), static_cast<std::uint64_t>(state.st_size));
    gh::findings::Examination examination(16ull << 30);
    const gh::artifacts::Options options;
    gh::artifacts::Context context{.examination = examination, .options = options};
    gh::artifacts::examine_any(source, arguments[i], context);
    std::printf("%s: %zu findings\n", arguments[i], examination.findings().size());
  }
}
