#include "hdf5/hdf5.h"

#include <fmt/format.h>

#include <array>
#include <deque>
#include <unordered_set>
#include <vector>

#include "base/text.h"
#include "hdf5/chunks.h"
#include "hdf5/global_heap.h"
#include "hdf5/object.h"
#include "hdf5/rules.h"
#include "hdf5/storage.h"
#include "hdf5/superblock.h"

namespace gh::hdf5 {

namespace {

using findings::Rule;

constexpr std::array kRules = {&kNotUnderstood, &kTooMuch,  &kExternalLink, &kExternalData,
                               &kVirtual,       &kPlugin,   &kUserLink,     &kUserBlock,
                               &kTrailing,      &kSoftLink, &kBomb,         &kChunks};

constexpr std::size_t kMostObjects = 1'000'000;
constexpr std::size_t kDeepest = 256;  // groups inside each other
// Of a path, in bytes: more than a report shows. The names of groups may be long, and a million
// objects lie in them.
constexpr std::size_t kMostPath = 1024;

class Walk {
 public:
  Walk(source::Source& source, std::uint64_t base, findings::Examination& examination,
       const OnValue& on_value)
      : source_(source),
        file_(source, base),
        heaps_(file_),
        examination_(examination),
        on_value_(on_value),
        on_problem_([this](const Problem& problem) { tell(problem); }) {}

  bool run() {
    const auto block = read_superblock(file_);
    if (!block) {
      tell(block.error());
      return false;
    }
    if (block->driver != kUndefined)
      tell({"its parts are kept by another driver", file_.offset(block->driver)});
    if (block->end < source_.size())
      examination_.add(kTrailing, fmt::format("{} bytes follow", source_.size() - block->end),
                       {.offset = block->end, .length = source_.size() - block->end});
    if (block->extension != kUndefined) read_extension(block->extension);
    objects_.push_back({block->root, 0, 0, ""});
    seen_.insert(block->root);
    cached_ = block->cached;
    // The list grows while it is walked over.
    for (at_ = 0; at_ < objects_.size() && !stopped_; ++at_) read_object();
    return understood_;
  }

 private:
  struct Object {
    std::uint64_t address;
    std::size_t parent;  // in `objects_`; the root is its own
    std::size_t depth;
    std::string name;
  };

  void tell(const Problem& problem) {
    understood_ = false;
    if (problem.limit) stopped_ = true;
    note(problem.limit ? kTooMuch : kNotUnderstood, problem.offset,
         [&] { return fmt::format("{}: {}", here(), problem.message); });
  }

  // Texts are made only for what is kept: there may be a million.
  template <class Message>
  void note(const Rule& rule, std::uint64_t offset, Message&& message) {
    const bool kept = examination_.count(rule) < findings::Examination::kKeptPerRule;
    examination_.add(rule, kept ? std::string(message()) : std::string(), {.offset = offset});
  }

  std::string path() const {
    std::vector<std::string_view> names;
    for (std::size_t i = at_; i != 0; i = objects_[i].parent) names.push_back(objects_[i].name);
    if (names.empty()) return "/";
    std::string path;
    for (auto name = names.rbegin(); name != names.rend() && path.size() < kMostPath; ++name)
      path.append("/").append(name->substr(0, kMostPath));
    return path;
  }
  std::string here() const { return fmt::format("\"{}\"", escape(path())); }

  // Messages about the whole file. Some say that structures are not where they seem to be.
  void read_extension(std::uint64_t address) {
    const auto header = read_object_header(file_, address);
    if (!header) return tell(header.error());
    for (const Message& message : header->messages) {
      const bool elsewhere = message.type == MessageType::driver_info ||
                             message.type == MessageType::shared_table ||
                             message.type == MessageType::cache_image;
      if (elsewhere || message.shared)
        tell({fmt::format("a message of type {} about the whole file",
                          static_cast<unsigned>(message.type)),
              file_.offset(message.address)});
    }
  }

  void read_object() {
    const auto header = read_object_header(file_, objects_[at_].address);
    if (!header) return tell(header.error());
    if (at_ == 0 && cached_) check_cached(*header);
    object_path_ = path();
    read_links(
        file_, *header, [this](const Link& link, std::uint64_t at) { follow(link, at); },
        on_problem_);
    read_attributes(
        file_, *header, [this](const Attribute& attribute) { show(attribute); }, on_problem_);
    read_storage(*header);
  }

