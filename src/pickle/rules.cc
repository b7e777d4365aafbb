#include <array>

#include "pickle/call_rules.h"
#include "pickle/import_rules.h"
#include "pickle/pickle.h"
#include "pickle/stream_rules.h"

namespace gh::pickle {

std::span<const Rule* const> rules() {
  static constexpr std::array kAll = {&kDangerousImport, &kForeignImport,  &kComputedImport,
                                      &kExtensionImport, &kDottedImport,   &kDataImport,
                                      &kJaggedImport,    &kRefusedCall,    &kForeignCall,
                                      &kTensorArguments, &kTypeArguments,  &kEncodeArguments,
                                      &kPlainArguments,  &kDictArguments,  &kParameterArguments,
                                      &kOtherArguments,  &kArrayArguments, &kBuildTarget,
                                      &kBuildAttributes, &kAppendTarget,   &kItemTarget,
                                      &kAddTarget,       &kPersistentId,   &kUnknownDevice,
                                      &kStorageTwice,    &kTensorReach,    &kTensorGeometry,
                                      &kNumbersBeyond,   &kUnreadable,     &kTruncated,
                                      &kBroken,          &kOtherProtocol,  &kHidingOpcode,
                                      &kFrameCrossed,    &kFrameNested,    &kFrameTooLong,
                                      &kProtocolUnknown, &kProtocolAgain,  &kOddNumber,
                                      &kTextBytes,       &kOutOfBand,      &kBytesAfter,
                                      &kArrayBytes,      &kArrayActs,      &kLegacyMagic,
                                      &kLegacyHeader,    &kLegacyKeys,     &kLegacyStorages,
                                      &kManyOpcodes,     &kManyEntries,    &kDeepStack,
                                      &kManyPickles,     &kForgotten,      &kManyStorages,
                                      &kForeseenHashes,  &kEndlessHashes,  &kRepeatedWork};
  return kAll;
}

}  // namespace gh::pickle
