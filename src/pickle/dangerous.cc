#include "pickle/dangerous.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <span>

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

// An empty name: everything in the module. Of the standard library: what CPython 3.8 to 3.14 has
// that calls one of these with its arguments.
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
    {"asyncio", "", kCommand},
    {"uuid", "_get_command_stdout", kCommand},
    {"uuid", "_find_mac", kCommand},
    {"uuid", "_find_mac_near_keyword", kCommand},
    {"uuid", "_find_mac_under_heading", kCommand},
    {"uuid", "_popen", kCommand},
    {"platform", "_syscmd_file", kCommand},
    {"platform", "_Processor", kCommand},
    {"_aix_support", "", kCommand},
    {"_osx_support", "", kCommand},
    {"_bootsubprocess", "", kCommand},
    {"pipes", "", kCommand},
    {"mailcap", "", kCommand},
    {"_winapi", "", kCommand},
    {"_pyrepl", "", kCommand},
    {"torch.utils.collect_env", "", kCommand},
    {"numpy.distutils", "", kCommand},
    {"psutil", "", kCommand},
    {"paramiko", "", kCommand},
    {"sys", "", kProcess},
    {"multiprocessing", "", kProcess},
    {"signal", "", kProcess},
    {"_thread", "", kProcess},
    {"threading", "", kProcess},
    {"concurrent", "", kProcess},
    {"atexit", "", kProcess},
    {"sched", "", kProcess},
    {"gc", "", kProcess},
    {"resource", "", kProcess},
    {"faulthandler", "", kProcess},
    {"weakref", "finalize", kProcess},
    {"winreg", "", kProcess},
    {"_winreg", "", kProcess},
    {"torch.multiprocessing", "", kProcess},
    {"torch.distributed", "", kProcess},
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
    {"operator", "call", kReach},
    {"functools", "partialmethod", kReach},
    {"functools", "singledispatch", kReach},
    {"functools", "cached_property", kReach},
    {"itertools", "starmap", kReach},
    {"itertools", "accumulate", kReach},
    {"itertools", "filterfalse", kReach},
    {"inspect", "", kReach},
    {"copyreg", "__newobj__", kReach},
    {"copyreg", "__newobj_ex__", kReach},
    {"copyreg", "add_extension", kReach},
    {"copyreg", "pickle", kReach},
    {"copy", "_reconstruct", kReach},
    {"types", "MethodType", kReach},
    {"types", "new_class", kReach},
    {"types", "prepare_class", kReach},
    {"string", "Formatter", kReach},
    {"contextlib", "", kReach},
    {"weakref", "WeakMethod", kReach},
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
    {"_interpreters", "", kCode},
    {"_xxsubinterpreters", "", kCode},
    {"numpy.testing._private.utils", "runstring", kCode},
    {"numpy.f2py", "", kCode},
    {"torch.jit", "", kCode},
    {"torch.hub", "", kCode},
    {"torch._dynamo", "", kCode},
    {"torch._inductor", "", kCode},
    {"torch.utils.bottleneck", "", kCode},
    {"_testcapi", "", kCode},
    {"_testinternalcapi", "", kCode},
    {"_interpqueues", "", kCode},
    {"_xxinterpchannels", "", kCode},
    {"tkinter", "", kCode},
    {"_tkinter", "", kCode},
    {"turtle", "", kCode},
    {"turtledemo", "", kCode},
    {"test", "", kCode},
    {"unittest", "", kCode},
    {"cgi", "", kCode},
    {"cgitb", "", kCode},
    {"cmd", "", kCode},
    {"rlcompleter", "", kCode},
    {"dataclasses", "", kCode},
    {"typing", "ForwardRef", kCode},
    {"typing", "get_type_hints", kCode},
    {"typing", "_eval_type", kCode},
    {"annotationlib", "", kCode},
    {"gettext", "c2py", kCode},
    {"optparse", "Values", kCode},
    {"modulefinder", "", kCode},
    {"distutils", "", kCode},
    {"setuptools", "", kCode},
    {"pkg_resources", "", kCode},
    {"builtins", "__build_class__", kCode},
    {"pstats", "", kCode},
    {"compileall", "", kCode},
    {"py_compile", "", kCode},
    {"zipapp", "", kCode},
    {"torch.fx", "", kCode},
    {"torch.package", "", kCode},
    {"torch.testing", "", kCode},
    {"torch.export", "", kCode},
    {"IPython", "", kCode},
    {"pytest", "", kCode},
    {"_pytest", "", kCode},
    {"execnet", "", kCode},
    {"pandas", "eval", kCode},
    {"pandas.core.computation", "", kCode},
    {"importlib", "", kImport},
    {"imp", "", kImport},
    {"pkgutil", "", kImport},
    {"zipimport", "", kImport},
    {"pydoc", "", kImport},
    {"site", "", kImport},
    {"_imp", "", kImport},
    {"_frozen_importlib", "", kImport},
    {"_frozen_importlib_external", "", kImport},
    {"warnings", "_getcategory", kImport},
    {"xml.sax", "_create_parser", kImport},
    {"xml.sax", "make_parser", kImport},
    {"xml.dom.domreg", "", kImport},
    {"dbm", "", kImport},
    {"sysconfig", "", kImport},
    {"pyclbr", "", kImport},
    {"encodings", "search_function", kImport},
    {"ctypes", "", kNative},
    {"_ctypes", "", kNative},
    {"cffi", "", kNative},
    {"mmap", "", kNative},
    {"torch.ops", "", kNative},
    {"torch.classes", "", kNative},
    {"numpy.ctypeslib", "", kNative},
    {"torch.utils.cpp_extension", "", kNative},
    {"torch._C", "", kNative},
    {"triton", "", kNative},
    {"numba", "", kNative},
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
    {"_pyio", "", kFiles},
    {"codecs", "open", kFiles},
    {"bz2", "", kFiles},
    {"gzip", "", kFiles},
    {"lzma", "", kFiles},
    {"wave", "", kFiles},
    {"sunau", "", kFiles},
    {"aifc", "", kFiles},
    {"chunk", "", kFiles},
    {"uu", "", kFiles},
    {"netrc", "", kFiles},
    {"mailbox", "", kFiles},
    {"filecmp", "", kFiles},
    {"tokenize", "open", kFiles},
    {"fcntl", "", kFiles},
    {"posixpath", "", kFiles},
    {"ntpath", "", kFiles},
    {"genericpath", "", kFiles},
    {"configparser", "", kFiles},
    {"xml.etree.ElementTree", "", kFiles},
    {"pandas", "read_csv", kFiles},
    {"numpy", "loadtxt", kFiles},
    {"numpy", "genfromtxt", kFiles},
    {"numpy", "DataSource", kFiles},
    {"_sqlite3", "", kFiles},
    {"imghdr", "", kFiles},
    {"sndhdr", "", kFiles},
    {"readline", "", kFiles},
    {"zoneinfo", "", kFiles},
    {"fsspec", "", kFiles},
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
    {"socketserver", "", kNetwork},
    {"asyncore", "", kNetwork},
    {"asynchat", "", kNetwork},
    {"smtpd", "", kNetwork},
    {"wsgiref", "", kNetwork},
    {"antigravity", "", kNetwork},
    {"urllib3", "", kNetwork},
    {"_ssl", "", kNetwork},
    {"select", "", kNetwork},
    {"selectors", "", kNetwork},
    {"websockets", "", kNetwork},
    {"boto3", "", kNetwork},
    {"huggingface_hub", "", kNetwork},
    {"pickle", "", kUnpickle},
    {"_pickle", "", kUnpickle},
    {"marshal", "", kUnpickle},
    {"shelve", "", kUnpickle},
    {"dill", "", kUnpickle},
    {"cloudpickle", "", kUnpickle},
    {"joblib", "load", kUnpickle},
    {"torch", "load", kUnpickle},
    {"torch.serialization", "load", kUnpickle},
    {"tracemalloc", "", kUnpickle},
    {"torch.storage", "_load_from_bytes", kUnpickle},
    {"numpy.lib.npyio", "", kUnpickle},
    {"numpy.lib._npyio_impl", "", kUnpickle},
    {"numpy.lib.format", "", kUnpickle},
    {"pandas", "read_pickle", kUnpickle},
    {"pandas.io", "", kUnpickle},
    {"joblib.numpy_pickle", "load", kUnpickle},
    {"joblib.numpy_pickle_compat", "", kUnpickle},
    {"joblib.memory", "", kUnpickle},
    {"jsonpickle", "", kUnpickle},
    {"yaml", "", kUnpickle},
    {"hickle", "", kUnpickle},
    {"skops", "", kUnpickle},
};

