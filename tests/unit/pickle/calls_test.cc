#include <gtest/gtest.h>

#include <vector>

#include "assemble.h"

namespace gh::pickle {
namespace {

using namespace test;

struct Case {
  const char* title;
  std::string stream;
  Rules rules;
  Profile profile = Profile::weights;
};

void expect(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.title);
    EXPECT_EQ(examined(pickle(one.stream), Layout::single, one.profile).rules, one.rules);
  }
}

std::string rebuild(std::string_view function) {
  return name("torch._utils", function);
}

const std::string kSize = tuple(number(6));
const std::string kStride = tuple(number(1));
const std::string kTensor = tensor(storage(), 0, kSize, kStride);
const std::string kDict = "}" + text("key") + "K\x01s";
const std::string kOfPairs =
    call(name("collections", "OrderedDict"), "](" + tuple(text("data"), number(1)) + "e");

TEST(Calls, TakeTensorsAsTorchWritesThem) {
  const std::string v2 = rebuild("_rebuild_tensor_v2");
  expect({
      {"first version", call(rebuild("_rebuild_tensor"), storage(), number(0), kSize, kStride), {}},
      {"with metadata",
       call(v2, storage(), number(0), kSize, kStride, "\x89", ordered_dict(), "}"),
       {}},
      {"hooks are None", call(v2, storage(), number(0), kSize, kStride, "\x89", "N"), {}},
      {"too many",
       call(v2, storage(), number(0), kSize, kStride, "\x89", ordered_dict(), "}", "N"),
       {"PKL-203"}},
      {"too few", call(v2, storage(), number(0), kSize, kStride), {"PKL-203"}},
      {"three", call(v2, storage(), number(0), kSize), {"PKL-203"}},
      {"storage type for storage",
       call(v2, name("torch", "FloatStorage"), number(0), kSize, kStride, "\x89", ordered_dict()),
       {"PKL-203"}},
      {"boolean offset",
       call(v2, storage(), "\x88", kSize, kStride, "\x89", ordered_dict()),
       {"PKL-203"}},
      {"size is text",
       call(v2, storage(), number(0), text("6"), kStride, "\x89", ordered_dict()),
       {"PKL-203"}},
      {"gradient is number",
       call(v2, storage(), number(0), kSize, kStride, "K\x01", ordered_dict()),
       {"PKL-203"}},
      {"hooks are list", call(v2, storage(), number(0), kSize, kStride, "\x89", "]"), {"PKL-203"}},
      {"hooks are a type",
       call(v2, storage(), number(0), kSize, kStride, "\x89", name("torch", "Tensor")),
       {"PKL-203"}},
      {"metadata of a device",
       call(v2, storage(), number(0), kSize, kStride, "\x89", ordered_dict(),
            "}" + text("neg") + "\x88s" + text("other") + "\x89s"),
       {}},
      {"metadata of a number",
       call(v2, storage(), number(0), kSize, kStride, "\x89", ordered_dict(),
            "}" + text("neg") + "K\x01s"),
       {"PKL-203"}},
      {"conjugate of floats",
       call(v2, storage(), number(0), kSize, kStride, "\x89", ordered_dict(),
            "}" + text("conj") + "\x89s"),
       {"PKL-203"}},
      {"conjugate",
       call(v2, storage("0", 6, "ComplexFloatStorage"), number(0), kSize, kStride, "\x89",
            ordered_dict(), "}" + text("conj") + "\x88s"),
       {}},
      {"metadata is list",
       call(v2, storage(), number(0), kSize, kStride, "\x89", ordered_dict(), "]"),
       {"PKL-203"}},
      {"negative size", tensor(storage(), 0, tuple(number(-6)), kStride), {"PKL-233"}},
      {"no stride", tensor(storage(), 0, kSize, ")"), {"PKL-233"}},
      {"beyond", tensor(storage(), 1, kSize, kStride), {"PKL-232"}},
      {"beyond 63 bits", tensor(storage(), INT64_MAX, kSize, kStride), {"PKL-203"}},
  });
}

