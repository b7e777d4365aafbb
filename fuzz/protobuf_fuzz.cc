// gh-link: gh_artifacts
// The two walkers over protobuf fields say the same of any bytes, and neither leaves them.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "artifacts/protobuf.h"
#include "base/check.h"
#include "hub/wire.h"

namespace {

// Fields of fields too, as deep as they are nested; `bytes` begins at `begin` of the source.
void compare(gh::artifacts::ProtobufReader& reader, std::string_view bytes, std::uint64_t begin,
             int depth) {
  gh::hub::Wire wire(bytes);
  const std::uint64_t end = begin + bytes.size();
  for (;;) {
    const auto one = wire.next();
    const auto other = reader.next(end);
    GH_CHECK(one.has_value() == other.has_value());
    if (!one) break;
    GH_CHECK(one->number == other->number && one->value == other->value);
    GH_CHECK(one->delimited == other->is_bytes());
    GH_CHECK(other->begin >= begin && other->begin <= other->end && other->end <= end);
    GH_CHECK(other->end - other->begin == one->bytes.size());
    GH_CHECK(one->bytes == bytes.substr(other->begin - begin, one->bytes.size()));
    if (!one->delimited) continue;
    if (depth < 8 && (one->number & 1) != 0) {
      gh::source::MemorySource inside(one->bytes);
      gh::artifacts::ProtobufReader own(inside);
      compare(own, one->bytes, 0, depth + 1);
    }
    if ((one->number & 2) != 0)
      GH_CHECK(reader.text(*other, 64) == one->bytes.substr(0, 64));
    else
      reader.skip(*other);
    GH_CHECK(reader.position() == other->end);
  }
  GH_CHECK(wire.broken() == reader.broken());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  gh::source::MemorySource source(bytes);
  gh::artifacts::ProtobufReader reader(source);
  compare(reader, bytes, 0, 0);
  return 0;
}
