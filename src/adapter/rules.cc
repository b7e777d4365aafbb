// The catalogue of this folder's rules.

#include "adapter/rules.h"

#include "adapter/adapter.h"

namespace gh::adapter {

namespace {

constexpr const Rule* kRules[] = {&kConfigForm,   &kNoConfig,
                                  &kRequired,     &kOtherType,
                                  &kOddValue,     &kOtherMethod,
                                  &kIgnored,      &kFullWeights,
                                  &kImports,      &kPattern,
                                  &kUnknownField, &kRank,
                                  &kHighRank,     &kTrainingOnly,
                                  &kTower,        &kScaling,
                                  &kHead,         &kUnusedTarget,
                                  &kBase,         &kTensorName,
                                  &kPair,         &kShape,
                                  &kDimensions,   &kLayer,
                                  &kModule,       &kTargets,
                                  &kDtype,        &kEmbedding,
                                  &kNoTensors,    &kOtherWeights,
                                  &kOtherFile,    &kNotCompared,
                                  &kBaseUnusable, &kNothingToCompare,
                                  &kBankFault,    &kNoPrefix,
                                  &kNoSuchModule, &kPackedModule,
                                  &kLinkedFile,   &kNotFollowed,
                                  &kPickle};

}  // namespace

std::span<const Rule* const> adapter_rules() {
  return kRules;
}

}  // namespace gh::adapter
