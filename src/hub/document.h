#pragma once
// Examination of one file of a model folder that is neither weights, pickle nor archive: those are
// for the caller to recognise first, because their examiners read more of them.

#include <cstdint>
#include <span>
#include <string_view>

#include "findings/examination.h"
#include "hub/facts.h"
#include "source/source.h"

namespace gh::hub {

// Bytes of a document that is read whole.
inline constexpr std::uint64_t kMostDocument = 48ull << 20;

// `path`: relative to the folder (or inside an archive), with '/'; raw bytes. True when the kind of
// the file was recognised, from content and name: findings, or their absence, are then a judgement.
// False when not, and nothing was added: the caller has to say that it is unsupported. `facts` may
// be null. Templates found on the way are examined too.
bool examine_document(source::Source& source, std::string_view path,
                      findings::Examination& examination, DocumentFacts* facts);

// Only what can run as it is: native code and compiled Python, told by the first bytes whatever the
// name. True when it was that.
bool examine_machine_code(source::Source& source, std::string_view path,
                          findings::Examination& examination, DocumentFacts* facts);

// Whether it is a picture, a recording, a table or a log, by its first part and not by a magic.
bool is_passive(source::Source& source);

// What a chat template of weights (a GGUF's key and text) is called in `FolderFacts`:
// "tokenizer.chat_template" is "default", "tokenizer.chat_template.rag" is "rag".
TemplateFact weight_template(std::string_view file, std::string_view key, std::string_view text);

// Every rule of this folder: CFG, TOK, COD and TPL-5xx.
std::span<const findings::Rule* const> rules();

}  // namespace gh::hub