  // The library falls back on what the superblock says of the root when its header is broken.
  void check_cached(const ObjectHeader& header) {
    bool has_table = false;  // and no links in another form instead
    for (const Message& message : header.messages) {
      if (message.type != MessageType::symbol_table) continue;
      has_table = true;
      Fields fields(message.bytes, file_);
      const std::uint64_t tree = fields.address();
      if (std::pair(tree, fields.address()) == *cached_) return;
    }
    if (has_table) tell({"the superblock says that the root is elsewhere", file_.base()});
  }

  void follow(const Link& link, std::uint64_t address) {
    const std::uint64_t at = file_.offset(address);
    const auto name = [&] { return fmt::format("\"{}\" in {}", escape(link.name), here()); };
    switch (link.kind) {
      case Link::Kind::soft:
        return note(kSoftLink, at, name);
      case Link::Kind::external:
        return note(kExternalLink, at, [&] {
          return fmt::format("{} is \"{}\" of the file \"{}\"", name(), escape(link.object),
                             escape(link.file));
        });
      case Link::Kind::user_defined:
        return note(kUserLink, at,
                    [&] { return fmt::format("{} is of type {}", name(), link.type); });
      case Link::Kind::hard:
        break;
    }
    if (!seen_.insert(link.target).second) return;
    const std::size_t depth = objects_[at_].depth + 1;
    if (objects_.size() >= kMostObjects || depth > kDeepest) {
      tell({objects_.size() >= kMostObjects ? "there are more than a million objects"
                                            : "groups are more than 256 deep",
            at, true});
      return;
    }
    objects_.push_back({link.target, at_, depth, link.name});
  }

  void show(const Attribute& attribute) {
    const Range data{attribute.address, attribute.data.size()};
    show(attribute.name, attribute.type, attribute.elements, data, attribute.data);
  }

  // `data`: where the elements are; `bytes`: the same, where they are references.
  void show(std::string_view name, const Datatype& type, std::uint64_t elements, Range data,
            std::string_view bytes) {
    using Form = Datatype::Form;
    const auto value = [&](Value::Form form, std::uint64_t address, std::uint64_t size) {
      on_value_({object_path_, name, form, file_.offset(address), size});
    };
    const bool by_reference =
        type.form == Form::variable_text || type.form == Form::variable_values;
    if (by_reference && elements > 0) return show_referred(name, type, elements, data, bytes);
    if (type.form == Form::byte && data.size > 0)
      return value(Value::Form::byte_numbers, data.address, data.size);
    if ((type.form != Form::text && type.form != Form::opaque) || data.size == 0)
      return value(Value::Form::other, data.address, 0);
    const auto form = type.form == Form::text ? Value::Form::text : Value::Form::bytes;
    // What lies in a dataset is shown whole: there may be millions.
    if (name.empty()) return value(form, data.address, data.size);
    for (std::uint64_t at = 0; at < data.size; at += type.size)
      value(form, data.address + at, type.size);
  }

  void show_referred(std::string_view name, const Datatype& type, std::uint64_t elements,
                     Range data, std::string_view bytes) {
    if (type.size != 8 + file_.address_width)
      return tell({"a reference to a value has another size", file_.offset(data.address)});
    const bool text = type.form == Datatype::Form::variable_text;
    Fields fields(bytes, file_);
    for (std::uint64_t i = 0; i < elements && !stopped_; ++i) {
      const std::uint64_t length = fields.number(4);
      const std::uint64_t heap = fields.address();
      const std::uint64_t index = fields.number(4);
      Range value{0, 0};
      if (length > 0 && heap != kUndefined && heap != 0) {
        const auto found = heaps_.find(heap, index);
        if (!found) return tell(found.error());
        value = *found;
        if (text && length > value.size)
          return tell({"a text is longer than its place", file_.offset(value.address)});
        if (text) value.size = length;
        if (const auto spent = file_.spend(value.size, value.address); !spent)
          return tell(spent.error());
      }
      on_value_({object_path_, name, text ? Value::Form::variable_text : Value::Form::bytes,
                 file_.offset(value.address), value.size});
    }
  }

  // What the header says of a dataset's data.
  struct Data {
    std::optional<Datatype> type;
    std::optional<std::uint64_t> elements;
    std::optional<Layout> layout;
  };

  void read_storage(const ObjectHeader& header) {
    Data data;
    for (const Message& message : header.messages)
      if (auto read = read_message(message, data); !read) tell(read.error());
    if (data.layout && data.layout->kind == Layout::Kind::virtual_data)
      note(kVirtual, file_.offset(objects_[at_].address), [&] { return here(); });
    if (data.layout)
      if (auto read = check_chunks(file_, data.layout->index); !read) tell(read.error());
    if (data.type && data.elements && data.layout)
      check_data(*data.type, *data.elements, *data.layout);
  }

