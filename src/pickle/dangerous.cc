#include "pickle/dangerous.h"

#include <algorithm>

namespace gh::pickle {

namespace {

constexpr std::string_view kCommand = "runs commands of the system";
constexpr std::string_view kCode = "runs Python code";
constexpr std::string_view kImport = "imports any module";
constexpr std::string_view kReach = "reaches any attribute, and through it any function";
constexpr std::string_view kNative = "loads native code";
constexpr std::string_view kFiles = "reads or writes files";
constexpr std::string_view kNetwork = "reaches the network";
constexpr std::string_view kUnpickle = "loads another pickle";
constexpr std::string_view kProcess = "starts or changes processes";

// An empty name: everything in the module.
struct Row {
  std::string_view module, name, what;
};
constexpr Row kRows[] = {
    {"os", "", kCommand},
    {"posix", "", kCommand},
    {"nt", "", kCommand},
    {"subprocess", "", kCommand},
    {"_posixsubprocess", "", kCommand},
    {"pty", "", kCommand},
    {"commands", "", kCommand},
    {"popen2", "", kCommand},
    {"platform", "popen", kCommand},
    {"platform", "_syscmd_ver", kCommand},
    {"distutils.spawn", "", kCommand},
    {"asyncio", "", kCommand},
    {"sys", "", kProcess},
    {"multiprocessing", "", kProcess},
    {"signal", "", kProcess},
    {"_thread", "", kProcess},
    {"threading", "", kProcess},
    {"builtins", "eval", kCode},
    {"builtins", "exec", kCode},
    {"builtins", "compile", kCode},
    {"builtins", "execfile", kCode},
    {"builtins", "breakpoint", kCode},
    {"builtins", "input", kCode},
    {"builtins", "open", kFiles},
    {"builtins", "file", kFiles},
    {"builtins", "__import__", kImport},
    {"builtins", "getattr", kReach},
    {"builtins", "setattr", kReach},
    {"builtins", "delattr", kReach},
    {"builtins", "globals", kReach},
    {"builtins", "locals", kReach},
    {"builtins", "vars", kReach},
    {"builtins", "map", kReach},
    {"builtins", "filter", kReach},
    {"builtins", "type", kReach},
    {"builtins", "apply", kReach},
    {"operator", "attrgetter", kReach},
    {"operator", "methodcaller", kReach},
    {"operator", "itemgetter", kReach},
    {"_operator", "", kReach},
    {"functools", "partial", kReach},
    {"functools", "reduce", kReach},
    {"_functools", "", kReach},
    {"types", "CodeType", kCode},
    {"types", "FunctionType", kCode},
    {"code", "", kCode},
    {"codeop", "", kCode},
    {"runpy", "", kCode},
    {"timeit", "", kCode},
    {"pdb", "", kCode},
    {"bdb", "", kCode},
    {"trace", "", kCode},
    {"profile", "", kCode},
    {"cProfile", "", kCode},
    {"doctest", "", kCode},
    {"idlelib", "", kCode},
    {"lib2to3", "", kCode},
    {"pip", "", kCode},
    {"ensurepip", "", kCode},
    {"venv", "", kCode},
    {"test.support.script_helper", "", kCode},
    {"_interpreters", "", kCode},
    {"_xxsubinterpreters", "", kCode},
    {"numpy.testing._private.utils", "runstring", kCode},
    {"numpy.f2py", "", kCode},
    {"torch.jit", "", kCode},
    {"torch.hub", "", kCode},
    {"torch._dynamo", "", kCode},
    {"torch._inductor", "", kCode},
    {"torch.utils.bottleneck", "", kCode},
    {"torch.utils.collect_env", "run", kCommand},
    {"torch.fx.experimental.symbolic_shapes", "ShapeEnv", kCode},
    {"importlib", "", kImport},
    {"imp", "", kImport},
    {"pkgutil", "", kImport},
    {"zipimport", "", kImport},
    {"pydoc", "", kImport},
    {"site", "", kImport},
    {"ctypes", "", kNative},
    {"_ctypes", "", kNative},
    {"cffi", "", kNative},
    {"mmap", "", kNative},
    {"torch.ops", "", kNative},
    {"torch.classes", "", kNative},
    {"io", "", kFiles},
    {"_io", "", kFiles},
    {"shutil", "", kFiles},
    {"tempfile", "", kFiles},
    {"pathlib", "", kFiles},
    {"linecache", "", kFiles},
    {"fileinput", "", kFiles},
    {"glob", "", kFiles},
    {"sqlite3", "", kFiles},
    {"logging", "", kFiles},
    {"zipfile", "", kFiles},
    {"tarfile", "", kFiles},
    {"numpy", "load", kUnpickle},
    {"numpy", "fromfile", kFiles},
    {"socket", "", kNetwork},
    {"_socket", "", kNetwork},
    {"ssl", "", kNetwork},
    {"http", "", kNetwork},
    {"urllib", "", kNetwork},
    {"requests", "", kNetwork},
    {"httpx", "", kNetwork},
    {"aiohttp", "", kNetwork},
    {"ftplib", "", kNetwork},
    {"smtplib", "", kNetwork},
    {"poplib", "", kNetwork},
    {"imaplib", "", kNetwork},
    {"telnetlib", "", kNetwork},
    {"nntplib", "", kNetwork},
    {"xmlrpc", "", kNetwork},
    {"webbrowser", "", kNetwork},
    {"pickle", "", kUnpickle},
    {"_pickle", "", kUnpickle},
    {"marshal", "", kUnpickle},
    {"shelve", "", kUnpickle},
    {"dill", "", kUnpickle},
    {"cloudpickle", "", kUnpickle},
    {"joblib", "load", kUnpickle},
    {"torch", "load", kUnpickle},
    {"torch.serialization", "load", kUnpickle},
};

bool is_or_is_below(std::string_view name, std::string_view root) {
  return name.starts_with(root) && (name.size() == root.size() || name[root.size()] == '.');
}

}  // namespace

std::optional<std::string_view> danger_of(std::string_view module, std::string_view name) {
  const auto matches = [&](const Row& row) {
    return row.name.empty() ? is_or_is_below(module, row.module)
                            : module == row.module && is_or_is_below(name, row.name);
  };
  const auto* row = std::ranges::find_if(kRows, matches);
  if (row == std::end(kRows)) return std::nullopt;
  return row->what;
}

std::vector<std::string_view> dangerous_words() {
  std::vector<std::string_view> words;
  for (const Row& row : kRows) {
    words.push_back(row.module);
    if (!row.name.empty()) words.push_back(row.name);
  }
  return words;
}

}  // namespace gh::pickle
