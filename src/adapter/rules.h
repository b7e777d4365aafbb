#pragma once
// The rules of this folder: 0xx configuration, 02x tensors, 03x files; 04x numbers are in
// weight_rules.h.

#include "findings/finding.h"

namespace gh::adapter {

using findings::Effect;
using findings::Rule;
using findings::Severity;

inline constexpr std::string_view kRetrain =
    "Ask whoever trained it for an adapter without this, or merge it into the base model.";
inline constexpr std::string_view kCompare =
    "Compare with what was approved, and with what the training was to change.";

inline constexpr Rule kConfigForm{
    "LRA-001",
    Severity::high,
    Effect::finding,
    "has no adapter_config.json that can be read",
    "Without it vLLM does not load the adapter. Where two readers see two values in it, what is "
    "checked is not what is loaded.",
    "Save the adapter again with PEFT."};
inline constexpr Rule kRequired{
    "LRA-002",
    Severity::high,
    Effect::finding,
    "lacks a required field, or has it in a wrong form",
    "vLLM needs r (above 0), lora_alpha and target_modules and refuses the adapter without them.",
    "Save the adapter again with PEFT."};
inline constexpr Rule kOtherType{
    "LRA-003",
    Severity::high,
    Effect::finding,
    "is of another type than LoRA",
    "vLLM does not look at peft_type: it takes the tensors for LoRA or fails on their names.",
    kRetrain};
inline constexpr Rule kOddValue{
    "LRA-004",
    Severity::medium,
    Effect::finding,
    "has a field with a value that PEFT does not write",
    "vLLM mostly ignores such fields; other readers convert them each in its own way. An alpha of "
    "0 or below it applies as it is, which switches off or turns round what was trained.",
    "Save the adapter again with PEFT."};
inline constexpr Rule kOtherMethod{
    "LRA-005",
    Severity::high,
    Effect::finding,
    "uses a method that vLLM does not serve",
    "vLLM refuses DoRA, aLoRA, QALoRA, BD-LoRA, biases, replicated layers, initialisations that "
    "change the base weights, and one alone of the two matrices of fused experts. Versions that do "
    "not know the field yet ignore it and serve another "
    "model than was trained.",
    kRetrain};
inline constexpr Rule kIgnored{
    "LRA-006",
    Severity::medium,
    Effect::finding,
    "asks for something that vLLM ignores",
    "vLLM drops fields it does not know without a word: what is served is not what was trained and "
    "tested.",
    kRetrain};
inline constexpr Rule kFullWeights{
    "LRA-007",
    Severity::high,
    Effect::finding,
    "replaces weights of the base model",
    "vLLM refuses modules_to_save other than classifier and score and ignores the other ways. A "
    "replaced matrix is not bounded by rank or scaling, so it can be any model.",
    kRetrain};
inline constexpr Rule kImports{
    "LRA-008",
    Severity::high,
    Effect::finding,
    "names Python modules to import",
    "PEFT imports what auto_mapping and megatron_core name. vLLM does not; a tool that prepares "
    "the "
    "adapter may.",
    "Remove the fields; a LoRA adapter of a supported model needs none of them."};
inline constexpr Rule kPattern{
    "LRA-009",
    Severity::high,
    Effect::finding,
    "has a regular expression that can take very long",
    "vLLM matches the keys of rank_pattern and alpha_pattern against each module's name with a "
    "backtracking matcher, in the serving process; PEFT those and target_modules, "
    "exclude_modules, layers_pattern and modules_to_save.",
    "List the names of the modules instead.",
    findings::Confidence::medium};
inline constexpr Rule kUnknownField{
    "LRA-010",
    Severity::low,
    Effect::finding,
    "has fields that are not known here",
    "vLLM drops them without a word. A newer PEFT may have a method behind them.",
    "See what the field does; save the adapter again with a released PEFT."};
inline constexpr Rule kRank{
    "LRA-011",
    Severity::high,
    Effect::finding,
    "has a higher rank than is allowed",
    "vLLM refuses ranks above --max-lora-rank, rank_pattern included.",
    "Raise the limit here and --max-lora-rank together, or train with a lower rank."};
inline constexpr Rule kScaling{
    "LRA-012",
    Severity::medium,
    Effect::finding,
    "is scaled beyond what is allowed",
    "vLLM takes any lora_alpha. A large one lets small numbers, which look harmless, outweigh the "
    "base model.",
    "Compare with what was approved. If it is meant to be so, raise --max-lora-scaling."};
inline constexpr Rule kBase{
    "LRA-013",
    Severity::high,
    Effect::finding,
    "is made for a base model that is not allowed",
    "vLLM does not compare base models: an adapter of another one loads when shapes happen to fit.",
    "Use the adapter with its own base, or add the base to the allowed ones."};
inline constexpr Rule kNoConfig{
    "LRA-014",
    Severity::medium,
    Effect::finding,
    "has tensors of an adapter and no adapter_config.json that was examined",
    "vLLM cannot load it: rank, scaling and modules are in the configuration. Whoever adds one "
    "later "
    "decides what the tensors do.",
    "Get the adapter whole, with the configuration that it was trained with."};

inline constexpr Rule kHighRank{
    "LRA-015",
    Severity::info,
    Effect::finding,
    "has a higher rank than vLLM takes by default",
    "vLLM is started for adapters up to rank 16 and refuses others, rank_pattern included, unless "
    "--max-lora-rank says more.",
    "Start vLLM with the --max-lora-rank that is named, and give it here as well."};

inline constexpr Rule kTrainingOnly{
    "LRA-016",
    Severity::info,
    Effect::finding,
    "states how it was trained, which is not for serving",
    "What these settings chose is in the tensors, ranks and alphas that were saved. vLLM does not "
    "look at them.",
    "Nothing to do."};

inline constexpr Rule kTower{
    "LRA-017",
    Severity::low,
    Effect::finding,
    "changes what sees or hears, which vLLM leaves out by default",
    "Without --enable-tower-connector-lora vLLM ignores what is in the towers of a model and in "
    "what "
    "leads from them to the language model, but for a line in its log. With it, some kinds of "
    "models "
    "apply it. What is served may not be what was trained.",
    "Train the language model alone, or start vLLM with the option and see what its log says."};

inline constexpr Rule kHead{
    "LRA-018",
    Severity::low,
    Effect::finding,
    "brings a whole classification head",
    "vLLM takes the weight and bias of one score or classifier that modules_to_save names, in the "
    "place of the base's, where the model is served to classify; it refuses the adapter elsewhere. "
    "The head is not bounded by rank or scaling. It decides scores, and no text.",
    "Compare what it scores with what was approved."};

inline constexpr Rule kUnusedTarget{
    "LRA-019",
    Severity::low,
    Effect::finding,
    "states modules that it does not change",
    "PEFT leaves out names of target_modules and target_parameters that the base has nothing for. "
    "vLLM goes by the tensors.",
    "Nothing, where the base has no such modules. Else see whether the file has all its tensors."};

inline constexpr Rule kTensorName{
    "LRA-020",
    Severity::high,
    Effect::finding,
    "has a tensor that is no part of a LoRA adapter",
    "vLLM refuses names that do not end in lora_A.weight, lora_B.weight, lora_embedding_A or "
    "lora_embedding_B; .bias and magnitude vectors among them. A classification head has to be "
    "named by modules_to_save, to be the only one and to have a weight. Of two names for one "
    "tensor vLLM keeps the later.",
    kRetrain};
inline constexpr Rule kPair{
    "LRA-021",
    Severity::high,
    Effect::finding,
    "has one half of a pair only",
    "A module needs both A and B. vLLM checks no pairs and fails in the middle of serving.",
    "Save the adapter again with PEFT."};
inline constexpr Rule kShape{
    "LRA-022",
    Severity::high,
    Effect::finding,
    "has tensors whose rank is not the stated one",
    "A is [r, in] and B is [out, r]. vLLM scales by the stated r and copies what the file has, so "
    "the effect is another than was stated.",
    "Save the adapter again with PEFT."};
inline constexpr Rule kDimensions{
    "LRA-023",
    Severity::high,
    Effect::finding,
    "does not fit the base model's sizes",
    "vLLM copies the tensors into buffers of the base's size: larger ones fail while serving, "
    "smaller ones are accepted and change a part of the module only.",
    "Use the adapter with its own base."};
inline constexpr Rule kLayer{"LRA-024",
                             Severity::high,
                             Effect::finding,
                             "changes a layer that the base model does not have",
                             "vLLM does not apply it and does not say so.",
                             "Use the adapter with its own base."};
inline constexpr Rule kModule{
    "LRA-025",
    Severity::medium,
    Effect::finding,
    "changes modules of other names than are expected",
    "vLLM applies an adapter to every linear module of the language model that it names, and "
    "refuses one whose names the model does not have. Expected are those of linear modules in the "
    "models of vLLM and transformers.",
    kCompare};
inline constexpr Rule kTargets{
    "LRA-026",
    Severity::medium,
    Effect::finding,
    "changes modules that it does not state",
    "vLLM goes by the tensors and not by target_modules, target_parameters, exclude_modules and "
    "layers_to_transform: a review of the configuration speaks of less than is changed.",
    kCompare};
inline constexpr Rule kDtype{"LRA-027",
                             Severity::low,
                             Effect::finding,
                             "has tensors of unusual or mixed types",
                             "vLLM converts everything to the type of the model.",
                             "Save the adapter in one type."};
inline constexpr Rule kEmbedding{
    "LRA-028",
    Severity::high,
    Effect::finding,
    "changes embeddings or the output head",
    "These change what single tokens mean, in every context. vLLM applies lora_embedding pairs and "
    "silently skips whole base weights of them.",
    kRetrain};
inline constexpr Rule kNoTensors{
    "LRA-029",
    Severity::high,
    Effect::inconclusive,
    "has no tensors that could be looked at",
    "vLLM takes adapter_model.safetensors, else adapter_model.bin, else adapter_model.pt. There is "
    "none, or the one that it takes could not be read: of the pickles, that is whatever is more "
    "than a dictionary of names to tensors whose bytes lie in a zip as torch.save writes it. "
    "Names, "
    "ranks, sizes and values were not checked.",
    "Save it as safetensors, with PEFT's save_pretrained, and vet the result."};
inline constexpr Rule kOtherWeights{"LRA-030",
                                    Severity::high,
                                    Effect::finding,
                                    "has other weights or code beside its tensors",
                                    "Which file is loaded depends on the loader: vLLM takes "
                                    "safetensors, then .bin, then .pt; others "
                                    "differ. Weights that were not vetted stay a file name away.",
                                    "Remove the file."};
inline constexpr Rule kOtherFile{"LRA-031",
                                 Severity::low,
                                 Effect::finding,
                                 "has files that no adapter needs",
                                 "vLLM reads adapter_config.json and the tensors only.",
                                 "Remove what is not needed."};
inline constexpr Rule kNotCompared{
    "LRA-032",
    Severity::info,
    Effect::finding,
    "could not be compared with the base in part",
    "Sizes of this kind of model are not known here, or the base's tables lack the modules.",
    "Give the tensors of the base model to compare with."};
inline constexpr Rule kBaseUnusable{
    "LRA-033",
    Severity::high,
    Effect::inconclusive,
    "could not be compared with the base that was given",
    "What was given as the base is broken, is no model, or says nothing of the modules that the "
    "adapter changes. Whether the adapter fits was not found out.",
    "Give --base the folder of the base model, with its config.json and its safetensors files."};
inline constexpr Rule kNothingToCompare{
    "LRA-034",
    Severity::info,
    Effect::finding,
    "there was no adapter to compare",
    "--base and --bank are for adapters, folders with an adapter_config.json. None was found, so "
    "what was given with them was not looked at.",
    "Scan the adapter's own folder, or leave the option out."};

inline constexpr Rule kBankFault{
    "LRA-035",
    Severity::low,
    Effect::finding,
    "is an adapter of the bank that nothing was compared with",
    "The fewer adapters there are to compare with, the less a comparison finds.",
    "Repair or remove it in the folder that was given with --bank."};

inline constexpr Rule kNoPrefix{
    "LRA-036",
    Severity::low,
    Effect::finding,
    "has names without the prefix that PEFT writes",
    "vLLM takes them as names of modules from 0.9 on; versions before refuse the adapter or load "
    "it "
    "without effect, as PEFT does. What was tried in one is not what another serves.",
    "Save the adapter again with PEFT."};

inline constexpr Rule kLinkedFile{
    "LRA-037",
    Severity::high,
    Effect::finding,
    "has links in its folder",
    "vLLM follows them and loads what they lead to at that moment. What was approved can be "
    "exchanged without a change in the adapter's own folder.",
    "Put the file in the place of the link."};

inline constexpr Rule kNoSuchModule{
    "LRA-038",
    Severity::high,
    Effect::finding,
    "changes a module that the base model does not have",
    "vLLM refuses an adapter when the last part of a name is that of no module of the model. Of "
    "other names it loads the numbers and applies none of them, without a word.",
    "Use the adapter with its own base."};
inline constexpr Rule kPackedModule{
    "LRA-039",
    Severity::medium,
    Effect::finding,
    "names a module that is packed otherwise in the base",
    "vLLM packs some modules into one and takes adapters by the names that the base's own tensors "
    "have; with others it refuses them.",
    "Train the adapter on the base that it is for."};

inline constexpr Rule kNotFollowed{
    "LRA-046",
    Severity::medium,
    Effect::inconclusive,
    "has expressions for modules that cannot be followed",
    "vLLM takes rank and scaling of a module from the first key of rank_pattern and alpha_pattern "
    "that matches its name, and reviews go by target_modules. Here one was not understood, or all "
    "together are too much work: what a module gets, or whether it is stated, was not found out.",
    "List the names of the modules instead."};

inline constexpr Rule kPickle{
    "LRA-047",
    Severity::low,
    Effect::finding,
    "keeps its tensors in a pickle",
    "Its tensors were looked at like those of safetensors, and what the pickle does has rules of "
    "its own. Loading it relies on torch.load's weights_only all the same.",
    "Save it as safetensors, with PEFT's save_pretrained."};

}  // namespace gh::adapter
