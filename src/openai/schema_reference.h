#pragma once
// What `$ref` and its like refer to. In this product a reference stays in its schema, leads to what
// was checked as one, and gets somewhere: engines follow it without a look.

#include "json/json.h"
#include "openai/inspection.h"
#include "openai/schema_target.h"

namespace gh::openai {

// `reference`: the value of the keyword; `targets`: of the schema it stands in.
bool check_reference(Inspection& in, const Path& at, json::Value reference, SchemaTargets& targets);

// Whether a reference comes back to where it began with nothing in between that takes a part of the
// answer: {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}. All references of the
// schema have been checked. A tree whose nodes have children of the same kind is none.
bool refers_to_itself(SchemaTargets& targets);

}  // namespace gh::openai
