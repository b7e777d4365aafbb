// HDF5 files, as far as Keras and PyTables act on what they say.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "artifacts/keras.h"
#include "artifacts/keras_config.h"
#include "artifacts/keras_rules.h"
#include "base/text.h"
#include "hdf5/hdf5.h"
#include "pickle/pickle.h"
#include "source/reader.h"

namespace gh::artifacts {

namespace {

using Form = hdf5::Value::Form;

// What Keras reads as JSON.
bool is_config(std::string_view attribute) {
  return attribute == "model_config" || attribute == "training_config";
}

std::string read_value(source::Source& source, const hdf5::Value& value) {
  std::string text(static_cast<std::size_t>(std::min(value.size, kMaxKerasConfig)), '\0');
  text.resize(source.read_at(value.offset, text));
  return text;
}

// As h5py gives it.
std::string_view text_of(std::string_view bytes, Form form) {
  if (form == Form::variable_text) return bytes.substr(0, bytes.find('\0'));
  return bytes.substr(0, bytes.find_last_not_of('\0') + 1);
}

class Values {
 public:
  Values(source::Source& source, Context& context) : source_(source), context_(context) {}

  void examine(const hdf5::Value& value) {
    if (value.size > kMaxKerasConfig || value.attribute.empty()) return examine_data(value);
    const std::string bytes = read_value(source_, value);
    const std::string_view text = text_of(bytes, value.form);
    const bool is_text = value.form == Form::text || value.form == Form::variable_text;
    if (is_config(value.attribute) || (is_text && looks_like_json(text)))
      examine_json(value, is_text, text);
    if (value.attribute == "PSEUDOATOM" && text == "object")
      context_.examination.add(kHdf5PickledRows, place(value), {.offset = value.offset});
    // NumPy takes the NULs off the end of a text, too.
    const std::size_t end = is_text ? bytes.find_last_not_of('\0') + 1 : bytes.size();
    source::MemorySource memory(std::string_view(bytes).substr(0, end));
    examine_pickle(memory, value);
  }

 private:
  static std::string place(const hdf5::Value& value) {
    if (value.attribute.empty()) return fmt::format("\"{}\"", escape(value.object));
    return fmt::format("\"{}\" of \"{}\"", escape(value.attribute), escape(value.object));
  }

  static bool looks_like_json(std::string_view text) {
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    return at != std::string_view::npos && (text[at] == '{' || text[at] == '[');
  }

  void examine_json(const hdf5::Value& value, bool is_text, std::string_view text) {
    findings::Examination& examination = context_.examination;
    const findings::Examination::Member member(examination, value.attribute);
    json::Parser parser(kKerasLimits);
    const auto document = parser.parse(is_text ? text : std::string_view());
    if (document) {
      if (value.attribute == "model_config")
        judge_keras_weights(document->root(), source_.size(), examination);
      return judge_keras_config(document->root(), examination);
    }
    // Any text may begin like JSON; Keras would make something of a few.
    if (is_config(value.attribute) || text.contains("class_name"))
      examination.add(kKerasConfig, is_text ? document.error().message : "is no text",
                      {.offset = value.offset});
  }

  // The data of a dataset, or an attribute that is too long for a configuration.
  void examine_data(const hdf5::Value& value) {
    if (is_config(value.attribute))
      context_.examination.add(kKerasConfig,
                               fmt::format("{} is {} bytes long", place(value), value.size),
                               {.offset = value.offset});
    source::Slice slice(source_, value.offset, value.size);
    examine_pickle(slice, value);
  }

  void examine_pickle(source::Source& bytes, const hdf5::Value& value) {
    if (bytes.size() < 2 || !is_pickle(bytes, value)) return;
    context_.examination.add(kHdf5Pickle, place(value), {.offset = value.offset});
    const findings::Examination::Member member(
        context_.examination, value.attribute.empty() ? value.object : value.attribute);
    pickle::examine(bytes, pickle::Layout::stream, context_.options.profile, context_.examination);
  }

  static bool is_pickle(source::Source& bytes, const hdf5::Value& value) {
    if (value.form != Form::byte_numbers) return pickle::looks_like_pickle(bytes);
    // Weights of one byte may begin like one by chance, and then do not go on like one.
    std::array<char, 2> head{};
    if (bytes.read_at(0, head) < 2 || head[0] != '\x80' || head[1] < 2 || head[1] > 5) return false;
    findings::Examination unheard(0);
    return pickle::examine(bytes, pickle::Layout::single, pickle::Profile::data, unheard).complete;
  }

  source::Source& source_;
  Context& context_;
};

// `"class_name": "Lambda"` with white space as it may be; where it begins.
std::size_t find_lambda(std::string_view bytes) {
  constexpr std::string_view kKey = "\"class_name\"";
  for (std::size_t at = bytes.find(kKey); at != std::string_view::npos;
       at = bytes.find(kKey, at + 1)) {
    std::string_view rest = bytes.substr(at + kKey.size());
    const auto skip = [&](std::string_view set) {
      rest.remove_prefix(std::min(rest.find_first_not_of(set), rest.size()));
    };
    skip(" \t\r\n:");
    if (rest.starts_with("\"Lambda\"") || rest.starts_with("\"__lambda__\"")) return at;
  }
  return std::string_view::npos;
}

// All bytes, for what stands in them as it is.
void search_lambda(source::Source& source, findings::Examination& examination) {
  constexpr std::size_t kOverlap = 256;
  constexpr std::size_t kStep = source::Reader::kWindow / 2;
  source::Reader reader(source);
  while (reader.left() > 0) {
    const std::string_view bytes = reader.peek(std::min<std::uint64_t>(kStep, reader.left()));
    if (const std::size_t at = find_lambda(bytes); at != std::string_view::npos)
      return examination.add(kKerasLambda, "class Lambda in its configuration",
                             {.offset = reader.position() + at});
    if (bytes.size() <= kOverlap) return;
    reader.skip(bytes.size() - kOverlap);
    if (reader.left() <= kOverlap) return;
  }
}

// What stands before the superblock is another file to whoever goes by the first bytes.
void examine_user_block(source::Source& source, std::uint64_t size, Context& context) {
  source::Slice block(source, 0, size);
  source::Reader reader(block);
  std::uint64_t end = 0;
  while (reader.left() > 0) {
    const std::string_view bytes =
        reader.peek(std::min<std::uint64_t>(source::Reader::kWindow, reader.left()));
    if (bytes.empty()) break;
    if (const std::size_t last = bytes.find_last_not_of('\0'); last != std::string_view::npos)
      end = reader.position() + last + 1;
    reader.skip(bytes.size());
  }
  if (end == 0) return;
  source::Slice used(source, 0, end);
  examine_member(used, "user block", context);
}

}  // namespace

bool looks_like_hdf5(std::string_view head) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  if (head.starts_with(kSignature)) return true;
  // Behind a user block, whose length is a power of two from 512.
  for (std::size_t at = 512; at < head.size(); at *= 2)
    if (head.substr(at).starts_with(kSignature)) return true;
  return false;
}

void examine_hdf5(source::Source& source, Context& context) {
  context.examination.set_kind("HDF5 file");
  if (const auto base = hdf5::find_hdf5(source); base && *base > 0)
    examine_user_block(source, *base, context);
  Values values(source, context);
  const bool understood = hdf5::read_hdf5(source, context.examination,
                                          [&](const hdf5::Value& value) { values.examine(value); });
  if (!understood) search_lambda(source, context.examination);
}

}  // namespace gh::artifacts
