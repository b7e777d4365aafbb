#pragma once
// Files beside a Keras model that its configuration has the loader open: rules KER-020 and KER-021.
// The same in `.keras`, in HDF5 and in the presets of KerasHub that lie open in a folder.

#include "findings/examination.h"
#include "json/json.h"

namespace gh::hub {

// Of one object {"class_name": …, "config": {…}}; those inside it are not looked at.
void examine_keras_files(json::Value object, findings::Examination& examination);

}  // namespace gh::hub