TEST(Calls, TakeOtherTensors) {
  const std::string layout =
      call(name("torch.serialization", "_get_layout"), text("torch.sparse_coo"));
  const std::string size = call(name("torch", "Size"), tuple(number(3)));
  const std::string indices = tensor(storage("8", 3, "LongStorage"), 0, tuple(number(1), number(3)),
                                     tuple(number(3), number(1)));
  const std::string offsets =
      tensor(storage("8", 3, "LongStorage"), 0, tuple(number(1)), tuple(number(1)));
  const std::string values = tensor(storage("9", 3), 0, tuple(number(3)), tuple(number(1)));
  const std::string dtype = name("torch", "float32");
  const std::string device = call(name("torch", "device"), text("cpu"));
  const std::string cls = name("torch", "Tensor");
  expect({
      {"sparse", call(rebuild("_rebuild_sparse_tensor"), layout, tuple(indices, values, size)), {}},
      {"sparse of other counts",
       call(rebuild("_rebuild_sparse_tensor"), layout, tuple(indices, kTensor, size)),
       {"PKL-203"}},
      {"sparse of a sparse one",
       call(rebuild("_rebuild_sparse_tensor"), layout,
            tuple(indices,
                  call(rebuild("_rebuild_sparse_tensor"), layout, tuple(indices, values, size)),
                  size)),
       {"PKL-203"}},
      {"sparse of one",
       call(rebuild("_rebuild_sparse_tensor"), layout, tuple(kTensor)),
       {"PKL-203"}},
      {"sparse of texts",
       call(rebuild("_rebuild_sparse_tensor"), layout, tuple(text("a"), text("b"), size)),
       {"PKL-203"}},
      {"sparse of list", call(rebuild("_rebuild_sparse_tensor"), layout, "]"), {"PKL-203"}},
      {"nested", call(rebuild("_rebuild_nested_tensor"), values, indices, indices, offsets), {}},
      {"nested of others",
       call(rebuild("_rebuild_nested_tensor"), kTensor, kTensor, kTensor, kTensor),
       {"PKL-203"}},
      {"nested of three",
       call(rebuild("_rebuild_nested_tensor"), kTensor, kTensor, kTensor),
       {"PKL-203"}},
      {"from cpu",
       call(rebuild("_rebuild_device_tensor_from_cpu_tensor"), kTensor, dtype, text("xla:0"),
            "\x89"),
       {}},
      {"from cpu of text",
       call(rebuild("_rebuild_device_tensor_from_cpu_tensor"), text("x"), dtype, text("xla:0"),
            "\x89"),
       {"PKL-203"}},
      {"from numpy of tensor",
       call(rebuild("_rebuild_device_tensor_from_numpy"), kTensor, dtype, text("xla:0"), "\x89"),
       {"PKL-203"}},
      {"wrapper",
       call(rebuild("_rebuild_wrapper_subclass"), cls, dtype, kSize, kStride, number(0), layout,
            device, "\x89"),
       {"PKL-203"}},
      {"wrapper of a function",
       call(rebuild("_rebuild_wrapper_subclass"), rebuild("_rebuild_tensor"), dtype, kSize, kStride,
            number(0), layout, device, "\x89"),
       {"PKL-203"}},
      {"wrapper on text",
       call(rebuild("_rebuild_wrapper_subclass"), cls, dtype, kSize, kStride, number(0), layout,
            text("cpu"), "\x89"),
       {"PKL-203"}},
      {"parameter", call(rebuild("_rebuild_parameter"), kTensor, "\x88", ordered_dict()), {}},
      {"parameter of parameter",
       call(rebuild("_rebuild_parameter"),
            call(rebuild("_rebuild_parameter"), kTensor, "\x88", ordered_dict()), "\x88",
            ordered_dict()),
       {"PKL-208"}},
      {"parameter without hooks",
       call(rebuild("_rebuild_parameter"), kTensor, "\x88"),
       {"PKL-208"}},
      {"parameter of nothing", rebuild("_rebuild_parameter") + ")R", {"PKL-208"}},
      {"state",
       call(rebuild("_rebuild_parameter_with_state"), kTensor, "\x88", ordered_dict(), kDict),
       {}},
      {"hooks of pairs",
       call(rebuild("_rebuild_parameter"), kTensor, "\x88", kOfPairs),
       {"PKL-208"}},
      {"hooks of no pairs",
       call(rebuild("_rebuild_parameter"), kTensor, "\x88",
            call(name("collections", "OrderedDict"), "]")),
       {}},
      {"state of pairs",
       call(rebuild("_rebuild_parameter_with_state"), kTensor, "\x88", ordered_dict(), kOfPairs),
       {"PKL-208"}},
      {"state holds a function",
       call(rebuild("_rebuild_parameter_with_state"), kTensor, "\x88", ordered_dict(),
            tuple("N", rebuild("_rebuild_tensor"))),
       {"PKL-208"}},
  });
}

