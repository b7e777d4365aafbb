#include "base/check.h"
#include "base/text.h"
#include "json/json.h"
#include "json/node.h"

namespace gh::json {

std::string_view name(Type type) {
  switch (type) {
    case Type::null:
      return "null";
    case Type::boolean:
      return "boolean";
    case Type::integer:
    case Type::unsigned_integer:
      return "integer";
    case Type::real:
      return "number";
    case Type::string:
      return "string";
    case Type::array:
      return "array";
    case Type::object:
      return "object";
  }
  return "";
}

Type Value::type() const {
  return exists() ? node_->type : Type::null;
}

bool Value::boolean() const {
  if (is_bool()) return node_->boolean;
  GH_BUG("json: boolean() of another type");
  return false;
}

std::string_view Value::string() const {
  if (is_string()) return node_->string();
  GH_BUG("json: string() of another type");
  return {};
}

double Value::number() const {
  if (is(Type::real)) return node_->real;
  if (is(Type::integer)) return static_cast<double>(node_->integer);
  if (is(Type::unsigned_integer)) return static_cast<double>(node_->unsigned_integer);
  GH_BUG("json: number() of another type");
  return 0;
}

std::optional<std::int64_t> Value::int64() const {
  if (!is(Type::integer)) return std::nullopt;  // unsigned_integer is what int64 cannot hold
  return node_->integer;
}

std::size_t Value::size() const {
  return exists() && node_->is_container() ? node_->size : 0;
}

Value Value::operator[](std::string_view key) const {
  for (const Member member : members()) {
    if (same_name(member.key, key)) return member.value;
  }
  return {};
}

Members Value::members() const {
  if (!is_object()) return {nullptr, nullptr};
  return {node_ + 1, node_->next()};
}

Elements Value::elements() const {
  if (!is_array()) return {nullptr, nullptr};
  return {node_ + 1, node_->next()};
}

Member Members::iterator::operator*() const {
  return {at_->string(), Value(at_ + 1)};
}

Members::iterator& Members::iterator::operator++() {
  at_ = (at_ + 1)->next();
  return *this;
}

Value Elements::iterator::operator*() const {
  return Value(at_);
}

Elements::iterator& Elements::iterator::operator++() {
  at_ = at_->next();
  return *this;
}

}  // namespace gh::json
