#pragma once
// `TOK-…`: how text becomes numbers. 1xx within one file, 2xx against the weights and settings, 3xx
// were not understood.

#include "findings/finding.h"

namespace gh::hub::rule {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr std::string_view kCompareTokenizer =
    "Compare the file with the base model's, and pin its digest in the signed manifest.";

inline constexpr Rule kSharedId{
    "TOK-101",
    Severity::medium,
    Effect::finding,
    "gives one id to several tokens",
    "Different texts become the same number, and the number becomes one of them: words change on "
    "the way to the model or from it.",
    kCompareTokenizer};
inline constexpr Rule kBadId{
    "TOK-102",
    Severity::medium,
    Effect::finding,
    "has an id that is no index",
    "Negative, fractional and enormous ids crash the engine or reach beyond its tables.",
    kCompareTokenizer};
inline constexpr Rule kTakenId{"TOK-103",
                               Severity::medium,
                               Effect::finding,
                               "adds a token over the id of another",
                               "What the model writes as one word is shown as the other.",
                               kCompareTokenizer};
inline constexpr Rule kMovedToken{
    "TOK-104",
    Severity::medium,
    Effect::finding,
    "adds a token that has another id already",
    "Added tokens are looked for first: the word reaches the model as a number that it was not "
    "trained to read so. This is how a tokenizer is turned without touching weights.",
    kCompareTokenizer};
inline constexpr Rule kUnknownMerge{
    "TOK-105",
    Severity::medium,
    Effect::finding,
    "merges tokens that do not exist",
    "The tokenizers library refuses the file; other readers skip the merge and split words "
    "differently.",
    kCompareTokenizer};
inline constexpr Rule kRewrites{
    "TOK-106",
    Severity::medium,
    Effect::finding,
    "replaces words of the text",
    "A step that replaces, drops, cuts or repeats changes every prompt before the model, or every "
    "answer after it. Published tokenizers replace white space and quotes only.",
    kCompareTokenizer};
inline constexpr Rule kSlowPattern{
    "TOK-107",
    Severity::medium,
    Effect::finding,
    "splits with a pattern that can take for ever",
    "What it repeats can be divided in two ways, or repetitions and optional parts in a row can "
    "share a text in too many ways. A backtracking matcher tries all of them: one prompt stops the "
    "server.",
    kCompareTokenizer};
inline constexpr Rule kCharsMap{
    "TOK-108",
    Severity::info,
    Effect::finding,
    "rewrites characters by a compiled table",
    "The table is data of SentencePiece; most T5 and XLM-R tokenizers have one. It is not "
    "followed here.",
    kCompareTokenizer};
inline constexpr Rule kAddsWords{
    "TOK-109",
    Severity::medium,
    Effect::finding,
    "adds ordinary tokens to every prompt",
    "The post-processor's template holds tokens that are not declared as special, or more than any "
    "published one: words that nobody wrote.",
    kCompareTokenizer};
inline constexpr Rule kSpecialMismatch{"TOK-110",
                                       Severity::medium,
                                       Effect::finding,
                                       "names a special token by another's id",
                                       "The template says one token and inserts another.",
                                       kCompareTokenizer};
inline constexpr Rule kSharedToken{"TOK-111",
                                   Severity::medium,
                                   Effect::finding,
                                   "has a token twice",
                                   "Readers differ in which of the two ids the token gets.",
                                   kCompareTokenizer};

inline constexpr Rule kSpecialWord{"TOK-112",
                                   Severity::medium,
                                   Effect::finding,
                                   "declares words as a special token",
                                   "The token is an ordinary word, not a mark. Engines leave "
                                   "special tokens out of what they answer "
                                   "and never split them: where the model says the word it is not "
                                   "shown, and where a user writes it "
                                   "the model reads a single token.",
                                   kCompareTokenizer};
inline constexpr Rule kPythonToken{
    "TOK-113",
    Severity::high,
    Effect::finding,
    "has a token that names one of Python's internals",
    "Special tokens are variables of the chat template: a template that walks attributes by their "
    "names holds nothing suspicious itself.",
    "Do not load this model with an engine that renders templates without a sandbox."};
inline constexpr Rule kDropout{
    "TOK-114",
    Severity::medium,
    Effect::finding,
    "splits words at random",
    "Dropout is for training. The same prompt becomes other numbers each time, and the model "
    "answers worse.",
    kCompareTokenizer};

inline constexpr Rule kCrashes{
    "TOK-115",
    Severity::medium,
    Effect::finding,
    "crashes the library that uses it",
    "The tokenizers library takes the file and ends with a panic, or takes all memory, at an "
    "ordinary text: one request stops the server, or its start does.",
    kCompareTokenizer};

inline constexpr Rule kBeyondRows{
    "TOK-201",
    Severity::high,
    Effect::finding,
    "has an id beyond the rows of the embedding",
    "The engine reads past its table for that token: it crashes, or takes memory for meaning.",
    "Take tokenizer and weights from one source."};
inline constexpr Rule kBeyondSize{"TOK-202",
                                  Severity::medium,
                                  Effect::finding,
                                  "has an id beyond vocab_size",
                                  "Engines size their tables by vocab_size of the settings.",
                                  "Take tokenizer and settings from one source."};
inline constexpr Rule kRowsDiffer{
    "TOK-203",
    Severity::medium,
    Effect::finding,
    "states a vocab_size beyond the embedding",
    "Settings and weights do not belong together, or the engine pads what it does not have.",
    "Take settings and weights from one source."};
inline constexpr Rule kFilesDiffer{
    "TOK-204",
    Severity::medium,
    Effect::finding,
    "gives a token another id in another file",
    "Which file counts depends on the loader and its version: what was tested with one tokenizer "
    "is served with another. transformers takes the ids of tokenizer_config.json as they are for "
    "tokenizers that are written in Python, and those of tokenizer.json for the others.",
    kCompareTokenizer};
inline constexpr Rule kSpecialDiffers{
    "TOK-205",
    Severity::low,
    Effect::finding,
    "declares a token as special in one file only",
    "One file says that it is special, another that it is a word like others, whatever its form. "
    "An "
    "engine leaves it out of answers or shows it by the file that it reads: transformers goes by "
    "tokenizer_config.json, programs that use the tokenizers library alone by tokenizer.json.",
    "Declare the token alike in both files."};
inline constexpr Rule kNoSuchToken{
    "TOK-206",
    Severity::low,
    Effect::finding,
    "names a special token that no file has",
    "transformers gives it a new id behind the vocabulary, where the embedding may have no row; "
    "other engines know no such token, and an answer does not end with it.",
    kCompareTokenizer};
inline constexpr Rule kBaseDiffers{
    "TOK-207",
    Severity::medium,
    Effect::finding,
    "gives a token another id than the base",
    "The base was trained with its own tokenizer. Where the adapter's is used in its place, words "
    "reach the model as others, and what it writes is shown as others.",
    "Remove the adapter's tokenizer: the base's is the one that fits."};
inline constexpr Rule kNewTokens{
    "TOK-208",
    Severity::info,
    Effect::finding,
    "has tokens that the base does not have",
    "Usual for adapters that were trained with tokens of their own. With the base's tokenizer they "
    "are split into others; with the adapter's they need rows that the base may not have.",
    "Compare them with what the adapter's documentation says."};
inline constexpr Rule kNothingAlike{
    "TOK-209",
    Severity::info,
    Effect::finding,
    "has a tokenizer that was not compared with the base's",
    "What was given with --base has no tokenizer of that form.",
    "Give --base the folder of the base model, with its tokenizer."};
inline constexpr Rule kOrdinaryToken{
    "TOK-210",
    Severity::low,
    Effect::finding,
    "begins, ends or fills up texts with an ordinary token",
    "Where a word of the vocabulary ends an answer, it is cut off at every such word; where it "
    "fills up, the word is not seen by the model.",
    kCompareTokenizer};
inline constexpr Rule kNamesDiffer{
    "TOK-211",
    Severity::info,
    Effect::finding,
    "names another special token in another file",
    "transformers goes by tokenizer_config.json where that holds added_tokens_decoder, older "
    "versions by special_tokens_map.json: answers end at one or at the other. Published models "
    "that were trained further have such files.",
    kCompareTokenizer};
inline constexpr Rule kEndBeyond{
    "TOK-212",
    Severity::info,
    Effect::finding,
    "ends answers with an id that no token has",
    "A model never writes it: an answer ends only where a limit ends it. Settings of models that "
    "write no text often have such ids from their class.",
    "Take settings and weights from one source."};

inline constexpr Rule kUnknownPart{"TOK-301",
                                   Severity::high,
                                   Effect::inconclusive,
                                   "has a part of a kind that is not known",
                                   "What it does to the text was not examined.",
                                   "Use a tokenizer of the published kinds."};
inline constexpr Rule kBroken{"TOK-302",
                              Severity::high,
                              Effect::inconclusive,
                              "is no tokenizer that loaders accept",
                              "It is cut, or has another form than its name or beginning says.",
                              "Take the file from the publisher again."};

}  // namespace gh::hub::rule
