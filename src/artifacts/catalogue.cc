#include "artifacts/catalogue.h"

#include "adapter/adapter.h"
#include "adapter/weights.h"
#include "archive/members.h"
#include "archive/zip.h"
#include "artifacts/container.h"
#include "artifacts/examine.h"
#include "artifacts/keras.h"
#include "artifacts/onnx.h"
#include "artifacts/system_rules.h"
#include "artifacts/torch.h"
#include "findings/suppression.h"
#include "hdf5/hdf5.h"
#include "hub/document.h"
#include "jinja/template.h"
#include "pickle/pickle.h"
#include "tensors/gguf.h"
#include "tensors/numpy.h"
#include "tensors/safetensors.h"
#include "tensors/values.h"

namespace gh::artifacts {

findings::Catalogue catalogue() {
  return {kind_rules(),
          system_rules(),
          pickle::rules(),
          tensors::safetensors_rules(),
          tensors::value_rules(),
          tensors::gguf_rules(),
          tensors::npy_rules(),
          archive::zip_rules(),
          archive::archive_rules(),
          container_rules(),
          torch_rules(),
          keras_rules(),
          hdf5::hdf5_rules(),
          onnx_rules(),
          jinja::rules(),
          adapter::adapter_rules(),
          adapter::weight_rules(),
          hub::rules(),
          findings::suppression_rules()};
}

}  // namespace gh::artifacts
