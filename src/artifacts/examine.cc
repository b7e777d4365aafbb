#include "artifacts/examine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "archive/archive_rules.h"
#include "archive/zip.h"
#include "artifacts/container.h"
#include "artifacts/keras.h"
#include "artifacts/kind.h"
#include "artifacts/kind_rules.h"
#include "artifacts/onnx.h"
#include "artifacts/onnx_data.h"
#include "artifacts/polyglot.h"
#include "artifacts/protobuf.h"
#include "artifacts/system_rules.h"
#include "artifacts/torch.h"
#include "base/text.h"
#include "hub/code.h"
#include "hub/code_rules.h"
#include "hub/document.h"
#include "hub/folder.h"
#include "hub/shards.h"
#include "jinja/template.h"
#include "source/bytes.h"
#include "tensors/gguf.h"
#include "tensors/numpy.h"
#include "tensors/safetensors.h"
#include "tensors/values.h"

namespace gh::artifacts {

namespace {

constexpr std::array<const Rule*, 16> kRules = {
    &kNotWhatItSays, &kUnknownKind,  &kUnexamined,  &kTooDeep,
    &kLinkOutside,   &kLinkInside,   &kSpecial,     &kOddName,
    &kLfsPointer,    &kEmpty,        &kFarPickle,   &kFarPickleBesides,
    &kLinkLoop,      &kNoCheckpoint, &kDistributed, &kCacheReference,
};

void examine_safetensors(source::Source& source, Context& context) {
  context.examination.set_kind("safetensors");
  std::vector<std::uint64_t> marks;
  const auto wanted = [&](std::string_view name) {
    if (context.facts != nullptr && marks.size() <= hub::kMostNames)
      marks.push_back(hub::name_mark(name));
    return context.options.read_data || hub::is_embedding(name);
  };
  const auto table = tensors::read_safetensors(source, context.examination, wanted);
  if (!table) return;
  if (context.options.read_data) tensors::examine_values(source, *table, context.examination);
  if (context.facts == nullptr) return;
  context.facts->embedding_rows = hub::embedding_rows(*table);
  if (marks.size() <= hub::kMostNames) context.facts->document.tensors = std::move(marks);
}

void examine_gguf(source::Source& source, std::string_view name, Context& context) {
  context.examination.set_kind("GGUF");
  const auto gguf = tensors::read_gguf(source, context.examination);
  if (!gguf) return;
  for (const auto& [key, text] : gguf->chat_templates) {
    const findings::Examination::Member member(context.examination, key);
    jinja::examine_template(text, context.examination);
    if (context.facts != nullptr)
      context.facts->weight_templates.push_back(hub::weight_template(name, key, text));
  }
  if (context.facts != nullptr) context.facts->embedding_rows = hub::embedding_rows(gguf->table);
}

// What ModelScope keeps beside a download, by name, and is a list or a dict of texts by content:
// one whole pickle that imports nothing. pickle.load reads it, not torch.load, which does not know
// the opcodes of a newer protocol.
bool is_modelscope_list(source::Source& source, std::string_view name) {
  if (name != ".msc" && name != ".mdl") return false;
  findings::Examination unheard(0);
  const auto outcome =
      pickle::examine(source, pickle::Layout::single, pickle::Profile::weights, unheard);
  const auto only_newer = [](const findings::Finding& finding) {
    return finding.rule->id == "PKL-304";
  };
  if (!outcome.complete || outcome.end != source.size() || !outcome.storages.empty() ||
      !std::ranges::all_of(unheard.findings(), only_newer))
    return false;
  const pickle::Attempt attempt = pickle::attempt(source, pickle::Profile::data, false, unheard);
  return !attempt.acts && !attempt.open;
}

// What torch.load refuses is never clean, though it does nothing.
void examine_pickle(source::Source& source, std::string_view name, Context& context) {
  if (is_modelscope_list(source, name)) return context.examination.set_kind("list of ModelScope");
  context.examination.set_kind("pickle");
  const std::size_t before = context.examination.findings().size();
  pickle::examine(source, pickle::Layout::stream, context.options.profile, context.examination);
  if (context.options.profile == pickle::Profile::weights && is_checkpoint_by_name(name) &&
      context.examination.findings().size() == before)
    context.examination.add(kNoCheckpoint, fmt::format("{} is a pickle", escape(name)));
}

void examine_npy(source::Source& source, Context& context) {
  context.examination.set_kind("NumPy array");
  const auto npy = tensors::read_npy(source, context.examination);
  if (!npy || !npy->objects) return;
  source::Slice objects(source, npy->data_offset, source.size() - npy->data_offset);
  const findings::Examination::Member member(context.examination, "objects");
  pickle::examine(objects, pickle::Layout::single, context.options.profile, context.examination);
}

// Text that no reader of weights or containers takes; vocabularies are called .model, too.
bool is_plain_text(hub::DocumentKind kind) {
  switch (kind) {
    case hub::DocumentKind::config:
    case hub::DocumentKind::index:
    case hub::DocumentKind::yaml:
    case hub::DocumentKind::text:
      return true;
    default:
      return false;
  }
}

std::string_view passive_name(hub::DocumentKind kind) {
  if (kind == hub::DocumentKind::image) return "a picture";
  if (kind == hub::DocumentKind::sentencepiece) return "a SentencePiece model";
  return kind == hub::DocumentKind::recording ? "a recording" : "what a tool keeps for itself";
}

// False when it was not recognised, and nothing was added.
bool examine_unknown(source::Source& source, std::string_view head, std::string_view name,
                     Context& context) {
  if (head.starts_with("version https://git-lfs.github.com/spec/")) {
    context.examination.set_kind("Git LFS pointer");
    context.examination.add(kLfsPointer, "stands for a file that was not fetched");
    return true;
  }
  hub::DocumentFacts own;
  hub::DocumentFacts& facts = context.facts == nullptr ? own : context.facts->document;
  const auto is_no = [&](std::string_view what) {
    context.examination.add(kNotWhatItSays, fmt::format("{} is {}", escape(name), what),
                            {.offset = 0, .evidence = head.substr(0, 16)});
  };
  const Claim claim = claim_of(name);
  if (hub::examine_machine_code(source, name, context.examination, &facts)) {
    if (claim != Claim::nothing && claim != Claim::code) is_no("code for a machine");
    return true;
  }
  // A name that only one format has is taken at its word: its reader says exactly what is wrong.
  switch (claim) {
    case Claim::safetensors:
      return examine_safetensors(source, context), true;
    case Claim::gguf:
      return examine_gguf(source, name, context), true;
    case Claim::npy:
      return examine_npy(source, context), true;
    case Claim::nothing:
    case Claim::passive:
    case Claim::code:
      break;
  }
  if (const std::string_view format = unexamined_format(head);
      !format.empty() && !hub::is_passive(source)) {
    context.examination.set_kind(format);
    context.examination.add(kUnexamined, fmt::format("is {}", format));
    return true;
  }
  if (hub::examine_document(source, name, context.examination, &facts)) {
    // Pictures are told by their beginning; whoever goes by another name reads on behind it.
    if (!may_be(facts.kind, name)) is_no(passive_name(facts.kind));
    // A page that a server sent instead of the file, or a text that waits for a lenient loader.
    // Readers of zip files end a name at its first NUL.
    if (is_plain_text(facts.kind) &&
        promise_of(name.substr(0, name.find('\0'))) == Promise::content)
      is_no("a text");
    return true;
  }
  // An ONNX model may have numbers under that name.
  if (name == kWeightsMessage && is_protobuf(source)) {
    context.examination.set_kind("protobuf message");
    context.examination.add(kUnexamined, "is a message of protobuf, as TensorFlow's graphs are");
    return true;
  }
  return false;
}

// Whether a zip at the end of what was examined is another file in it: of a tar it may be the last
// member.
bool is_another(Kind kind, const findings::Examination& examination) {
  return kind != Kind::archive || examination.has(archive::kArchiveTrailing) ||
         examination.has(archive::kArchiveBroken);
}

// Whether the zip at the end may be a value of a pickle of data, and does no harm to those who take
// the file for it.
bool may_hold_zip(Kind kind, source::Source& source, Context& context) {
  if (context.options.profile != pickle::Profile::data || kind != Kind::pickle) return false;
  findings::Examination unheard(context.examination.work());
  Context inner{unheard, context.options};
  examine_zip(source, {}, inner);
  return std::ranges::none_of(unheard.findings(), [](const findings::Finding& finding) {
    return finding.rule->severity >= Severity::medium && !finding.rule->id.starts_with("ZIP-");
  });
}

// Nothing is harmless only where nothing was promised.
void examine_empty(source::Source& source, std::string_view name, Context& context) {
  const Claim claim = claim_of(name);
  if (claim == Claim::safetensors) return examine_safetensors(source, context);
  if (claim == Claim::gguf) return examine_gguf(source, name, context);
  const Promise promise = promise_of(name);
  if (promise == Promise::json &&
      hub::examine_document(source, name, context.examination, nullptr)) {
    return;
  }
  context.examination.set_kind("empty file");
  if (promise == Promise::content)
    context.examination.add(kEmpty, fmt::format("{} has no bytes", escape(name)));
}

// A part of a checkpoint that torch.distributed.checkpoint wrote, or what says where all is.
bool is_distributed(std::string_view name, Kind kind) {
  return kind == Kind::pickle ? name == ".metadata" || name.ends_with(".distcp")
                              : kind == Kind::zip && name.ends_with(".distcp");
}

// Whether a name promises something that the kind breaks, to somebody's advantage.
bool breaks(Claim claim, Kind kind) {
  switch (claim) {
    case Claim::safetensors:
      return kind != Kind::safetensors;
    case Claim::gguf:
      return kind != Kind::gguf;
    case Claim::passive:
    case Claim::code:
      return true;
    case Claim::npy:  // numpy.load looks into the file itself
    case Claim::nothing:
      break;
  }
  return false;
}

}  // namespace

std::span<const Rule* const> kind_rules() {
  return kRules;
}

void examine_any(source::Source& source, std::string_view name, Context& context) {
  const std::string head = bytes_at(source, 0, kHead);
  if (source.error()) {
    context.examination.add(kUnreadable, fmt::format("stopped: {}", source.error()->message));
    return;
  }
  const Kind kind = kind_of(head, source);
  const bool ends_as_zip = kind != Kind::zip && kind != Kind::empty && archive::ends_as_zip(source);
  const std::size_t before = context.examination.findings().size();
  if (!may_hold(name, kind) ||
      (kind != Kind::unknown && kind != Kind::empty && breaks(claim_of(name), kind))) {
    context.examination.add(kNotWhatItSays,
                            fmt::format("{} is {}", escape(name), artifacts::name(kind)),
                            {.offset = 0, .evidence = std::string_view(head).substr(0, 16)});
  }
  examine_as_another(source, head, name, kind, context);
  if (is_distributed(name, kind))
    context.examination.add(kDistributed, fmt::format("by the name {}", escape(name, 64)));
  switch (kind) {
    case Kind::empty:
      examine_empty(source, name, context);
      break;
    case Kind::safetensors:
      examine_safetensors(source, context);
      break;
    case Kind::gguf:
      examine_gguf(source, name, context);
      break;
    case Kind::npy:
      examine_npy(source, context);
      break;
    case Kind::zip:
      // Java and Python run what is in it by that name, whatever it is.
      if (hub::has_package_name(name))
        context.examination.add(hub::rule::kOtherCode, fmt::format("the name {}", escape(name)));
      examine_zip(source, name, context);
      break;
    case Kind::archive:
      examine_archive(source, context);
      break;
    case Kind::hdf5:
      examine_hdf5(source, context);
      break;
    case Kind::torch_legacy:
      examine_torch_legacy(source, context);
      break;
    case Kind::pickle:
      examine_pickle(source, name, context);
      break;
    case Kind::onnx:
      examine_onnx(source, context);
      break;
    case Kind::unknown:
      if (examine_unknown(source, head, name, context)) break;
      if (!ends_as_zip)
        context.examination.add(kUnknownKind, "begins with bytes that no format known here does",
                                {.offset = 0, .evidence = std::string_view(head).substr(0, 16)});
      else if (breaks(claim_of(name), Kind::zip))
        context.examination.add(kNotWhatItSays, fmt::format("{} is a zip archive", escape(name)));
      break;
  }
  if (ends_as_zip && is_another(kind, context.examination) &&
      !(context.examination.findings().size() == before && may_hold_zip(kind, source, context)))
    examine_zip(source, {}, context);
  if (source.error() && !context.examination.has(kUnreadable)) {
    context.examination.add(kUnreadable, fmt::format("stopped: {}", source.error()->message));
  }
}

void examine_member(source::Source& source, std::string_view name, Context& context) {
  const findings::Examination::Member member(context.examination, name);
  if (context.examination.depth() > kMaxDepth) {
    context.examination.add(kTooDeep, fmt::format("is more than {} containers deep", kMaxDepth));
    return;
  }
  Context inner = context;
  inner.facts = nullptr;
  examine_any(source, name, inner);
}

}  // namespace gh::artifacts
