#pragma once
// Zip archives for tests, every field of every record open to change.

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gh::archive {

inline void put(std::string& out, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
}

inline std::string deflated(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  std::string in(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Record {
  std::string name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  std::string extra = {};
};

struct Entry {
  std::string content;
  Record local;
  Record central;
  std::uint16_t made_by = 0;
  std::uint32_t attributes = 0;
  std::optional<std::uint64_t> offset = std::nullopt;  // of the local header, when it is a lie
  std::string before = {};                             // bytes in front of the local header
  std::string after = {};                              // bytes behind the content
};

inline Entry stored(std::string name, std::string content) {
  Record record{.name = std::move(name),
                .crc = static_cast<std::uint32_t>(
                    crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size())),
                .packed = content.size(),
                .size = content.size()};
  return {.content = std::move(content), .local = record, .central = record};
}

inline Entry deflated(std::string name, const std::string& content) {
  Entry entry = stored(std::move(name), content);
  entry.content = deflated(content);
  for (Record* record : {&entry.local, &entry.central}) {
    record->method = 8;
    record->packed = entry.content.size();
  }
  return entry;
}

struct End {
  std::uint32_t entries_here;
  std::uint32_t entries;
  std::uint32_t size;
  std::uint32_t offset;
  std::string comment = {};
  std::string zip64 = {};  // bytes between the directory and the end record
  std::string after = {};
  std::string before_directory = {};
};

inline std::string zip(const std::vector<Entry>& entries,
                       const std::function<void(End&)>& change = {}) {
  std::string out;
  std::string directory;
  for (const Entry& entry : entries) {
    out += entry.before;
    const std::uint64_t offset = entry.offset.value_or(out.size());
    const Record& l = entry.local;
    put(out, 0x04034b50, 4);
    put(out, 20, 2);
    put(out, l.flags, 2);
    put(out, l.method, 2);
    put(out, 0, 4);
    put(out, l.crc, 4);
    put(out, l.packed, 4);
    put(out, l.size, 4);
    put(out, l.name.size(), 2);
    put(out, l.extra.size(), 2);
    out += l.name + l.extra + entry.content + entry.after;
    const Record& c = entry.central;
    put(directory, 0x02014b50, 4);
    put(directory, entry.made_by, 2);
    put(directory, 20, 2);
    put(directory, c.flags, 2);
    put(directory, c.method, 2);
    put(directory, 0, 4);
    put(directory, c.crc, 4);
    put(directory, c.packed, 4);
    put(directory, c.size, 4);
    put(directory, c.name.size(), 2);
    put(directory, c.extra.size(), 2);
    put(directory, 0, 6);
    put(directory, entry.attributes, 4);
    put(directory, offset, 4);
    directory += c.name + c.extra;
  }
  End end{.entries_here = static_cast<std::uint32_t>(entries.size()),
          .entries = static_cast<std::uint32_t>(entries.size()),
          .size = static_cast<std::uint32_t>(directory.size()),
          .offset = static_cast<std::uint32_t>(out.size())};
  if (change) change(end);
  out += end.before_directory + directory + end.zip64;
  put(out, 0x06054b50, 4);
  put(out, 0, 4);
  put(out, end.entries_here, 2);
  put(out, end.entries, 2);
  put(out, end.size, 4);
  put(out, end.offset, 4);
  put(out, end.comment.size(), 2);
  return out + end.comment + end.after;
}

// A zip64 record and its locator, which says that the record is at `located`.
inline std::string zip64_end(std::uint64_t entries, std::uint64_t size, std::uint64_t directory,
                             std::uint64_t located) {
  std::string out;
  put(out, 0x06064b50, 4);
  put(out, 44, 8);
  put(out, 45, 2);
  put(out, 45, 2);
  put(out, 0, 8);
  put(out, entries, 8);
  put(out, entries, 8);
  put(out, size, 8);
  put(out, directory, 8);
  put(out, 0x07064b50, 4);
  put(out, 0, 4);
  put(out, located, 8);
  put(out, 1, 4);
  return out;
}

}  // namespace gh::archive
