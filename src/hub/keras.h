#pragma once
// Keras configurations, in `.keras`, in HDF5 and in the presets of KerasHub that lie open in a
// folder: what Keras looks up by name, and files that it opens besides (KER-020, KER-021).

#include <array>
#include <optional>
#include <string_view>

#include "findings/examination.h"
#include "json/json.h"

namespace gh::hub {

// What Keras looks up in the module that {"module": …, "class_name": …, "registered_name": …}
// names: `class_name`, and, where that is not there, `registered_name` (_retrieve_class_or_fn of
// 2.13 to 3.8). The second is empty where it leads nowhere else.
std::array<std::string_view, 2> keras_names(json::Value object);

// "utils" of "keras.utils", "tf_keras.utils" and "tensorflow.keras.utils", "" of the package
// itself; nothing for what lies outside Keras.
std::optional<std::string_view> module_of_keras(std::string_view module);

// Whether a layer of that name runs Python code that the model brings.
bool is_code_of_keras(std::string_view name);

// The function that Keras calls while it makes what `object` names in `module`, as
// `module_of_keras` gave it; "" where that is a class, or a function that is part of a model.
std::string_view function_of_keras(json::Value object, std::string_view module);

// Of one object {"class_name": …, "config": {…}}; those inside it are not looked at.
void examine_keras_files(json::Value object, findings::Examination& examination);

}  // namespace gh::hub
