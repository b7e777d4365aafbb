#include "gateway/request_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/log.h"
#include "base/text.h"

namespace gh::gateway {
namespace {

constexpr auto kWriteEvery = std::chrono::milliseconds(50);

// A descriptor of its own; -1 for no log.
Result<int> open_target(policy::RequestLog kind, const std::string& file) {
  int fd = -1;
  switch (kind) {
    case policy::RequestLog::none:
      return -1;
    case policy::RequestLog::to_stdout:
      fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
      break;
    case policy::RequestLog::to_stderr:
      fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
      break;
    case policy::RequestLog::file:
      // A FIFO that nobody reads is an error (ENXIO) and not waited for.
      fd = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0640);
      if (fd >= 0) fcntl(fd, F_SETFL, O_APPEND);  // its writer has a thread of its own
      if (fd < 0 && errno == ENXIO) return fail("log.requests: {}: nobody reads this pipe", file);
      break;
  }
  if (fd < 0) return fail("log.requests: {}: {}", file, errno_text(errno));
  return fd;
}

std::string gap_line(std::uint64_t lines) {
  return fmt::format("{{\"ts\":\"{}\",\"log_gap\":{}}}\n", rfc3339(system_clock().wall()), lines);
}

void tell_failure(int error_number) {
  log::error("the request log cannot be written: {}", errno_text(error_number));
}

// ,"key": made when this is compiled.
class Key {
 public:
  consteval Key(const char* name) {  // NOLINT(google-explicit-constructor): written as a name
    put(",\"");
    put(name);
    put("\":");
  }
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  consteval void put(std::string_view part) {
    for (const char c : part) text_[size_++] = c;
  }
  std::array<char, 32> text_{};
  std::size_t size_ = 0;
};

class Line {
 public:
  Line(std::string& out, std::string_view time) : out_(out) {
    out_ += R"({"ts":")";
    out_ += time;
    out_ += '"';
  }
  void text(const Key& key, std::string_view value) {
    if (value.empty()) return;
    out_ += key.view();
    out_ += '"';
    append_json_escaped(out_, value);
    out_ += '"';
  }
  void number(const Key& key, std::uint64_t value) {
    out_ += key.view();
    append_number(out_, value);
  }
  void milliseconds(const Key& key, Duration value) {
    out_ += key.view();
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 0) / 1000);
    append_number(out_, us / 1000);
    const char rest[] = {'.', static_cast<char>('0' + us % 1000 / 100),
                         static_cast<char>('0' + us % 100 / 10), static_cast<char>('0' + us % 10)};
    out_.append(rest, sizeof rest);
  }
  void flag(const Key& key, bool value) {
    if (!value) return;
    out_ += key.view();
    out_ += "true";
  }
  void end() { out_ += "}\n"; }

 private:
  std::string& out_;
};

}  // namespace

std::string_view name(Ending ending) {
  switch (ending) {
    case Ending::complete:
      return "complete";
    case Ending::refused:
      return "refused";
    case Ending::upstream_error:
      return "upstream_error";
    case Ending::timeout:
      return "timeout";
    case Ending::client_left:
      return "client_left";
    case Ending::shutdown:
      return "shutdown";
  }
  return "unknown";
}

namespace {

std::string_view decision(const RequestRecord& record) {
  if (record.admitted) return "admitted";
  if (record.code) return "refused";
  // What the policy answers itself is admitted; else the client left before it was decided.
  return record.ending == Ending::complete ? "admitted" : "none";
}

}  // namespace

void write_log_line(std::string& out, const RequestRecord& record, MonoTime now) {
  Line line(out, rfc3339(record.at));
  line.text("request_id", record.id.view());
  line.text("client", record.client.text());
  if (record.route) line.text("route", name(*record.route));
  line.text("tenant", record.tenant);
  line.text("key_id", record.key_id);
  line.text("user", record.user);
  line.text("model", record.model);
  line.text("decision", decision(record));
  line.text("ending", name(record.ending));
  line.number("status", static_cast<std::uint64_t>(record.status));
  if (record.code) line.text("code", policy::name(*record.code));
  line.text("rule", record.rule);
  line.text("auth_failure", record.auth_failure);
  line.flag("stream", record.streamed);
  line.number("body_bytes", record.body_bytes);
  line.number("answer_bytes", record.answer_bytes);
  if (record.admitted) {
    line.number("n", record.n);
    line.number("max_tokens", record.max_tokens);
    line.number("prompt_tokens", record.usage.prompt_tokens);
    line.number("completion_tokens", record.usage.completion_tokens);
    line.number("cached_tokens", record.usage.cached_tokens);
    line.flag("usage_estimated", record.usage.estimated);
    line.flag("charged_in_full", record.charged_in_full);
  }
  line.text("upstream", record.upstream);  // also of one that only counted the prompt
  if (record.admitted || record.upstream_status > 0)
    line.number("upstream_status", static_cast<std::uint64_t>(record.upstream_status));
  if (record.dropped_fields > 0) line.number("dropped_fields", record.dropped_fields);
  if (record.ignored_fields > 0) line.number("ignored_fields", record.ignored_fields);
  if (record.first_byte) line.milliseconds("first_byte_ms", *record.first_byte - record.began);
  line.milliseconds("total_ms", now - record.began);
  line.text("detail", record.detail);
  line.end();
}

Result<std::unique_ptr<RequestLog>> RequestLog::open(policy::RequestLog kind,
                                                     const std::string& file) {
  std::unique_ptr<RequestLog> log(new RequestLog);
  if (auto opened = log->reopen(kind, file); !opened) return std::unexpected(opened.error());
  return log;
}

// Nobody wakes the thread per request: that would be a system call on the data path.
RequestLog::RequestLog()
    : lines_({.every = kWriteEvery, .gap_line = gap_line, .on_failure = tell_failure}) {}

RequestLog::~RequestLog() {
  if (const std::uint64_t left = lines_.finish(); left > 0) {
    log::error("the request log takes no more: up to {} lines were not written", left);
  }
}

Result<> RequestLog::reopen(policy::RequestLog kind, const std::string& file) {
  const auto target = open_target(kind, file);
  if (!target) return std::unexpected(target.error());
  lines_.write_to(*target);
  return {};
}

bool RequestLog::is_worth_a_line(const RequestRecord& record, MonoTime now) {
  if (!record.tenant.empty()) return true;
  static const policy::Rate rate{.count = kStrangersPerSecond,
                                 .period = std::chrono::seconds(1),
                                 .burst = kStrangersAtOnce,
                                 .rule = "log"};
  const limits::Ask ask{
      .subject = strangers_.subject(limits::Scope::ip, record.client.client_block()),
      .rate = &rate};
  return strangers_.admit({&ask, 1}, now).has_value();
}

void RequestLog::write(const RequestRecord& record, MonoTime now) {
  if (!is_worth_a_line(record, now)) {
    skipped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  thread_local std::string line;
  line.clear();
  write_log_line(line, record, now);
  lines_.write(line);
}

}  // namespace gh::gateway