// Of what a row names whole: classes that hold values and do nothing when they are made. They are
// still no part of any checkpoint that weights_only takes.
struct Holder {
  std::string_view module, name;
};
constexpr Holder kHolders[] = {
    {"pathlib", "Path"},
    {"pathlib", "PosixPath"},
    {"pathlib", "WindowsPath"},
    {"pathlib", "PurePath"},
    {"pathlib", "PurePosixPath"},
    {"pathlib", "PureWindowsPath"},
    {"torch.distributed.checkpoint.metadata", "BytesStorageMetadata"},
    {"torch.distributed.checkpoint.metadata", "ChunkStorageMetadata"},
    {"torch.distributed.checkpoint.metadata", "Metadata"},
    {"torch.distributed.checkpoint.metadata", "MetadataIndex"},
    {"torch.distributed.checkpoint.metadata", "StorageMeta"},
    {"torch.distributed.checkpoint.metadata", "TensorProperties"},
    {"torch.distributed.checkpoint.metadata", "TensorStorageMetadata"},
    {"torch.jit._pickle", "build_boollist"},
    {"torch.jit._pickle", "build_doublelist"},
    {"torch.jit._pickle", "build_intlist"},
    {"torch.jit._pickle", "build_tensorlist"},
};

// No row has a module of one letter.
constexpr std::size_t kBeginnings = 1024;
constexpr std::size_t beginning(std::string_view module) {
  if (module.size() < 2) return 0;
  return (static_cast<unsigned char>(module[0]) * 31U + static_cast<unsigned char>(module[1])) %
         kBeginnings;
}
static_assert(std::ranges::all_of(kRows, [](const Row& row) { return row.module.size() > 1; }));

