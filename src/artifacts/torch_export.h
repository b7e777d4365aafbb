#pragma once
// Archives of torch.export (`.pt2`): a graph in JSON, beside weights. They are told from other zips
// and no further looked at: rule ZIP-046.

#include <string_view>

#include "archive/zip.h"

namespace gh::artifacts {

// By what torch.export.load asks for (2.13): the record `archive_format`, and before 2.8
// `serialized_exported_program.json`.
bool is_torch_export(const archive::ZipArchive& archive);

// The folder of such an archive that PyTorch reads, with its slash: that of the first entry.
std::string_view folder_of_export(const archive::ZipArchive& archive);

// Whether a member of such an archive is the graph, and no settings of anything else. `folder`: as
// above; what lies elsewhere is no graph.
bool is_graph_of_export(std::string_view member, std::string_view folder);

}  // namespace gh::artifacts
