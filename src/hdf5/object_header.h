#pragma once
// Object headers, versions 1 and 2 (specification IV.A): the messages that say what an object is.

#include <deque>
#include <string>
#include <vector>

#include "hdf5/file.h"

namespace gh::hdf5 {

enum class MessageType : std::uint16_t {
  nothing = 0x00,
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  fill_value_old = 0x04,
  fill_value = 0x05,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  group_info = 0x0A,
  filters = 0x0B,
  attribute = 0x0C,
  comment = 0x0D,
  modified_old = 0x0E,
  shared_table = 0x0F,
  continuation = 0x10,
  symbol_table = 0x11,
  modified = 0x12,
  btree_ranks = 0x13,
  driver_info = 0x14,
  attribute_info = 0x15,
  reference_count = 0x16,
  file_space = 0x17,
  cache_image = 0x18,
};

struct Message {
  MessageType type;
  bool shared;             // the bytes say where it is instead
  std::string_view bytes;  // of its `ObjectHeader`
  std::uint64_t address;   // of the bytes
};

struct ObjectHeader {
  std::deque<std::string> blocks;
  std::vector<Message> messages;  // without continuations
};

// Every message of every block.
Read<ObjectHeader> read_object_header(File& file, std::uint64_t address);

}  // namespace gh::hdf5
