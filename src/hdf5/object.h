#pragma once
// What the header of one object says of its links and its attributes, wherever they lie: in
// messages, in symbol tables, in fractal heaps. What cannot be read is told, and the rest is read
// on.

#include <functional>

#include "hdf5/attribute.h"
#include "hdf5/link.h"
#include "hdf5/object_header.h"

namespace gh::hdf5 {

using OnProblem = std::function<void(const Problem&)>;
using OnLink = std::function<void(const Link&, std::uint64_t address)>;  // of the link
using OnAttribute = std::function<void(const Attribute&)>;               // valid in the call

void read_links(File& file, const ObjectHeader& header, const OnLink& on_link,
                const OnProblem& on_problem);
void read_attributes(File& file, const ObjectHeader& header, const OnAttribute& on_attribute,
                     const OnProblem& on_problem);

}  // namespace gh::hdf5
