#pragma once
// The files of one folder that its ONNX models keep tensors in: numbers in a row, that no format
// tells from anything else. What they are only the model says, so they are judged when all files of
// the folder are known. Rules ONX-008 and ONX-009.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/examine.h"
#include "findings/examination.h"
#include "hub/facts.h"

namespace gh::artifacts {

// As exporters of diffusion models call the data, though it is none of TensorFlow's messages.
inline constexpr std::string_view kWeightsMessage = "weights.pb";

class OnnxData {
 public:
  // What the model at this place of the folder's files states.
  void add(std::size_t model, const std::vector<TensorFile>& files);
  bool empty() const { return reaches_.empty(); }

  // The model that has `name` for its data, if all tensors that any model keeps there lie in it,
  // and no loader goes by such a name.
  std::optional<std::size_t> model_of(std::string_view name, std::uint64_t bytes) const;

  // Everything that was stated, by name, and the size of what is there; `folder` as below.
  struct Reference {
    std::string_view name;
    std::size_t model = 0;  // the first one, or that whose tensors reach furthest
    std::uint64_t end = 0;
    std::optional<std::uint64_t> bytes;
  };
  std::vector<Reference> references(const hub::FolderFacts& folder) const;

  // Files that are missing or too short; `folder` has the models' names.
  void examine(const hub::FolderFacts& folder, findings::Examination& examination) const;

 private:
  struct Reach {
    std::size_t model = 0;  // the first one, or that whose tensors reach furthest
    std::uint64_t end = 0;
  };
  std::map<std::string, Reach, std::less<>> reaches_;
};

}  // namespace gh::artifacts
