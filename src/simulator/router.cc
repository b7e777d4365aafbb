#include "simulator/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/base64.h"
#include "base/text.h"
#include "simulator/fault_script.h"
#include "simulator/info.h"
#include "simulator/lax_reader.h"
#include "simulator/request.h"
#include "simulator/text.h"
#include "simulator/wire.h"

namespace gh::simulator {
namespace {

// A request on its way through here.
struct Call {
  Engine& engine;
  const HttpRequest& request;
  std::string path;
  HeadFields head;

  const Profile& profile() const { return engine.profile(); }
  const Options& options() const { return engine.profile().options; }
};

using Reply = std::unique_ptr<Answer>;

Reply send(Call& call, int status, std::string_view content_type, std::string_view body,
           std::string_view extra = "", bool vary = true) {
  std::string bytes;
  write_head(bytes, {.status = status,
                     .date = call.engine.http_date(),
                     .content_type = content_type,
                     .length = body.size(),
                     .request_id = call.head.request_id,
                     .extra = extra,
                     .vary = vary,
                     .close = call.head.close});
  bytes += body;
  std::vector<TimedBytes> parts;
  parts.push_back({{}, std::move(bytes)});
  return std::make_unique<ScriptedAnswer>(std::move(parts), Answer::Next{Answer::End::keep, {}},
                                          nullptr);
}

Reply send(Call& call, const ApiError& error, std::string_view extra = "") {
  std::string body;
  write_error(body, error, call.profile().nested_errors);
  // The key check stands before the application, which adds the field.
  return send(call, error.status, kJson, body, extra, error.shape != ApiError::Shape::bare);
}

// --- bodies ---

Expected<json::Value> parse_body(Call& call) {
  const std::string_view type = call.request.field("content-type");
  if (!equals_ignoring_case(trim(type.substr(0, type.find(';'))), kJson)) {
    ApiError error;
    error.type = "Bad Request";
    error.message =
        "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed";
    return std::unexpected(std::move(error));
  }
  if (call.request.body.empty()) return json::Value();
  auto document = call.engine.parser().parse_padded(call.request.body);
  if (document) return document->root();
  switch (document.error().kind) {
    case json::ParseErrorKind::encoding:
    case json::ParseErrorKind::too_deep:
      return std::unexpected(detail(400, "There was an error parsing the body"));
    case json::ParseErrorKind::syntax:
      return invalid("json_invalid", "body.0", "JSON decode error", "<dict of 0 items>");
    default:
      // What Python reads and our reader does not; README.md.
      return refuse("simulator: " + document.error().message);
  }
}

// The id that a client may choose: the header's, then the body's.
std::string answer_id(Call& call, std::string_view from_body) {
  const std::string_view from_header = trim(call.request.field("x-request-id"));
  if (!from_header.empty()) return std::string(from_header);
  return from_body.empty() ? call.engine.next_id() : std::string(from_body);
}

// --- the model ---

bool changes_only_the_model(const Fault& fault) {
  switch (fault.kind()) {
    case Fault::Kind::lying_usage:
    case Fault::Kind::no_usage:
    case Fault::Kind::tool_call:
    case Fault::Kind::stop:
    case Fault::Kind::echo:
    case Fault::Kind::huge_event:
    case Fault::Kind::huge_body:
      return true;
    default:
      return false;
  }
}

std::string fault_reply(const Fault& fault, const HttpRequest& request) {
  switch (fault.kind()) {
    case Fault::Kind::echo:
      return base64(request.raw);
    case Fault::Kind::huge_event:
      return std::string(fault.number("bytes", 2 << 20), 'x');
    case Fault::Kind::huge_body:
      return std::string(fault.number("bytes", 32 << 20), 'x');
    default:
      return {};
  }
}

Reply send_script(Call& call, const Fault& fault, GoodAnswer good,
                  std::unique_ptr<Engine::Running> running) {
  good.head.date = call.engine.http_date();
  good.head.request_id = call.head.request_id;
  good.nested_errors = call.profile().nested_errors;
  Script script = bad_answer(fault, std::move(good));
  return std::make_unique<ScriptedAnswer>(std::move(script.parts), script.last, std::move(running));
}

Reply send_faulty(Call& call, const Fault& fault, Generation generation, Duration first_wait,
                  std::unique_ptr<Engine::Running> running) {
  GoodAnswer good;
  good.stream = generation.request().stream;
  good.head.content_type = good.stream ? kEventStream : kJson;
  Duration wait = first_wait;
  if (good.stream) {
    auto after = Generation::After::more;
    while (after != Generation::After::end) {
      good.pieces.push_back({wait, {}});
      after = generation.next_event(good.pieces.back().bytes);
      wait = after == Generation::After::step ? call.options().token_delay : Duration{};
    }
  } else {
    good.pieces.push_back({wait, {}});
    generation.write_body(good.pieces.back().bytes);
  }
  return send_script(call, fault, std::move(good), std::move(running));
}

Reply generate(Call& call, Expected<GenerationRequest> read) {
  if (!read) return send(call, read.error());
  GenerationRequest& request = *read;
  auto running = call.engine.admit(std::uint64_t{request.n} * request.prompts.size());
  if (!running) return send(call, running.error());
  if (request.fault) request.reply = fault_reply(*request.fault, call.request);

  const std::string adapter = call.profile().is_adapter(request.model) ? request.model : "";
  const std::uint64_t tokens = request.prompt_tokens();
  std::uint64_t cached = 0;
  for (const Prompt& prompt : request.prompts) {
    cached += call.engine.cache().use(prompt.text, prompt.tokens, request.cache_salt, adapter);
  }
  call.engine.counters().prompt_tokens += tokens;
  const Duration prefill =
      call.options().prefill_per_token * static_cast<std::int64_t>(tokens - cached) +
      call.options().hit_prefill_per_token * static_cast<std::int64_t>(cached);

  const std::string id = answer_id(call, request.request_id);
  const auto fault = request.fault;
  Generation generation(std::move(request), call.profile(), id, call.engine.now_seconds(), cached);
  if (fault && !changes_only_the_model(*fault)) {
    return send_faulty(call, *fault, std::move(generation), prefill, *std::move(running));
  }
  return std::make_unique<GeneratedAnswer>(call.engine, std::move(generation), std::move(call.head),
                                           prefill, *std::move(running));
}

// --- routes ---

Reply chat(Call& call) {
  const auto body = parse_body(call);
  if (!body) return send(call, body.error());
  return generate(call, read_chat(*body, call.profile()));
}

Reply completions(Call& call) {
  const auto body = parse_body(call);
  if (!body) return send(call, body.error());
  return generate(call, read_completion(*body, call.profile()));
}

Reply embeddings(Call& call) {
  const auto body = parse_body(call);
  if (!body) return send(call, body.error());
  const auto request = read_embedding(*body, call.profile());
  if (!request) return send(call, request.error());
  auto running = call.engine.admit(request->inputs.size());
  if (!running) return send(call, running.error());
  for (const Prompt& input : request->inputs) call.engine.counters().prompt_tokens += input.tokens;
  std::string text;
  write_embeddings(text, call.engine, *request);
  if (request->fault) {
    GoodAnswer good;
    good.head.content_type = kJson;
    good.pieces.push_back({{}, std::move(text)});
    return send_script(call, *request->fault, std::move(good), *std::move(running));
  }
  (*running)->finish();
  return send(call, 200, kJson, text);
}

Reply tokenize(Call& call) {
  const auto body = parse_body(call);
  if (!body) return send(call, body.error());
  const auto prompt = read_tokenize(*body, call.profile());
  if (!prompt) return send(call, prompt.error());
  const bool with_texts = LaxReader(*body).boolean("return_token_strs").value_or(false);
  std::string text;
  write_tokens(text, call.engine, *prompt, with_texts);
  return send(call, 200, kJson, text);
}

Reply models(Call& call) {
  std::string text;
  write_models(text, call.engine);
  return send(call, 200, kJson, text);
}

Reply health(Call& call) {
  return send(call, call.engine.health(), "", "");
}

Reply version(Call& call) {
  return send(call, 200, kJson, fmt::format("{{\"version\":\"{}\"}}", call.options().version));
}

Reply load(Call& call) {
  return send(call, 200, kJson,
              fmt::format("{{\"server_load\":{}}}", call.engine.counters().running));
}

Reply metrics(Call& call) {
  std::string text;
  write_metrics(text, call.engine);
  return send(call, 200, "text/plain; version=1.0.0; charset=utf-8", text);
}

Reply state(Call& call) {
  std::string text;
  write_state(text, call.engine);
  return send(call, 200, kJson, text);
}

// The digits at the end of /sim/health/503.
Reply set_health(Call& call) {
  int status = 0;
  const auto digits = std::string_view(call.path).substr(call.path.rfind('/') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (status < 200 || status > 599) return send(call, detail(400, "a status is wanted"));
  call.engine.set_health(status);
  return send(call, 200, kJson, "{}");
}

struct Route {
  std::string_view path;
  std::string_view methods;  // as `allow` lists them
  Reply (*handle)(Call&);
  bool prefix = false;  // anything that begins so
};
constexpr Route kRoutes[] = {
    {"/v1/chat/completions", "POST", chat},
    {"/v1/completions", "POST", completions},
    {"/v1/embeddings", "POST", embeddings},
    {"/v1/models", "GET", models},
    {"/tokenize", "POST", tokenize},
    {"/health", "GET", health},
    {"/ping", "GET, POST", health},
    {"/version", "GET", version},
    {"/load", "GET", load},
    {"/metrics", "GET", metrics, true},
    {"/sim/state", "GET", state},
    {"/sim/health/", "POST", set_health, true},
};

bool allows(const Route& route, std::string_view method) {
  const auto methods = split(route.methods, ',');
  return std::ranges::any_of(methods, [method](std::string_view m) { return trim(m) == method; });
}

const Route* find_route(std::string_view path) {
  const auto it = std::ranges::find_if(kRoutes, [path](const Route& route) {
    return route.prefix ? path.starts_with(route.path) : path == route.path;
  });
  return it == std::end(kRoutes) ? nullptr : it;
}

// vLLM's key check: before routing, for some prefixes only, and never for OPTIONS. The first
// Authorization field counts, its scheme in any case, its value to the last byte.
bool has_key(const Call& call) {
  if (call.options().api_key.empty() || call.request.method == "OPTIONS") return true;
  constexpr std::string_view kGuarded[] = {"/v1", "/v2", "/inference", "/cohere"};
  const auto guards = [&](std::string_view prefix) { return call.path.starts_with(prefix); };
  if (std::ranges::none_of(kGuarded, guards)) return true;
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view value = call.request.field("authorization");
  return equals_ignoring_case(value.substr(0, kScheme.size()), kScheme) &&
         value.substr(kScheme.size()) == call.options().api_key;
}

Reply redirect(Call& call, std::string_view path) {
  const std::string location =
      fmt::format("location: http://{}{}\r\n", call.request.field("host"), path);
  return send(call, 307, "", "", location);
}

}  // namespace

std::unique_ptr<Answer> answer(Engine& engine, const HttpRequest& request) {
  ++engine.counters().received;
  Call call{engine, request, route_path(request.target), {}};
  call.head.close = !request.keep_alive;
  if (call.options().request_id_headers) call.head.request_id = answer_id(call, "");
  if (!has_key(call)) {
    ApiError error;
    error.status = 401;
    error.message = "Unauthorized";
    error.shape = ApiError::Shape::bare;
    return send(call, error);
  }
  const Route* route = find_route(call.path);
  if (route == nullptr) {
    const auto shorter = std::string_view(call.path).substr(0, call.path.size() - 1);
    if (call.path.ends_with('/') && find_route(shorter) != nullptr) return redirect(call, shorter);
    return send(call, detail(404, "Not Found"));
  }
  if (!allows(*route, request.method)) {
    return send(call, detail(405, "Method Not Allowed"),
                fmt::format("allow: {}\r\n", route->methods));
  }
  return route->handle(call);
}

std::unique_ptr<Answer> answer_invalid(Engine& engine) {
  ++engine.counters().invalid;
  const HttpRequest nothing;
  Call call{engine, nothing, {}, {}};
  call.head.close = true;
  return send(call, 400, kPlainText, "Invalid HTTP request received.", "", false);
}

}  // namespace gh::simulator
