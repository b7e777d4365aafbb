#include "hdf5/object_header.h"

#include <fmt/format.h>

#include <unordered_set>

#include "hdf5/checksum.h"

namespace gh::hdf5 {

namespace {

constexpr std::uint64_t kShared = 0x02;  // of a message's flags

class HeaderReader {
 public:
  explicit HeaderReader(File& file) : file_(file) {}

  Read<ObjectHeader> read(std::uint64_t address) {
    const auto signature = file_.read(address, 4, "an object header");
    if (!signature) return std::unexpected(signature.error());
    auto first = *signature == "OHDR" ? read_new(address) : read_old(address, *signature);
    if (!first) return std::unexpected(std::move(first.error()));
    for (std::size_t i = 0; i < continuations_.size(); ++i) {
      const Range block = continuations_[i];
      if (!seen_.insert(block.address).second)
        return file_.broken(block.address, "an object header continues in a circle");
      auto read = read_continuation(block);
      if (!read) return std::unexpected(std::move(read.error()));
    }
    return std::move(header_);
  }

 private:
  Read<> read_old(std::uint64_t address, std::string_view head) {
    if (head[0] != '\1')
      return file_.broken(address, "there is no object header of version 1 or 2");
    auto prefix = file_.read(address, 16, "an object header");
    if (!prefix) return std::unexpected(std::move(prefix.error()));
    Fields fields(*prefix, file_);
    fields.skip(8);
    const std::uint64_t size = fields.number(4);
    return read_continuation({address + 16, size});
  }

  Read<> read_new(std::uint64_t address) {
    new_form_ = true;
    auto prefix = file_.read(address, 6, "an object header");
    if (!prefix) return std::unexpected(std::move(prefix.error()));
    Fields fields(*prefix, file_);
    fields.skip(4);
    if (const auto version = fields.number(1); version != 2)
      return file_.broken(address, fmt::format("an object header of version {}", version));
    const std::uint64_t flags = fields.number(1);
    has_order_ = (flags & 0x04) != 0;
    const std::uint64_t width = std::uint64_t{1} << (flags & 0x03);
    const std::uint64_t before =
        6 + ((flags & 0x20) != 0 ? 16u : 0u) + ((flags & 0x10) != 0 ? 4u : 0u) + width;
    auto head = file_.read(address, before, "an object header");
    if (!head) return std::unexpected(std::move(head.error()));
    Fields sized(*head, file_);
    sized.skip(before - width);
    const std::uint64_t size = sized.number(width);
    if (!file_.holds(address, size))
      return file_.broken(address, "an object header lies outside the file");
    return read_sealed({address, before + size + 4}, before);
  }

  Read<> read_continuation(Range block) {
    if (new_form_) return read_sealed(block, 4);
    auto bytes = file_.read(block.address, block.size, "a block of an object header");
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    header_.blocks.push_back(std::move(*bytes));
    return read_messages(header_.blocks.back(), block.address);
  }

  // A block that begins with `before` bytes of its own, and ends with a checksum.
  Read<> read_sealed(Range block, std::uint64_t before) {
    auto bytes = file_.read(block.address, block.size, "a block of an object header");
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    const bool first = header_.blocks.empty();
    if (bytes->size() < before + 4 || !bytes->starts_with(first ? "OHDR" : "OCHK"))
      return file_.broken(block.address, "a block of an object header has no signature");
    if (!is_sealed(*bytes))
      return file_.broken(block.address, "a block of an object header has a wrong checksum");
    header_.blocks.push_back(std::move(*bytes));
    const auto skipped = static_cast<std::size_t>(before);
    const std::string_view all = header_.blocks.back();
    return read_messages(all.substr(skipped, all.size() - skipped - 4), block.address + before);
  }

  Read<> read_messages(std::string_view block, std::uint64_t address) {
    const std::size_t head = new_form_ ? (has_order_ ? 6 : 4) : 8;
    Fields fields(block, file_);
    while (fields.left() >= head) {
      const std::uint64_t at = address + fields.at();
      const std::uint64_t type = fields.number(new_form_ ? 1 : 2);
      const std::uint64_t size = fields.number(2);
      const std::uint64_t flags = fields.number(1);
      fields.skip(head - (new_form_ ? 4 : 5));
      const std::uint64_t bytes_at = address + fields.at();
      const std::string_view bytes = fields.bytes(size);
      if (!fields.ok() || (!new_form_ && size % 8 != 0))
        return file_.broken(at, "a message does not fit into its object header");
      if (type == 0x09 || type > static_cast<std::uint64_t>(MessageType::cache_image))
        return file_.broken(at, fmt::format("a message of type {}", type));
      const auto known = static_cast<MessageType>(type);
      if (known == MessageType::nothing) continue;
      if (known != MessageType::continuation) {
        header_.messages.push_back({known, (flags & kShared) != 0, bytes, bytes_at});
        continue;
      }
      Fields where(bytes, file_);
      const std::uint64_t to = where.address();
      const std::uint64_t length = where.length();
      if (!where.ok()) return file_.broken(at, "a continuation is cut");
      continuations_.push_back({to, length});
    }
    if (!new_form_ && fields.left() > 0)
      return file_.broken(address, "bytes are left over in an object header");
    return {};
  }

  File& file_;
  ObjectHeader header_;
  std::vector<Range> continuations_;
  std::unordered_set<std::uint64_t> seen_;
  bool new_form_ = false;
  bool has_order_ = false;  // messages carry when they were made
};

}  // namespace

Read<ObjectHeader> read_object_header(File& file, std::uint64_t address) {
  return HeaderReader(file).read(address);
}

}  // namespace gh::hdf5
