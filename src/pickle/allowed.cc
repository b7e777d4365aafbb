#include "pickle/allowed.h"

#include <algorithm>
#include <array>

namespace gh::pickle {

namespace {

// PyTorch's names: the union of 1.13.1 (Debian's) and 2.13.0, read in November 2026; main was the
// same then. Only 1.13 had `_rebuild_sparse_csr_tensor`, which nothing newer loads: it is left out.
constexpr Name kTorch[] = {
    {"float64", Role::dtype, 8, kGradient | kConvertible},
    {"float32", Role::dtype, 4, kGradient | kConvertible},
    {"float16", Role::dtype, 2, kGradient | kConvertible},
    {"bfloat16", Role::dtype, 2, kGradient | kConvertible},
    {"complex128", Role::dtype, 16, kGradient | kComplex | kConvertible},
    {"complex64", Role::dtype, 8, kGradient | kComplex | kConvertible},
    {"complex32", Role::dtype, 4, kGradient | kComplex | kConvertible},
    {"float8_e5m2", Role::dtype, 1, kGradient | kConvertible},
    {"float8_e4m3fn", Role::dtype, 1, kGradient | kConvertible},
    {"float8_e5m2fnuz", Role::dtype, 1, kGradient | kConvertible},
    {"float8_e4m3fnuz", Role::dtype, 1, kGradient | kConvertible},
    {"float8_e8m0fnu", Role::dtype, 1, kGradient | kConvertible},
    {"float4_e2m1fn_x2", Role::dtype, 1, kGradient},
    {"int64", Role::dtype, 8, kIndex | kConvertible | kWhole},
    {"int32", Role::dtype, 4, kConvertible | kWhole},
    {"int16", Role::dtype, 2, kConvertible},
    {"int8", Role::dtype, 1, kConvertible},
    {"uint8", Role::dtype, 1, kConvertible},
    {"bool", Role::dtype, 1, kConvertible},
    {"quint8", Role::dtype, 1, kQuantized},
    {"qint8", Role::dtype, 1, kQuantized},
    {"qint32", Role::dtype, 4, kQuantized},
    {"quint4x2", Role::dtype, 1, kQuantized, 2},
    {"quint2x4", Role::dtype, 1, kQuantized, 4},
    {"bits8", Role::dtype, 1},
    {"bits16", Role::dtype, 2},
    {"bits1x8", Role::dtype, 1},
    {"bits2x4", Role::dtype, 1},
    {"bits4x2", Role::dtype, 1},
    {"uint16", Role::dtype, 2, kConvertible},
    {"uint32", Role::dtype, 4, kConvertible},
    {"uint64", Role::dtype, 8, kConvertible},
    {"uint1", Role::dtype, 1},
    {"int1", Role::dtype, 1},
    {"uint2", Role::dtype, 1},
    {"int2", Role::dtype, 1},
    {"uint3", Role::dtype, 1},
    {"int3", Role::dtype, 1},
    {"uint4", Role::dtype, 1},
    {"int4", Role::dtype, 1},
    {"uint5", Role::dtype, 1},
    {"int5", Role::dtype, 1},
    {"uint6", Role::dtype, 1},
    {"int6", Role::dtype, 1},
    {"uint7", Role::dtype, 1},
    {"int7", Role::dtype, 1},
    {"per_tensor_affine", Role::qscheme},
    {"per_tensor_symmetric", Role::qscheme},
    {"per_channel_affine", Role::qscheme},
    {"per_channel_symmetric", Role::qscheme},
    {"per_channel_affine_float_qparams", Role::qscheme},
    {"Size", Role::size},
    {"Tensor", Role::tensor_class},
    {"device", Role::device},
    {"QUInt8Storage", Role::storage_type, 1, kQuantized},
    {"QInt8Storage", Role::storage_type, 1, kQuantized},
    {"QInt32Storage", Role::storage_type, 4, kQuantized},
    {"QUInt4x2Storage", Role::storage_type, 1, kQuantized, 2},
    {"QUInt2x4Storage", Role::storage_type, 1, kQuantized, 4},
};

constexpr Name kStorages[] = {
    {"FloatStorage", Role::storage_type, 4, kGradient | kConvertible},
    {"HalfStorage", Role::storage_type, 2, kGradient | kConvertible},
    {"BFloat16Storage", Role::storage_type, 2, kGradient | kConvertible},
    {"DoubleStorage", Role::storage_type, 8, kGradient | kConvertible},
    {"ComplexFloatStorage", Role::storage_type, 8, kGradient | kComplex | kConvertible},
    {"ComplexDoubleStorage", Role::storage_type, 16, kGradient | kComplex | kConvertible},
    {"LongStorage", Role::storage_type, 8, kIndex | kConvertible | kWhole},
    {"IntStorage", Role::storage_type, 4, kConvertible | kWhole},
    {"ShortStorage", Role::storage_type, 2, kConvertible},
    {"CharStorage", Role::storage_type, 1, kConvertible},
    {"ByteStorage", Role::storage_type, 1, kConvertible},
    {"BoolStorage", Role::storage_type, 1, kConvertible},
};
constexpr Name kAnyStorage[] = {
    {"UntypedStorage", Role::storage_type, 1},
    {"TypedStorage", Role::other_type},
};

constexpr Name kSparseTensors[] = {
    {"BFloat16Tensor", Role::tensor_type}, {"ByteTensor", Role::tensor_type},
    {"CharTensor", Role::tensor_type},     {"DoubleTensor", Role::tensor_type},
    {"FloatTensor", Role::tensor_type},    {"HalfTensor", Role::tensor_type},
    {"IntTensor", Role::tensor_type},      {"LongTensor", Role::tensor_type},
    {"ShortTensor", Role::tensor_type},
};
constexpr Name kBoolTensor[] = {{"BoolTensor", Role::tensor_type}};

constexpr Name kRebuild[] = {
    {"_rebuild_tensor_v2", Role::rebuild_tensor_v2},
    {"_rebuild_tensor", Role::rebuild_tensor},
    {"_rebuild_tensor_v3", Role::rebuild_tensor_v3},
    {"_rebuild_parameter", Role::rebuild_parameter},
    {"_rebuild_parameter_with_state", Role::rebuild_parameter_with_state},
    {"_rebuild_qtensor", Role::rebuild_qtensor},
    {"_rebuild_sparse_tensor", Role::rebuild_sparse},
    {"_rebuild_nested_tensor", Role::rebuild_nested},
    {"_rebuild_meta_tensor_no_storage", Role::rebuild_meta},
    {"_rebuild_wrapper_subclass", Role::rebuild_wrapper_subclass},
    {"_rebuild_device_tensor_from_numpy", Role::rebuild_from_numpy},
    {"_rebuild_device_tensor_from_cpu_tensor", Role::rebuild_from_cpu},
};
constexpr Name kFromType[] = {{"_rebuild_from_type_v2", Role::rebuild_from_type}};
constexpr Name kParameter[] = {{"Parameter", Role::parameter_class}};
constexpr Name kLayout[] = {{"_get_layout", Role::layout}};
constexpr Name kCollections[] = {{"OrderedDict", Role::ordered_dict}, {"Counter", Role::counter}};
constexpr Name kCodecs[] = {{"encode", Role::encode}};
constexpr Name kBuiltins[] = {
    {"bytearray", Role::bytearray}, {"set", Role::set}, {"complex", Role::complex}};

// What NumPy 1 and 2, SciPy 1 and joblib write, and the plain values that Python writes by name.
constexpr Name kPlain[] = {
    {"bytes", Role::bytes},       {"frozenset", Role::set},   {"slice", Role::plain_value},
    {"range", Role::plain_value}, {"int", Role::plain_value}, {"float", Role::plain_value},
    {"bool", Role::plain_value},  {"str", Role::plain_value}, {"list", Role::base_type},
    {"tuple", Role::base_type},   {"dict", Role::base_type},  {"object", Role::base_type},
};
constexpr Name kReconstructor[] = {{"_reconstructor", Role::reconstructor}};
constexpr Name kNumpy[] = {
    {"ndarray", Role::array_class}, {"dtype", Role::array_dtype},    {"matrix", Role::array_class},
    {"memmap", Role::array_class},  {"recarray", Role::array_class}, {"record", Role::array_record},
};
constexpr Name kRecords[] = {{"recarray", Role::array_class}, {"record", Role::array_record}};
constexpr Name kMatrix[] = {{"matrix", Role::array_class}};
constexpr Name kMultiarray[] = {{"_reconstruct", Role::array_reconstruct},
                                {"scalar", Role::array_scalar}};
constexpr Name kNumeric[] = {{"_frombuffer", Role::array_frombuffer}};
constexpr Name kMasked[] = {{"_mareconstruct", Role::masked_reconstruct},
                            {"MaskedArray", Role::array_class}};
constexpr Name kMaskedClass[] = {{"MaskedArray", Role::array_class}};
constexpr Name kCsr[] = {{"csr_matrix", Role::sparse_class}, {"csr_array", Role::sparse_class}};
constexpr Name kCsc[] = {{"csc_matrix", Role::sparse_class}, {"csc_array", Role::sparse_class}};
constexpr Name kCoo[] = {{"coo_matrix", Role::sparse_class}, {"coo_array", Role::sparse_class}};
constexpr Name kBsr[] = {{"bsr_matrix", Role::sparse_class}, {"bsr_array", Role::sparse_class}};
constexpr Name kDia[] = {{"dia_matrix", Role::sparse_class}, {"dia_array", Role::sparse_class}};
constexpr Name kLil[] = {{"lil_matrix", Role::sparse_class}, {"lil_array", Role::sparse_class}};
constexpr Name kDok[] = {{"dok_matrix", Role::sparse_class}, {"dok_array", Role::sparse_class}};
// joblib's NDArrayWrapper and ZNDArrayWrapper open other files: they are not here.
constexpr Name kWrapper[] = {{"NumpyArrayWrapper", Role::array_wrapper}};

// The generators of random numbers that estimators and trainings keep.
constexpr Name kRandom[] = {{"__randomstate_ctor", Role::random_ctor},
                            {"__generator_ctor", Role::random_ctor},
                            {"__bit_generator_ctor", Role::bit_generator_ctor}};
constexpr Name kOldRandom[] = {{"__RandomState_ctor", Role::old_random_ctor}};
constexpr Name kTwister[] = {{"MT19937", Role::bit_generator_class}};
constexpr Name kPcg[] = {{"PCG64", Role::bit_generator_class},
                         {"PCG64DXSM", Role::bit_generator_class}};
constexpr Name kPhilox[] = {{"Philox", Role::bit_generator_class}};
constexpr Name kSfc[] = {{"SFC64", Role::bit_generator_class}};
constexpr Name kSeeds[] = {{"SeedSequence", Role::seed_sequence_class},
                           {"__pyx_unpickle_SeedSequence", Role::seed_sequence_ctor}};

constexpr Family kFamilies[] = {
    {"torch", true, kTorch},
    {"torch", true, kStorages},
    {"torch.cuda", true, kStorages},
    {"torch.storage", true, kAnyStorage},
    {"torch", true, kSparseTensors},
    {"torch", true, kBoolTensor},
    {"torch.cuda", true, kSparseTensors},
    {"torch.cuda", true, kBoolTensor},
    {"torch.sparse", true, kSparseTensors},
    {"torch.cuda.sparse", true, kSparseTensors},
    {"torch._utils", true, kRebuild},
    {"torch._tensor", true, kFromType},
    {"torch.nn.parameter", true, kParameter},
    {"torch.serialization", true, kLayout},
    {"collections", true, kCollections},
    {"_codecs", true, kCodecs},
    {"builtins", true, kBuiltins},
    {"builtins", false, kPlain},
    {"copyreg", false, kReconstructor},
    {"numpy", false, kNumpy},
    {"numpy.rec", false, kRecords},
    {"numpy.core.records", false, kRecords},
    {"numpy.matrixlib.defmatrix", false, kMatrix},
    {"numpy.core.multiarray", false, kMultiarray},
    {"numpy._core.multiarray", false, kMultiarray},
    {"numpy.core.numeric", false, kNumeric},
    {"numpy._core.numeric", false, kNumeric},
    {"numpy.ma.core", false, kMasked},
    {"numpy.ma", false, kMaskedClass},
    {"scipy.sparse._csr", false, kCsr},
    {"scipy.sparse.csr", false, kCsr},
    {"scipy.sparse._csc", false, kCsc},
    {"scipy.sparse.csc", false, kCsc},
    {"scipy.sparse._coo", false, kCoo},
    {"scipy.sparse.coo", false, kCoo},
    {"scipy.sparse._bsr", false, kBsr},
    {"scipy.sparse.bsr", false, kBsr},
    {"scipy.sparse._dia", false, kDia},
    {"scipy.sparse.dia", false, kDia},
    {"scipy.sparse._lil", false, kLil},
    {"scipy.sparse.lil", false, kLil},
    {"scipy.sparse._dok", false, kDok},
    {"scipy.sparse.dok", false, kDok},
    {"numpy.random._pickle", false, kRandom},
    {"numpy.random", false, kOldRandom},
    {"numpy.random._mt19937", false, kTwister},
    {"numpy.random._pcg64", false, kPcg},
    {"numpy.random._philox", false, kPhilox},
    {"numpy.random._sfc64", false, kSfc},
    {"numpy.random.bit_generator", false, kSeeds},
    {"joblib.numpy_pickle", false, kWrapper},
    {"sklearn.externals.joblib.numpy_pickle", false, kWrapper},
};

constexpr unsigned kNameBits = 16;

}  // namespace

std::span<const Family> families() {
  return kFamilies;
}

std::optional<std::uint64_t> find_allowed(std::string_view module, std::string_view name) {
  for (std::size_t family = 0; family < std::size(kFamilies); ++family) {
    if (kFamilies[family].module != module) continue;
    const auto& names = kFamilies[family].names;
    const auto found = std::ranges::find(names, name, &Name::name);
    if (found != names.end())
      return family << kNameBits | static_cast<std::uint64_t>(found - names.begin());
  }
  return std::nullopt;
}

const Family& family_of(std::uint64_t which) {
  return kFamilies[which >> kNameBits];
}

const Name& name_of(std::uint64_t which) {
  return family_of(which).names[which & ((1U << kNameBits) - 1)];
}

std::vector<std::string_view> allowed_words() {
  std::vector<std::string_view> words;
  for (const Family& family : kFamilies) {
    words.push_back(family.module);
    for (const Name& name : family.names) words.push_back(name.name);
  }
  return words;
}

bool is_callable(Role role) {
  return role != Role::dtype && role != Role::qscheme;
}

}  // namespace gh::pickle
