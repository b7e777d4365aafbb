// What a stream imports: by name, by values on the stack, and what is refused of that.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "pickle/allowed.h"
#include "pickle/dangerous.h"
#include "pickle/import_rules.h"
#include "pickle/machine.h"
#include "pickle/renamed.h"

namespace gh::pickle {

namespace {

// The danger of a name, or of what its dots lead to: `serialization.os.system`.
std::optional<std::string_view> danger_within(std::string_view module, std::string_view name) {
  if (const auto danger = danger_of(module, name)) return danger;
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    const std::string_view first = name.substr(0, dot);
    name.remove_prefix(dot + 1);
    if (const auto danger = danger_of(first, name)) return danger;
  }
  return std::nullopt;
}

// Whether it is certainly no text, and no import for a loader; what a call gave may be one.
bool is_no_text(Value value) {
  return !value.is_text() && !is_lost(value) && !value.is(Kind::object);
}

// Whether a name, or a module, could be called so: text that looks like an import is told apart by
// it. A module may be a file with a hyphen in its name.
bool is_identifier(std::string_view name, bool module = false) {
  const auto fits = [module](char c) {
    return (c == '-' && module) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  };
  return !name.empty() && std::ranges::all_of(name, fits);
}

// What torch.save writes of a jagged tensor (PyTorch 2.13), besides what is on the lists.
bool is_of_jagged_tensors(const ImportedName& import) {
  return (import.module == "torch.nested._internal.nested_tensor" &&
          (import.name == "NestedTensor" || import.name == "_rebuild_njt")) ||
         (import.module == "torch._dynamo.decorators" && import.name == "_DimRange");
}

}  // namespace

Value Machine::import(const std::string& module, const std::string& name) {
  ++imports_;
  const bool may_exist = is_identifier(module, true) && is_identifier(name);
  imported_ = imported_ || may_exist;
  if (!may_exist && is_tried()) return Value(Kind::none);  // no loader gets past it
  const auto [current_module, current] = current_name(module, name);
  const auto which = find_allowed(current_module, current);
  if (!which) return refuse_import({module, name}, {current_module, current});
  if (!family_of(*which).weights && profile_ == Profile::weights)
    report_.add(kDataImport,
                [&] { return fmt::format("The stream imports {}.{}.", current_module, current); });
  return Value(Kind::global, *which);
}

Value Machine::refuse_import(const ImportedName& written, const ImportedName& current) {
  const auto shown = [&] { return escape(fmt::format("{}.{}", written.module, written.name)); };
  auto danger = danger_within(current.module, current.name);
  if (!danger && current != written) danger = danger_within(written.module, written.name);
  if (is_of_jagged_tensors(written))
    report_.add(kJaggedImport, [&] { return fmt::format("The stream imports {}.", shown()); });
  else if (danger)
    report_.add(kDangerousImport,
                [&] { return fmt::format("The stream imports {}, which {}.", shown(), *danger); });
  else if (written.name.contains('.'))
    report_.add(kDottedImport, [&] {
      return fmt::format("The stream imports {} of the module {}.", escape(written.name),
                         escape(written.module));
    });
  else
    report_.add(kForeignImport, [&] { return fmt::format("The stream imports {}.", shown()); });
  return values_.keeps_refused() ? values_.refused(shown()) : values_.refused({});
}

Value Machine::import_of_long(const Token& token) {
  ++imports_;
  if (is_tried() && !(is_identifier(token.text, true) && is_identifier(token.second)))
    return Value(Kind::none);
  return import_of_forgotten("longer than 255 bytes");
}

Value Machine::import_of_forgotten(std::string_view what) {
  imported_ = true;
  report_.add(kForeignImport,
              [&] { return fmt::format("The stream imports a name that is {}.", what); });
  return values_.refused("a name that is not shown");
}

bool Machine::stack_global() {
  if (above_mark() < 2) return broken("there are too few values");
  const Value name = stack_.back();
  stack_.pop_back();
  const Value module = stack_.back();
  if (!module.is_text() || !name.is_text()) {
    nameless_ = true;
    if (is_tried() && (is_no_text(module) || is_no_text(name))) return broken("a name is no text");
    imported_ = true;
    report_.add(kComputedImport, [&] {
      return fmt::format("The stream imports from {} and {}.", values_.describe(module),
                         values_.describe(name));
    });
    stack_.back() = values_.refused("a computed name");
    return true;
  }
  const auto module_text = values_.text_of(module);
  const auto name_text = values_.text_of(name);
  // A listed name is a word and always known: what is forgotten is none.
  if (module_text && name_text)
    stack_.back() = import(*module_text, *name_text);
  else if (module_text && danger_of(*module_text, {}))
    stack_.back() = import(*module_text, "a name that is no longer known");
  else {
    ++imports_;
    stack_.back() = import_of_forgotten("no longer known");
  }
  return true;
}

}  // namespace gh::pickle
