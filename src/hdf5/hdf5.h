#pragma once
// HDF5 files (File Format Specification 3.0; HDF5 1.8 to 1.14): every object that can be reached,
// where its links lead, what its attributes say, where its data lies. Weights themselves are not
// read. Rules KER-006 to KER-016.

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "findings/examination.h"
#include "source/source.h"

namespace gh::hdf5 {

// A value that whoever examines what a file means may want to read.
struct Value {
  enum class Form : std::uint8_t {
    text,           // of a fixed size, filled up with NULs or spaces
    variable_text,  // ends at its first NUL, to C and so to h5py
    bytes,          // opaque, or a sequence that may be bytes
    byte_numbers,   // numbers of one byte
    other,          // nothing that can be text: `size` is 0
  };
  std::string_view object;     // its path: "/model_weights/dense"; a long one is cut
  std::string_view attribute;  // its name; empty for the data of a dataset
  Form form;
  std::uint64_t offset;  // in the source
  std::uint64_t size;    // bytes
};
using OnValue = std::function<void(const Value&)>;

// Offset of the superblock: 0, or 512 and its doubles behind a block that somebody else wrote.
// Nothing where there is none.
std::optional<std::uint64_t> find_hdf5(source::Source& source);

// `on_value` is called for every text, and for every other attribute once; of datasets only for
// texts and bytes that lie in one piece. False when something was not understood, which was a
// finding.
bool read_hdf5(source::Source& source, findings::Examination& examination, const OnValue& on_value);

std::span<const findings::Rule* const> hdf5_rules();

}  // namespace gh::hdf5
