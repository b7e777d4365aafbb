#include "hub/passive.h"

#include <fmt/format.h>

#include <span>

#include "hub/boxes.h"
#include "hub/code_rules.h"
#include "hub/columns.h"
#include "hub/frames.h"
#include "hub/picture.h"
#include "hub/raster.h"
#include "hub/recording.h"
#include "hub/records.h"

namespace gh::hub {

namespace {

const Passive* find(std::span<const Passive> formats, std::string_view head,
                    source::Source& source) {
  for (const Passive& format : formats)
    if (format.begins(head, source)) return &format;
  return nullptr;
}

}  // namespace

std::optional<PassiveFormat> passive_format(std::string_view head, source::Source& source) {
  for (const auto formats : {pictures(), raster_pictures(), box_pictures()})
    if (const Passive* format = find(formats, head, source))
      return PassiveFormat{format, DocumentKind::image, "picture"};
  for (const auto formats : {recordings(), framed_recordings(), box_recordings()})
    if (const Passive* format = find(formats, head, source))
      return PassiveFormat{format, DocumentKind::recording, "recording"};
  for (const auto formats : {records(), columns()})
    if (const Passive* format = find(formats, head, source))
      return PassiveFormat{format, DocumentKind::record, format->name};
  return std::nullopt;
}

void examine_passive(const Passive& format, source::Source& source, const Input& input) {
  if (format.unpickles != nullptr && format.unpickles(source))
    input.add(rule::kPickledType, "arrow.py_extension_type");
  source::Reader reader(source);
  const End end = format.follow(source, reader);
  if (end == End::too_many)
    return input.add(rule::kManyChunks, fmt::format("more than {} parts", kMostParts));
  if (end == End::none) {
    return input.add(rule::kCutImage, fmt::format("behind byte {} there is neither a part nor the "
                                                  "end of a {}",
                                                  reader.position(), format.name));
  }
  if (reader.left() > 0)
    input.add(rule::kBehindImage, fmt::format("the file goes on behind the {}", format.name));
}

}  // namespace gh::hub
