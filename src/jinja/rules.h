#pragma once
// The rules of chat templates. TPL-1xx reach into Python, 2xx change what the model is told, 3xx
// were not understood, 4xx cost time or memory.

#include "findings/finding.h"

namespace gh::jinja::rule {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr std::string_view kRemove =
    "Do not load this model. Take the template from the publisher's own repository, or write it "
    "anew.";
inline constexpr std::string_view kCompare =
    "Compare the template with the publisher's own, and pin its digest in the signed manifest.";
inline constexpr std::string_view kEscape =
    "Python's object model leads from any value to the interpreter's modules. An engine that "
    "renders without a sandbox runs code of the template's choice (CVE-2024-34359, "
    "CVE-2026-5760); a sandbox is one bypass away from it.";

inline constexpr Rule kDunder{"TPL-101",       Severity::critical,
                              Effect::finding, "names a double-underscore attribute",
                              kEscape,         kRemove};
inline constexpr Rule kPrivate{
    "TPL-102",       Severity::critical,
    Effect::finding, "names a private attribute or one of Python's internals",
    kEscape,         kRemove};
inline constexpr Rule kDynamicAttribute{
    "TPL-103",
    Severity::critical,
    Effect::finding,
    "takes an attribute by a name that is hidden",
    "The filters attr, map, selectattr and their like read any attribute of any object, and so "
    "does "
    "a key where the object has none of that name: of functions, namespaces and texts always. A "
    "name "
    "that is not plain text in the template is how a filter of names is passed by.",
    kRemove};
inline constexpr Rule kAttrFilter{
    "TPL-104",
    Severity::low,
    Effect::finding,
    "uses the filter attr",
    "The filter reads attributes where a chat template only needs keys of messages. The name is "
    "plain here.",
    kCompare};
inline constexpr Rule kOwnObject{
    "TPL-105",
    Severity::critical,
    Effect::finding,
    "takes hold of an object of Jinja itself",
    "cycler, joiner, lipsum, namespace and self are Python objects whose functions know the "
    "module that they were written in. A chat template only ever calls namespace.",
    kRemove};
inline constexpr Rule kForeignName{
    "TPL-106",
    Severity::critical,
    Effect::finding,
    "uses a name that belongs to a web server",
    "No chat template is given these names. Where an engine shares its environment with an "
    "application, they lead to its configuration, its request or the operating system.",
    kRemove};
inline constexpr Rule kOtherTemplate{
    "TPL-107",
    Severity::critical,
    Effect::finding,
    "loads another template",
    "include, import, from and extends read a file that was not examined; an engine without a "
    "loader refuses the whole template.",
    kRemove};
inline constexpr Rule kOpenFormat{
    "TPL-108",
    Severity::high,
    Effect::finding,
    "formats with a text that is not constant",
    "str.format walks attributes that its text names, `{0.__class__}`: a text from a message reads "
    "what its sender wants. With % it asks for widths that stop the server.",
    kRemove};
inline constexpr Rule kProcess{"TPL-109",       Severity::critical,
                               Effect::finding, "calls what runs programs or code",
                               kEscape,         kRemove};
inline constexpr Rule kObjectText{
    "TPL-110",
    Severity::critical,
    Effect::finding,
    "turns an object's description into text",
    "The description of a generator or a function holds underscores and letters, from which a "
    "template spells names that do not stand in it.",
    kRemove};

inline constexpr Rule kTrigger{
    "TPL-201",
    Severity::medium,
    Effect::finding,
    "decides by the words of a message",
    "What the model is told then depends on words that a user writes: the shape of a backdoor "
    "that stays silent in tests.",
    kCompare};
inline constexpr Rule kAddress{
    "TPL-202",
    Severity::medium,
    Effect::finding,
    "puts a web address before the model",
    "Templates that were poisoned in public told the model to name an address. Few templates "
    "need one.",
    kCompare};
inline constexpr Rule kEncoded{
    "TPL-203",
    Severity::medium,
    Effect::finding,
    "holds data that is encoded",
    "A long run of base64 or hexadecimal digits hides its meaning from whoever reads the "
    "template, not from the model.",
    kCompare};
inline constexpr Rule kInstruction{
    "TPL-204",
    Severity::medium,
    Effect::finding,
    "tells the model to act against its user",
    "The words are those of injected instructions. They stand in every prompt, before anything "
    "that an operator writes.",
    kCompare};
inline constexpr Rule kRewrite{"TPL-205",
                               Severity::medium,
                               Effect::finding,
                               "replaces words of a message",
                               "What was said reaches the model changed; neither side sees that.",
                               kCompare};
inline constexpr Rule kMutation{
    "TPL-206",
    Severity::medium,
    Effect::finding,
    "changes the conversation",
    "Messages are altered, added or dropped inside the template. A sandbox refuses it; other "
    "engines let the change through.",
    kCompare};
inline constexpr Rule kDate{
    "TPL-207",
    Severity::medium,
    Effect::finding,
    "decides by the date",
    "The prompt changes on a day that the template's author chose: a test before it shows "
    "nothing.",
    kCompare};
inline constexpr Rule kInvisible{
    "TPL-208",
    Severity::medium,
    Effect::finding,
    "holds characters that cannot be seen",
    "Zero-width, bidirectional and tag characters reach the model as tokens and are hidden from "
    "whoever reads the template.",
    kCompare};
inline constexpr Rule kHelper{
    "TPL-209",
    Severity::low,
    Effect::finding,
    "calls a helper as chat templates do not",
    "cycler, joiner and lipsum are for web pages, and namespace takes keywords. Called plainly "
    "they do no harm.",
    kCompare};
inline constexpr Rule kRandom{
    "TPL-210",
    Severity::medium,
    Effect::finding,
    "decides at random",
    "Two renderings of one conversation differ: what was tested is not what is served.",
    kCompare};

inline constexpr Rule kOwnWords{
    "TPL-211",
    Severity::low,
    Effect::finding,
    "looks for a command or for words of its own in a message",
    "A model that is told what to do by one word, or a template that does not say twice what the "
    "message says already. Nothing else hangs on the words: none are added, none of the message is "
    "left out.",
    kCompare};

inline constexpr Rule kPage{
    "TPL-212",
    Severity::low,
    Effect::finding,
    "names a page of a publisher of models",
    "An address without a query, on a site where models are published, that the template says to "
    "every conversation: where the weights are, or who made them. Nothing of a message goes into "
    "it.",
    kCompare};

inline constexpr Rule kUnshown{
    "TPL-213",
    Severity::medium,
    Effect::finding,
    "leaves out what one role says",
    "Messages of the other roles reach the model, those of this one do not; a sentence of the "
    "template may stand in their place. What an operator or a user wrote is then lost, and neither "
    "sees that.",
    kCompare};

inline constexpr Rule kSyntax{
    "TPL-301",
    Severity::high,
    Effect::inconclusive,
    "is no template that Jinja accepts",
    "transformers and vLLM refuse it when the first conversation is rendered; another engine may "
    "read it in a way that was not examined here.",
    "Correct the template. If it needs an extension of Jinja, it cannot be judged here."};
inline constexpr Rule kEncoding{
    "TPL-302",
    Severity::high,
    Effect::inconclusive,
    "is not UTF-8",
    "Loaders read templates as UTF-8; what they make of other bytes differs.",
    "Save the template as UTF-8."};
inline constexpr Rule kUnknownName{
    "TPL-303",
    Severity::medium,
    Effect::inconclusive,
    "uses a filter or test that Jinja lacks",
    "Jinja refuses the template unless the engine adds it; what an added one does is not known "
    "here.",
    "Write the template with Jinja's own filters and tests."};
inline constexpr Rule kUnknownKey{
    "TPL-304",
    Severity::high,
    Effect::inconclusive,
    "builds a name that could not be worked out",
    "A key or attribute is put together from literals in a way that was not followed. That is "
    "how names are hidden.",
    "Write the name plainly."};
inline constexpr Rule kForeignLetters{
    "TPL-305",
    Severity::medium,
    Effect::inconclusive,
    "uses a name with letters beyond ASCII",
    "Python treats some letters as the same name and Jinja does not, so that one name can pass "
    "for another.",
    "Write names with a-z, digits and underscores."};

inline constexpr Rule kJsonFilter{
    "TPL-306",
    Severity::low,
    Effect::finding,
    "parses JSON with a filter that only some engines have",
    "from_json and fromjson make data of a text. Here the text is the conversation's own, so that "
    "nothing is reached that the conversation could not hold already. Engines without the filter "
    "refuse the template, or stop when they come to it.",
    "Nothing, where the engine has the filter or hands over arguments that are parsed."};

inline constexpr Rule kTooLarge{
    "TPL-401",
    Severity::high,
    Effect::inconclusive,
    "is larger or deeper than what is followed",
    "The rest was not examined. Jinja itself gives up on deep nesting with an error in the "
    "server.",
    "Simplify the template."};
inline constexpr Rule kHugeConstant{
    "TPL-402",
    Severity::medium,
    Effect::finding,
    "repeats something very often",
    "Loops, calls or a text of this size are made for every request, or once while the template is "
    "compiled, and stop the server (CVE-2025-61620). Macros and blocks that call each other twice "
    "double the work with each of them.",
    kCompare};
inline constexpr Rule kCubic{
    "TPL-403",
    Severity::medium,
    Effect::finding,
    "loops over the messages three deep or more",
    "Rendering takes time with the cube of the number of messages, or of the length of one: a long "
    "conversation stops the server.",
    kCompare};
inline constexpr Rule kQuadratic{"TPL-404",
                                 Severity::info,
                                 Effect::finding,
                                 "loops over the messages inside such a loop",
                                 "Rendering takes time with the square of the number of messages.",
                                 "Limit the number of messages that the gateway accepts."};

}  // namespace gh::jinja::rule
