#pragma once
// The opcodes of pickle protocols 0 to 5, as in CPython's Lib/pickle.py.

#include <array>
#include <cstdint>
#include <string_view>

namespace gh::pickle {

enum class Opcode : std::uint8_t {
  mark = '(',
  stop = '.',
  pop = '0',
  pop_mark = '1',
  dup = '2',
  float_ = 'F',
  int_ = 'I',
  binint = 'J',
  binint1 = 'K',
  long_ = 'L',
  binint2 = 'M',
  none = 'N',
  persid = 'P',
  binpersid = 'Q',
  reduce = 'R',
  string = 'S',
  binstring = 'T',
  short_binstring = 'U',
  unicode = 'V',
  binunicode = 'X',
  append = 'a',
  build = 'b',
  global = 'c',
  dict = 'd',
  empty_dict = '}',
  appends = 'e',
  get = 'g',
  binget = 'h',
  inst = 'i',
  long_binget = 'j',
  list = 'l',
  empty_list = ']',
  obj = 'o',
  put = 'p',
  binput = 'q',
  long_binput = 'r',
  setitem = 's',
  tuple = 't',
  empty_tuple = ')',
  setitems = 'u',
  binfloat = 'G',
  proto = 0x80,
  newobj = 0x81,
  ext1 = 0x82,
  ext2 = 0x83,
  ext4 = 0x84,
  tuple1 = 0x85,
  tuple2 = 0x86,
  tuple3 = 0x87,
  newtrue = 0x88,
  newfalse = 0x89,
  long1 = 0x8a,
  long4 = 0x8b,
  binbytes = 'B',
  short_binbytes = 'C',
  short_binunicode = 0x8c,
  binunicode8 = 0x8d,
  binbytes8 = 0x8e,
  empty_set = 0x8f,
  additems = 0x90,
  frozenset = 0x91,
  newobj_ex = 0x92,
  stack_global = 0x93,
  memoize = 0x94,
  frame = 0x95,
  bytearray8 = 0x96,
  next_buffer = 0x97,
  readonly_buffer = 0x98,
};

// What follows the opcode's byte.
enum class Argument : std::uint8_t {
  unknown,   // no such opcode
  none,      // nothing
  byte,      // unsigned, little-endian, as are all
  two,       //
  four,      //
  eight,     //
  counted1,  // a length of 1 byte, then so many bytes
  counted4,  // of 4
  counted8,  // of 8
  line,      // up to a newline
  lines,     // two of them
};

struct OpcodeFacts {
  std::string_view name = {};
  Argument argument = Argument::unknown;
  // PyTorch's weights_only unpickler has it (the 34 opcodes of 2.13).
  bool in_weights_only = false;
};

consteval std::array<OpcodeFacts, 256> opcode_table() {
  std::array<OpcodeFacts, 256> table{};
  const auto row = [&](Opcode opcode, std::string_view name, Argument argument, bool weights) {
    table[static_cast<std::size_t>(opcode)] = {name, argument, weights};
  };
  using enum Opcode;
  row(mark, "MARK", Argument::none, true);
  row(stop, "STOP", Argument::none, true);
  row(pop, "POP", Argument::none, false);
  row(pop_mark, "POP_MARK", Argument::none, false);
  row(dup, "DUP", Argument::none, false);
  row(float_, "FLOAT", Argument::line, false);
  row(int_, "INT", Argument::line, false);
  row(binint, "BININT", Argument::four, true);
  row(binint1, "BININT1", Argument::byte, true);
  row(long_, "LONG", Argument::line, false);
  row(binint2, "BININT2", Argument::two, true);
  row(none, "NONE", Argument::none, true);
  row(persid, "PERSID", Argument::line, false);
  row(binpersid, "BINPERSID", Argument::none, true);
  row(reduce, "REDUCE", Argument::none, true);
  row(string, "STRING", Argument::line, false);
  row(binstring, "BINSTRING", Argument::counted4, false);
  row(short_binstring, "SHORT_BINSTRING", Argument::counted1, true);
  row(unicode, "UNICODE", Argument::line, false);
  row(binunicode, "BINUNICODE", Argument::counted4, true);
  row(append, "APPEND", Argument::none, true);
  row(build, "BUILD", Argument::none, true);
  row(global, "GLOBAL", Argument::lines, true);
  row(dict, "DICT", Argument::none, false);
  row(empty_dict, "EMPTY_DICT", Argument::none, true);
  row(appends, "APPENDS", Argument::none, true);
  row(get, "GET", Argument::line, false);
  row(binget, "BINGET", Argument::byte, true);
  row(inst, "INST", Argument::lines, false);
  row(long_binget, "LONG_BINGET", Argument::four, true);
  row(list, "LIST", Argument::none, false);
  row(empty_list, "EMPTY_LIST", Argument::none, true);
  row(obj, "OBJ", Argument::none, false);
  row(put, "PUT", Argument::line, false);
  row(binput, "BINPUT", Argument::byte, true);
  row(long_binput, "LONG_BINPUT", Argument::four, true);
  row(setitem, "SETITEM", Argument::none, true);
  row(tuple, "TUPLE", Argument::none, true);
  row(empty_tuple, "EMPTY_TUPLE", Argument::none, true);
  row(setitems, "SETITEMS", Argument::none, true);
  row(binfloat, "BINFLOAT", Argument::eight, true);
  row(proto, "PROTO", Argument::byte, true);
  row(newobj, "NEWOBJ", Argument::none, true);
  row(ext1, "EXT1", Argument::byte, false);
  row(ext2, "EXT2", Argument::two, false);
  row(ext4, "EXT4", Argument::four, false);
  row(tuple1, "TUPLE1", Argument::none, true);
  row(tuple2, "TUPLE2", Argument::none, true);
  row(tuple3, "TUPLE3", Argument::none, true);
  row(newtrue, "NEWTRUE", Argument::none, true);
  row(newfalse, "NEWFALSE", Argument::none, true);
  row(long1, "LONG1", Argument::counted1, true);
  row(long4, "LONG4", Argument::counted4, false);
  row(binbytes, "BINBYTES", Argument::counted4, false);
  row(short_binbytes, "SHORT_BINBYTES", Argument::counted1, false);
  row(short_binunicode, "SHORT_BINUNICODE", Argument::counted1, false);
  row(binunicode8, "BINUNICODE8", Argument::counted8, false);
  row(binbytes8, "BINBYTES8", Argument::counted8, false);
  row(empty_set, "EMPTY_SET", Argument::none, true);
  row(additems, "ADDITEMS", Argument::none, false);
  row(frozenset, "FROZENSET", Argument::none, false);
  row(newobj_ex, "NEWOBJ_EX", Argument::none, false);
  row(stack_global, "STACK_GLOBAL", Argument::none, false);
  row(memoize, "MEMOIZE", Argument::none, false);
  row(frame, "FRAME", Argument::eight, false);
  row(bytearray8, "BYTEARRAY8", Argument::counted8, false);
  row(next_buffer, "NEXT_BUFFER", Argument::none, false);
  row(readonly_buffer, "READONLY_BUFFER", Argument::none, false);
  return table;
}

inline constexpr std::array<OpcodeFacts, 256> kOpcodes = opcode_table();

// Bytes of a fixed argument, or `kNotFixed`.
inline constexpr std::uint8_t kNotFixed = 0xff;

consteval std::array<std::uint8_t, 256> fixed_sizes() {
  std::array<std::uint8_t, 256> sizes{};
  for (std::size_t i = 0; i < sizes.size(); ++i) switch (kOpcodes[i].argument) {
      case Argument::none:
        sizes[i] = 0;
        break;
      case Argument::byte:
        sizes[i] = 1;
        break;
      case Argument::two:
        sizes[i] = 2;
        break;
      case Argument::four:
        sizes[i] = 4;
        break;
      case Argument::eight:
        sizes[i] = 8;
        break;
      default:
        sizes[i] = kNotFixed;
    }
  return sizes;
}

inline constexpr std::array<std::uint8_t, 256> kFixedSizes = fixed_sizes();

inline const OpcodeFacts& facts(Opcode opcode) {
  return kOpcodes[static_cast<std::size_t>(opcode)];
}

}  // namespace gh::pickle