TEST(Calls, LookThroughTheRebuildOfTypes) {
  const std::string from_type = name("torch._tensor", "_rebuild_from_type_v2");
  const std::string v2 = rebuild("_rebuild_tensor_v2");
  const std::string arguments = tuple(storage(), number(0), kSize, kStride, "\x89", ordered_dict());
  const std::string parameter = name("torch.nn.parameter", "Parameter");
  expect({
      {"tensor", call(from_type, v2, name("torch", "Tensor"), arguments, kDict), {}},
      {"parameter", call(from_type, v2, parameter, arguments, kDict), {}},
      {"refused function",
       call(from_type, name("m", "f"), name("torch", "Tensor"), arguments, kDict),
       {"PKL-102", "PKL-204"}},
      {"refused type",
       call(from_type, v2, name("m", "T"), arguments, kDict),
       {"PKL-102", "PKL-204"}},
      {"set",
       call(from_type, name("builtins", "set"), name("torch", "Tensor"), ")", kDict),
       {"PKL-204"}},
      {"encode",
       call(from_type, name("_codecs", "encode"), name("torch", "Tensor"), ")", kDict),
       {"PKL-204"}},
      {"list", call(from_type, v2, name("torch", "Tensor"), "]", kDict), {"PKL-204"}},
      {"callable state",
       call(from_type, v2, name("torch", "Tensor"), arguments, tuple(v2)),
       {"PKL-204"}},
      {"beyond",
       call(from_type, v2, name("torch", "Tensor"),
            tuple(storage(), number(9), kSize, kStride, "\x89", ordered_dict()), kDict),
       {"PKL-232"}},
  });
}

TEST(Calls, TakePlainValues) {
  const std::string encode = name("_codecs", "encode");
  const std::string set = name("builtins", "set");
  const std::string bytearray = name("builtins", "bytearray");
  const std::string ordered = name("collections", "OrderedDict");
  const std::string counter = name("collections", "Counter");
  expect({
      {"encode", call(encode, text("x"), text("latin1")), {}},
      {"encode the last of Latin-1", call(encode, text("\xc3\xbf"), text("latin1")), {}},
      {"encode the first beyond", call(encode, text("\xc4\x80"), text("latin1")), {"PKL-205"}},
      {"encode a long text beyond",
       call(encode, text(std::string(300, 'x') + "\xe2\x82\xac"), text("latin1")),
       {"PKL-205"}},
      {"encode a text beyond from the memo",
       text("\xe2\x82\xac") + "q\x01" + "0" + call(encode, "h\x01", text("latin1")),
       {"PKL-205", "PKL-305"}},
      {"encode a line beyond",
       call(encode, "V\\u20ac\n", text("latin1")),
       {"PKL-205"},
       Profile::data},
      {"encode a line", call(encode, "V\\u00ff\n", text("latin1")), {}, Profile::data},
      {"encode utf-8", call(encode, text("x"), text("utf-8")), {"PKL-205"}},
      {"encode rot13", call(encode, text("x"), text("rot13")), {"PKL-205"}},
      {"encode bytes",
       call(encode, call(encode, text("x"), text("latin1")), text("latin1")),
       {"PKL-205"}},
      {"set",
       call(set,
            "](K\x01K\x02"
            "e"s),
       {}},
      {"empty set", set + ")R", {}},
      {"set of a list of types", call(set, "](" + set + "e"), {"PKL-206"}},
      {"set of text", call(set, text("abc")), {"PKL-206"}},
      {"set of two", call(set, "]", "]"), {"PKL-206"}},
      {"bytearray", call(bytearray, call(encode, text("x"), text("latin1"))), {}},
      {"bytearray of number", call(bytearray, number(9)), {"PKL-206"}},
      {"bytearray of list", call(bytearray, "]"), {"PKL-206"}},
      {"complex", call(name("builtins", "complex"), number(1), number(2)), {}},
      {"complex of one", call(name("builtins", "complex"), number(1)), {"PKL-206"}},
      {"ordered of dict", call(ordered, "}"), {"PKL-207"}},
      {"ordered of two", call(ordered, "]", "]"), {"PKL-207"}},
      {"ordered of function", call(ordered, encode), {"PKL-207"}},
      {"counter", call(counter, "}"), {}},
      {"counter of list", call(counter, "]"), {"PKL-207"}},
      {"counter of types", call(counter, "}" + text("k") + set + "s"), {"PKL-207"}},
      {"size", call(name("torch", "Size"), tuple(number(1))), {}},
      {"size of list", call(name("torch", "Size"), "]"), {"PKL-209"}},
      {"size of nothing", name("torch", "Size") + ")R", {"PKL-209"}},
      {"device of tuple", call(name("torch", "device"), kSize), {"PKL-209"}},
      {"layout of two",
       call(name("torch.serialization", "_get_layout"), text("torch.strided"), "N"),
       {"PKL-209"}},
  });
}

