// The catalogue of this folder's rules.

#include <array>

#include "hub/code_rules.h"
#include "hub/config_rules.h"
#include "hub/document.h"
#include "hub/folder_rules.h"
#include "hub/keras_rules.h"
#include "hub/shard_rules.h"
#include "hub/tokenizer_rules.h"

namespace gh::hub {

std::span<const findings::Rule* const> rules() {
  static constexpr auto kRules = std::to_array<const findings::Rule*>({
      &rule::kAutoMap,         &rule::kOtherRepository,
      &rule::kTrust,           &rule::kPipeline,
      &rule::kTarget,          &rule::kKnownTarget,
      &rule::kDangerousTarget, &rule::kYamlTag,
      &rule::kImport,          &rule::kKernel,
      &rule::kLoadingTarget,   &rule::kExpression,
      &rule::kPickledObject,   &rule::kLibrary,
      &rule::kRedirect,        &rule::kDuplicate,
      &rule::kPythonOnly,      &rule::kLeaves,
      &rule::kAbsolute,        &rule::kUrl,
      &rule::kShardName,       &rule::kShardMissing,
      &rule::kModuleMissing,   &rule::kNotJson,
      &rule::kTooLarge,        &rule::kNotYaml,
      &rule::kNotIndex,        &rule::kTrustRecord,
      &rule::kBaseByPath,      &rule::kEngineImport,
      &rule::kSlowModules,

      &rule::kSharedId,        &rule::kBadId,
      &rule::kTakenId,         &rule::kMovedToken,
      &rule::kUnknownMerge,    &rule::kRewrites,
      &rule::kSlowPattern,     &rule::kCharsMap,
      &rule::kAddsWords,       &rule::kSpecialMismatch,
      &rule::kSharedToken,     &rule::kSpecialWord,
      &rule::kPythonToken,     &rule::kDropout,
      &rule::kCrashes,         &rule::kBeyondRows,
      &rule::kBeyondSize,      &rule::kRowsDiffer,
      &rule::kFilesDiffer,     &rule::kSpecialDiffers,
      &rule::kNoSuchToken,     &rule::kBaseDiffers,
      &rule::kNewTokens,       &rule::kNothingAlike,
      &rule::kUnknownPart,     &rule::kBroken,
      &rule::kOrdinaryToken,   &rule::kNamesDiffer,
      &rule::kEndBeyond,

      &rule::kTensorTwice,     &rule::kTensorMissing,
      &rule::kNoWeights,       &rule::kForms,

      &rule::kPython,          &rule::kPythonName,
      &rule::kBytecode,        &rule::kScript,
      &rule::kNative,          &rule::kNotebook,
      &rule::kOtherCode,       &rule::kGitRuns,
      &rule::kIdleHook,        &rule::kGitObjects,
      &rule::kPickledType,     &rule::kPageOfCode,
      &rule::kBehindImage,     &rule::kCutImage,
      &rule::kManyChunks,

      &rule::kTemplatesDiffer, &rule::kHiddenTemplate,
      &rule::kAddedBeyond,

      &rule::kKerasFunction,   &rule::kKerasProgram,
      &rule::kKerasFile,
  });
  return kRules;
}

}  // namespace gh::hub
