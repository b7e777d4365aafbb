#pragma once
// `CFG-…`: what settings make a loader do. 1xx name code, 2xx point elsewhere or are read
// differently, 3xx were not understood.

#include "findings/finding.h"

namespace gh::hub::rule {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr Rule kAutoMap{
    "CFG-101",
    Severity::high,
    Effect::finding,
    "names Python code of the model for loading",
    "With trust_remote_code transformers imports the file and runs it; vLLM before 0.14.0 did so "
    "without (CVE-2025-66448, CVE-2026-22807), and before 0.18.0 for some models "
    "(CVE-2026-27893).",
    "Prefer a model that the serving engine supports itself. Else read the code, and sign the "
    "folder as it is now."};
inline constexpr Rule kOtherRepository{
    "CFG-102",
    Severity::critical,
    Effect::finding,
    "names code in another repository",
    "The form owner/repo--file makes transformers fetch the file from that repository when the "
    "model is loaded: what runs was never in this folder, and can change at any time.",
    "Do not load this model. If the code is needed, copy it into the folder, read it, and sign "
    "it."};
inline constexpr Rule kTrust{
    "CFG-103",
    Severity::high,
    Effect::finding,
    "asks for its own code to be trusted",
    "Loaders that take the key from the file run the model's Python without asking.",
    "Remove the key. Whether to trust is the operator's to say."};
inline constexpr Rule kPipeline{
    "CFG-104",
    Severity::high,
    Effect::finding,
    "names a pipeline of its own",
    "transformers.pipeline imports the named class from the model's Python files.",
    "Remove custom_pipelines, or read and sign the code."};
inline constexpr Rule kTarget{
    "CFG-105",
    Severity::high,
    Effect::finding,
    "names a Python object to be called",
    "Hydra and NeMo import the dotted name in _target_ and call it with the keys beside it "
    "(CVE-2025-23304); other loaders do so with target, class_path or _component_, GluonTS with "
    "the class beside __kind__, and Python's logging with () and class.",
    "Load with a NeMo that checks targets (2.3.2 or later), and compare the file with the "
    "publisher's.",
    findings::Confidence::medium};
inline constexpr Rule kKnownTarget{
    "CFG-106",
    Severity::low,
    Effect::finding,
    "names a class of a model library to be made",
    "Hydra and NeMo call it with the keys beside it. The name lies inside the libraries that "
    "such files are written for.",
    "Nothing, where the loader checks what it makes."};
inline constexpr Rule kDangerousTarget{
    "CFG-107",
    Severity::critical,
    Effect::finding,
    "names what runs commands to be called",
    "Hydra and NeMo import the dotted name in _target_ and call it with the keys beside it "
    "(CVE-2025-23304), MMEngine that in type: this one runs a program or code.",
    "Do not load this model."};
inline constexpr Rule kYamlTag{
    "CFG-108",
    Severity::critical,
    Effect::finding,
    "makes a Python object while it is read",
    "yaml.load with an unsafe loader imports and calls what a !!python tag names.",
    "Do not load this model. No settings need such a tag."};
inline constexpr Rule kImport{
    "CFG-109",
    Severity::high,
    Effect::finding,
    "names a module outside the usual libraries",
    "sentence-transformers and diffusers import what modules.json, model_index.json and "
    "modular_model_index.json name, MLflow the loader_module of MLmodel; a name of another kind is "
    "looked for in the model's folder or on the Python path.",
    "Compare the file with the publisher's, and read the module that it names."};
inline constexpr Rule kKernel{
    "CFG-110",
    Severity::high,
    Effect::finding,
    "names a kernel to be fetched",
    "An attention implementation with a slash is a repository: transformers fetches compiled "
    "code from it and loads it into the process.",
    "Remove the key: the engine chooses the implementation."};

inline constexpr Rule kLoadingTarget{
    "CFG-111",
    Severity::high,
    Effect::finding,
    "names what imports or loads to be called",
    "Settings make the loader call it with the keys beside it: torch.load unpickles the file that "
    "they name, torch.hub.load and from_pretrained fetch code or weights from elsewhere.",
    "Compare the file with the publisher's. Settings of a model need plain classes only.",
    findings::Confidence::medium};
inline constexpr Rule kExpression{
    "CFG-112",
    Severity::high,
    Effect::finding,
    "holds an expression that is run as Python",
    "MONAI evaluates texts that begin with $, imports included, while it reads the settings; "
    "applications that make eval a resolver of OmegaConf evaluate ${eval:…}.",
    "Read every expression, as code. Do not run the bundle before.",
    findings::Confidence::medium};
inline constexpr Rule kPickledObject{
    "CFG-113",
    Severity::high,
    Effect::finding,
    "says which Python object the JSON is to become",
    "jsonpickle imports the name in a py/ key and makes the object, as a pickle would.",
    "Do not decode it with jsonpickle. Settings of a model need no such key."};
inline constexpr Rule kLibrary{
    "CFG-114",
    Severity::high,
    Effect::finding,
    "names a native library to be loaded",
    "onnxruntime loads what custom_ops_library names into the serving process, and so do options "
    "of its providers (backend_path, op_packages, shared_lib_path, trt_extra_plugin_lib_paths); "
    "MLC what model_lib_path names.",
    "Do not load this model, unless the library is your own."};
inline constexpr Rule kEngineImport{
    "CFG-115",
    Severity::high,
    Effect::finding,
    "names Python code for vLLM to import",
    "Started with --config and this file, vLLM imports the plugin, the middleware, the class, the "
    "compiler or the connector that it names, and runs what stands there, in the process that "
    "serves.",
    "Keep the server's own configuration outside the model's folder, and name no code in it that "
    "was not read."};
inline constexpr Rule kDuplicate{
    "CFG-201",
    Severity::high,
    Effect::finding,
    "has a key twice",
    "Python takes the last value, other readers take the first or refuse: what was reviewed is "
    "not what is loaded.",
    "Remove one of the two."};
inline constexpr Rule kPythonOnly{"CFG-202",
                                  Severity::low,
                                  Effect::finding,
                                  "holds NaN or Infinity, which JSON does not have",
                                  "Python reads and writes them; strict readers refuse the file.",
                                  "Nothing, where only Python reads the file."};
inline constexpr Rule kLeaves{"CFG-203",
                              Severity::medium,
                              Effect::finding,
                              "names a file outside the folder",
                              "Loaders follow a path with .. from the folder upwards, and take one "
                              "in modules.json that begins "
                              "with / as it is: what they read there was not examined.",
                              "Use plain file names, and keep the files in the folder."};
inline constexpr Rule kAbsolute{
    "CFG-204",
    Severity::low,
    Effect::finding,
    "names a path of another machine",
    "Most are left over from the machine that wrote the file, and are not read. Where one is "
    "read and missing, the loader asks the hub for a repository of that name.",
    "Remove the key.",
    findings::Confidence::medium};
inline constexpr Rule kUrl{"CFG-205",
                           Severity::low,
                           Effect::finding,
                           "names a web address",
                           "Loaders that follow it fetch what was not examined.",
                           "Remove the address.",
                           findings::Confidence::medium};
inline constexpr Rule kShardName{
    "CFG-206",
    Severity::high,
    Effect::finding,
    "lists a shard that is no plain file name",
    "Loaders join the name with the folder's path: with a slash or .. it leads to another file.",
    "Take the index from the publisher again."};
inline constexpr Rule kShardMissing{
    "CFG-207",
    Severity::medium,
    Effect::finding,
    "lists a shard that is not in the folder",
    "The model does not load, or a loader fetches the missing file from the hub: unexamined.",
    "Complete the download, then scan again."};
inline constexpr Rule kModuleMissing{
    "CFG-208",
    Severity::medium,
    Effect::finding,
    "names code that is not in the folder",
    "What will be imported is fetched from the hub when the model is loaded: it was not "
    "examined.",
    "Remove the reference, or put the file into the folder and scan again."};

inline constexpr Rule kRedirect{
    "CFG-209",
    Severity::medium,
    Effect::finding,
    "has another repository loaded",
    "vLLM serves the model in speculators_config.verifier instead of this one, and loads the parts "
    "that Ultravox's text_model_id and audio_model_id name; LLaVA's loaders do so with "
    "mm_vision_tower, RAG with index_path, timm with hf-hub: names, processors with their "
    "audio_tokenizer. What runs was not examined here.",
    "Fetch what is named, scan it, and put its path in place of the name."};
inline constexpr Rule kTrustRecord{
    "CFG-213",
    Severity::low,
    Effect::finding,
    "records that its own code was trusted",
    "Whoever trained the model wrote down how. vLLM and transformers do not read the file; the "
    "tool that wrote it does, to go on from there.",
    "Nothing for serving. Remove the key before the tool is run again with the file."};
inline constexpr Rule kBaseByPath{
    "CFG-214",
    Severity::low,
    Effect::finding,
    "names the base of an adapter by a path or an address",
    "The adapter was trained on a copy in that place, and nothing says which model it was. PEFT "
    "loads the base from there: where nothing is there, it asks the hub for a repository of that "
    "name. vLLM does not read the key, and applies the adapter to the model that it serves.",
    "Find out which base it was trained on, write the name of its repository there, and scan with "
    "--base: then the adapter is held against it."};
inline constexpr Rule kSlowModules{
    "CFG-216",
    Severity::medium,
    Effect::finding,
    "chooses modules by a pattern that can take for ever",
    "Engines match it against the name of every module while they load the model. What it repeats "
    "can be divided in two ways, or repetitions and optional parts in a row can share a name in "
    "too many ways: a matcher that backtracks tries all of them, and the server does not start.",
    "Write the pattern plainly, or name the modules."};
inline constexpr Rule kNotJson{
    "CFG-301",
    Severity::high,
    Effect::inconclusive,
    "is not JSON that every reader reads alike",
    "Nothing in it was examined. Lenient readers make something of such a file, each its own.",
    "Correct the file, or take it from the publisher again."};
inline constexpr Rule kTooLarge{"CFG-302",
                                Severity::high,
                                Effect::inconclusive,
                                "is larger than what is read",
                                "Nothing in it was examined.",
                                "Find out why a file of this kind is that large."};
inline constexpr Rule kNotYaml{
    "CFG-303",
    Severity::high,
    Effect::inconclusive,
    "uses YAML that was not followed",
    "Tags, duplicate keys, and aliases that grow or lead to themselves are read differently by "
    "different loaders; what they add up to was not examined.",
    "Write the file plainly."};
inline constexpr Rule kNotIndex{"CFG-304",
                                Severity::high,
                                Effect::inconclusive,
                                "is no index that loaders understand",
                                "Which files hold the weights is not known.",
                                "Take the index from the publisher again."};

}  // namespace gh::hub::rule