TEST(Calls, RefuseWhatNothingCalls) {
  expect({
      {"number", call(number(1)), {"PKL-202"}},
      {"tensor", call(kTensor), {"PKL-202"}},
      {"tensor class", call(name("torch", "Tensor"), number(9)), {"PKL-202"}},
      {"storage type", call(name("torch", "FloatStorage"), number(9)), {"PKL-202"}},
      {"typed storage", call(name("torch.storage", "TypedStorage"), number(9)), {"PKL-202"}},
      {"scheme", call(name("torch", "per_tensor_affine")), {"PKL-202"}},
      {"arguments are a list", name("collections", "OrderedDict") + "]R", {"PKL-202"}},
      {"new ordered dict", name("collections", "OrderedDict") + ")\x81", {}},
      {"new counter", name("collections", "Counter") + ")\x81", {"PKL-202"}},
      {"new function", rebuild("_rebuild_tensor") + ")\x81", {"PKL-202"}},
      {"refused, called twice", call(call(name("m", "f"))), {"PKL-102", "PKL-201"}},
      {"type as data", call(name("builtins", "dict")), {"PKL-202"}, Profile::data},
      {"slice as data", call(name("builtins", "slice"), number(1), "N", "N"), {}, Profile::data},
      {"slice of types",
       call(name("builtins", "slice"), name("numpy", "dtype")),
       {"PKL-206"},
       Profile::data},
  });
}

TEST(Hooks, StayEmpty) {
  const std::string with_hooks =
      call(name("torch._utils", "_rebuild_tensor_v2"), storage(), number(0), tuple(number(1)),
           tuple(number(1)), "\x89", ordered_dict() + "q\x09");
  expect({
      {"empty", "](" + with_hooks + "h\x09" + "e", {}},
      {"filled later",
       "](" + with_hooks + "h\x09" + number(1) + name("torch", "Size") + "se",
       {"PKL-203"}},
      {"filled through a copy",
       "](" + ordered_dict() + "2q\x09" + "0" +
           call(name("torch._utils", "_rebuild_tensor_v2"), storage(), number(0), tuple(number(1)),
                tuple(number(1)), "\x89", "h\x09") +
           "h\x09" + number(1) + name("torch", "Size") + "se",
       {"PKL-203", "PKL-305"}},
  });
}

TEST(State, IsSetOnFewThings) {
  expect({
      {"metadata", ordered_dict() + "}" + text("_metadata") + "Nsb", {}},
      {"empty", ordered_dict() + "}b", {}},
      {"other attribute", ordered_dict() + kDict + "b", {"PKL-221"}},
      {"both", ordered_dict() + "}" + text("_metadata") + "Ns" + text("keys") + "Nsb", {"PKL-221"}},
      {"None", ordered_dict() + "Nb", {"PKL-221"}},
      {"slots", ordered_dict() + tuple("N", kDict) + "b", {"PKL-221"}},
      {"dict", "}}b", {"PKL-220"}},
      {"list", "]}b", {"PKL-220"}},
      {"tensor", kTensor + kDict + "b", {"PKL-220"}},
      {"storage", storage() + kDict + "b", {"PKL-220"}},
      {"type", name("torch", "Tensor") + kDict + "b", {"PKL-220"}},
      {"refused", name("m", "T") + kDict + "b", {"PKL-102"}},
  });
}