// The rows by the first letters of their modules, in order: a stream may import millions of names.
class Rows {
 public:
  Rows() {
    for (const Row& row : kRows) ++begin_[beginning(row.module) + 1];
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
    auto next = begin_;
    for (const Row& row : kRows) rows_[next[beginning(row.module)]++] = &row;
  }
  std::span<const Row* const> of(std::string_view module) const {
    const std::size_t at = beginning(module);
    return std::span(rows_).subspan(begin_[at], begin_[at + 1] - begin_[at]);
  }

 private:
  std::array<std::size_t, kBeginnings + 1> begin_{};
  std::array<const Row*, std::size(kRows)> rows_{};
};

bool is_or_is_below(std::string_view name, std::string_view root) {
  return name.starts_with(root) && (name.size() == root.size() || name[root.size()] == '.');
}

}  // namespace

std::optional<std::string_view> danger_of(std::string_view module, std::string_view name) {
  // A package's program, which its import runs.
  if (module.ends_with(".__main__")) return kCode;
  const auto holds = [&](const Holder& holder) {
    return holder.module == module && holder.name == name;
  };
  if (std::ranges::any_of(kHolders, holds)) return std::nullopt;
  static const Rows rows;
  for (const Row* row : rows.of(module)) {
    const bool matches = row->name.empty()
                             ? is_or_is_below(module, row->module)
                             : module == row->module && is_or_is_below(name, row->name);
    if (matches) return row->what;
  }
  return std::nullopt;
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