  Read<> read_message(const Message& message, Data& data) {
    const std::string_view bytes = message.bytes;
    const std::uint64_t address = message.address;
    const auto take = [&](auto read, auto& into) -> Read<> {
      if (!read) return std::unexpected(std::move(read.error()));
      if (into) return file_.broken(address, "an object has one message twice");
      into = std::move(*read);
      return {};
    };
    if (message.type == MessageType::datatype)
      return take(read_datatype(file_, bytes, message.shared, address), data.type);
    const bool matters =
        message.type == MessageType::dataspace || message.type == MessageType::layout ||
        message.type == MessageType::filters || message.type == MessageType::external_files;
    if (matters && message.shared)
      return file_.broken(address, "a message that is shared with other objects");
    if (message.type == MessageType::dataspace)
      return take(parse_dataspace(file_, bytes, address), data.elements);
    if (message.type == MessageType::layout)
      return take(parse_layout(file_, bytes, address), data.layout);
    if (message.type == MessageType::filters) {
      const auto filters = parse_filters(file_, bytes, address);
      if (!filters) return std::unexpected(filters.error());
      for (const Filter& filter : *filters) {
        if (is_known_filter(filter.number)) continue;
        note(kPlugin, file_.offset(address), [&] {
          return fmt::format("filter {} \"{}\" of {}", filter.number, escape(filter.name), here());
        });
      }
    }
    if (message.type == MessageType::external_files) {
      const auto names = read_external_files(file_, bytes, address);
      if (!names) return std::unexpected(names.error());
      for (const std::string& name : *names)
        note(kExternalData, file_.offset(address),
             [&] { return fmt::format("{} takes its bytes from \"{}\"", here(), escape(name)); });
    }
    return {};
  }

  void check_data(const Datatype& type, std::uint64_t elements, const Layout& layout) {
    constexpr std::uint64_t kBombFloor = std::uint64_t{4} << 30;  // as Keras has it
    constexpr std::uint64_t kBombRatio = 1000;
    const std::uint64_t at = file_.offset(objects_[at_].address);
    std::uint64_t size = 0;
    if (__builtin_mul_overflow(elements, type.size, &size))
      return tell({"the size of a dataset does not fit into 64 bits", at});
    if (size > kBombFloor && size / kBombRatio > source_.size())
      note(kBomb, at, [&] { return fmt::format("{} has {} bytes", here(), size); });
    using Form = Datatype::Form;
    const bool weights = type.form == Form::number || type.form == Form::other;
    if (layout.kind == Layout::Kind::chunked && !weights && size > 0)
      note(kChunks, at, [&] { return here(); });
    if (layout.kind != Layout::Kind::compact && layout.kind != Layout::Kind::contiguous) return;
    if (layout.data.address == kUndefined || size == 0) return;
    if (size > layout.data.size || !file_.holds(layout.data.address, size))
      return tell({fmt::format("a dataset of {} bytes lies outside the file", size), at});
    const Range data{layout.data.address, size};
    if (type.form == Form::variable_text || type.form == Form::variable_values) {
      const auto bytes = file_.read(data.address, data.size, "a dataset");
      if (!bytes) return tell(bytes.error());
      show("", type, elements, data, *bytes);
    } else if (!weights) {
      show("", type, elements, data, {});
    }
  }

  source::Source& source_;
  File file_;
  GlobalHeaps heaps_;
  findings::Examination& examination_;
  const OnValue& on_value_;
  const OnProblem on_problem_;
  std::deque<Object> objects_;
  std::unordered_set<std::uint64_t> seen_;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> cached_;
  std::size_t at_ = 0;  // the object that is read
  std::string object_path_;
  bool understood_ = true;
  bool stopped_ = false;
};

}  // namespace

std::optional<std::uint64_t> find_hdf5(source::Source& source) {
  return find_superblock(source);
}

bool read_hdf5(source::Source& source, findings::Examination& examination,
               const OnValue& on_value) {
  const auto base = find_hdf5(source);
  if (!base) {
    examination.add(kNotUnderstood, "there is no superblock");
    return false;
  }
  if (*base > 0)
    examination.add(kUserBlock, fmt::format("{} bytes", *base), {.offset = 0, .length = base});
  return Walk(source, *base, examination, on_value).run();
}

std::span<const Rule* const> hdf5_rules() {
  return kRules;
}

}  // namespace gh::hdf5