TEST(Items, GoIntoContainers) {
  expect({
      {"dict", "}K\x01Ns", {}},
      {"ordered", ordered_dict() + "K\x01Ns", {}},
      {"counter", call(name("collections", "Counter")) + "K\x01Ns", {}},
      {"list", "]K\x01Ns", {"PKL-223"}},
      {"tensor", kTensor + "K\x01Ns", {"PKL-223"}},
      {"type", name("torch", "Tensor") + "K\x01Ns", {"PKL-223"}},
      {"no items", "](u", {"PKL-223"}},
      {"list key", "}]Ns", {"PKL-303"}},
      {"dict key", "}}Ns", {"PKL-303"}},
      {"append", "]Na", {}},
      {"append to tuple", ")Na", {"PKL-222"}},
      {"append to set", "\x8fNa", {"PKL-222"}},
      {"append nothing", "}(e", {"PKL-222"}},
  });
}

TEST(PersistentIds, AreStorages) {
  const auto id = [](const auto&... items) { return tuple(items...) + "Q"; };
  const std::string type = name("torch", "FloatStorage");
  expect({
      {"whole", id(text("storage"), type, text("0"), text("cpu"), number(1)), {}},
      {"text key", id(text("storage"), type, text("weights"), text("cuda:12"), number(1)), {}},
      {"number", "K\x01Q", {"PKL-230"}},
      {"text", text("storage") + "Q", {"PKL-230"}},
      {"list", "]Q", {"PKL-230"}},
      {"empty", ")Q", {"PKL-230"}},
      {"four", id(text("storage"), type, text("0"), text("cpu")), {"PKL-230"}},
      {"six in a zip",
       id(text("storage"), type, text("0"), text("cpu"), number(1), "N"),
       {"PKL-230"}},
      {"module", id(text("module"), type, text("0"), text("cpu"), number(1)), {"PKL-230"}},
      {"typed",
       id(text("storage"), name("torch.storage", "TypedStorage"), text("0"), text("cpu"),
          number(1)),
       {"PKL-230"}},
      {"dtype",
       id(text("storage"), name("torch", "float32"), text("0"), text("cpu"), number(1)),
       {"PKL-230"}},
      {"number key", id(text("storage"), type, number(0), text("cpu"), number(1)), {"PKL-230"}},
      {"long key",
       id(text("storage"), type, text(std::string(300, 'k')), text("cpu"), number(1)),
       {"PKL-405"}},
      {"path as location",
       id(text("storage"), type, text("0"), text("/dev/x"), number(1)),
       {"PKL-230"}},
      {"no device", id(text("storage"), type, text("0"), text("cpa"), number(1)), {"PKL-234"}},
      {"no number on this one",
       id(text("storage"), type, text("0"), text("cpu:0"), number(1)),
       {"PKL-234"}},
      {"another vendor's device",
       id(text("storage"), type, text("0"), text("npu:3"), number(1)),
       {}},
      {"no device number",
       id(text("storage"), type, text("0"), text("cuda:"), number(1)),
       {"PKL-230"}},
      {"negative", id(text("storage"), type, text("0"), text("cpu"), number(-1)), {"PKL-230"}},
      {"real",
       id(text("storage"), type, text("0"), text("cpu"), "G\x3f\xf0\0\0\0\0\0\0"s),
       {"PKL-230"}},
      {"twice the same", storage() + storage() + "\x86", {}},
      {"other size", storage("0", 6) + storage("0", 7) + "\x86", {"PKL-231"}},
      {"other type", storage("0", 6) + storage("0", 6, "IntStorage") + "\x86", {"PKL-231"}},
  });
}

}  // namespace
}  // namespace gh::pickle
