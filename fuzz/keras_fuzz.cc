// gh-link: gh_artifacts
// A Keras configuration in a zip, and the same bytes in an HDF5 file: they are judged, no object of
// the class Lambda passes, and what is said lies inside the bytes. The first byte chooses.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "archive/zip.h"
#include "artifacts/examine.h"
#include "artifacts/keras.h"
#include "base/check.h"
#include "base/text.h"
#include "json/json.h"

namespace {

constexpr std::uint64_t kWork = 1 << 24;

std::string little(std::uint64_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (crc % 2 != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

// A stored zip of these members.
std::string zip(const std::array<std::pair<std::string_view, std::string_view>, 2>& members) {
  std::string out;
  std::string directory;
  for (const auto& [name, content] : members) {
    const std::string common = little(0, 2) + little(0, 2) + little(0, 4) +
                               little(checksum(content), 4) + little(content.size(), 4) +
                               little(content.size(), 4) + little(name.size(), 2) + little(0, 2);
    directory += "PK\1\2" + little(20, 2) + little(20, 2) + common + little(0, 2) + little(0, 2) +
                 little(0, 2) + little(0, 4) + little(out.size(), 4) + std::string(name);
    out += "PK\3\4" + little(20, 2) + common + std::string(name) + std::string(content);
  }
  return out + directory + "PK\5\6" + little(0, 4) + little(2, 2) + little(2, 2) +
         little(directory.size(), 4) + little(out.size(), 4) + little(0, 2);
}

bool has_lambda(gh::json::Value value, int depth = 0) {
  if (depth > 400) return false;
  const gh::json::Value name = value["class_name"];
  if (name.is_string() && name.string() == "Lambda") return true;
  for (const auto& [key, member] : value.members())
    if (has_lambda(member, depth + 1)) return true;
  for (const gh::json::Value element : value.elements())
    if (has_lambda(element, depth + 1)) return true;
  return false;
}

void examine_whole(std::string_view bytes, std::string_view name,
                   gh::findings::Examination& examination) {
  gh::source::MemorySource source(bytes);
  const gh::artifacts::Options options;
  gh::artifacts::Context context{.examination = examination, .options = options};
  gh::artifacts::examine_any(source, name, context);
  for (const gh::findings::Finding& finding : examination.findings()) {
    GH_CHECK(gh::is_utf8(finding.message) && gh::is_utf8(finding.evidence));
    GH_CHECK(!finding.offset || *finding.offset <= bytes.size());
  }
}

bool found(const gh::findings::Examination& examination, std::string_view id) {
  for (const gh::findings::Finding& finding : examination.findings())
    if (finding.rule->id == id) return true;
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  gh::findings::Examination examination(kWork);
  if (data[0] % 4 == 0) {
    const std::string file = "\x89HDF\r\n\x1a\n" + std::string(bytes);
    examine_whole(file, "model.h5", examination);
    return 0;
  }
  const std::string file =
      zip({{{"metadata.json", R"({"keras_version": "3.9.0"})"}, {"config.json", bytes}}});
  examine_whole(file, "model.keras", examination);
  GH_CHECK(examination.kind() == "Keras model");
  gh::json::Parser parser({.depth = 300, .values = 1'000'000});
  const auto document = parser.parse(bytes);
  if (!document) return 0;
  if (has_lambda(document->root())) GH_CHECK(found(examination, "KER-001"));
  return 0;
}
