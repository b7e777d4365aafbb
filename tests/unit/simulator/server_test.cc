// The simulator on real sockets.

#include "simulator/simulator.h"

#include <gtest/gtest.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/base64.h"
#include "harness.h"
#include "simulator/text.h"

namespace gh::simulator {
namespace {

std::string chat(std::string_view content, std::string_view more = R"(,"max_tokens":3)") {
  return post("/v1/chat/completions", chat_body(content, more));
}
constexpr std::string_view kLong = R"(,"max_tokens":4000,"stream":true)";

TEST(Server, AnswersOnOneConnectionInOrder) {
  Server server;
  Client client = server.client();
  client.send(get("/version") + chat("hi") + get("/health") + get("/nope"));
  EXPECT_EQ(client.receive().body, R"({"version":"0.32.0"})");
  EXPECT_NE(client.receive().body.find("chat.completion"), std::string::npos);
  const Response health = client.receive();
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, "");
  EXPECT_EQ(client.receive().status, 404);
  EXPECT_EQ(server.counters().connections, 1u);
}

TEST(Server, TakesRequestsInAnyPieces) {
  Server server;
  Client client = server.client();
  const std::string request = chat("hi");
  for (const char c : request) client.send({&c, 1});
  EXPECT_EQ(client.receive().status, 200);
}

TEST(Server, ClosesWhenAskedTo) {
  Server server;
  Client client = server.client();
  const Response response = client.ask(get("/version", "Connection: close\r\n"));
  EXPECT_EQ(response.field("connection"), "close");
  EXPECT_EQ(client.drain(), "");
  EXPECT_TRUE(client.ended());
}

TEST(Server, ClosesIdleConnections) {
  Options options;
  options.keep_alive = std::chrono::milliseconds(1);
  Server server(options);
  Client client = server.client();
  EXPECT_EQ(client.ask(get("/version")).status, 200);
  EXPECT_EQ(client.drain(), "");
  EXPECT_TRUE(client.ended());
  EXPECT_FALSE(client.was_reset());
}

TEST(Server, RefusesWhatIsNotHttpAndCloses) {
  Server server;
  for (const std::string_view bytes :
       {"hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"}) {
    Client client = server.client();
    const Response response = client.ask(bytes);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body, "Invalid HTTP request received.");
    client.drain();
    EXPECT_TRUE(client.ended());
  }
  EXPECT_EQ(server.counters().invalid, 3u);
  EXPECT_EQ(server.counters().received, 0u);
}

TEST(Server, WantsTheKeyWhereVllmDoes) {
  Options options;
  options.api_key = "k";
  Server server(options);
  Client client = server.client();
  struct Case {
    std::string request;
    int status;
  };
  for (const auto& [request, status] : std::initializer_list<Case>{
           {get("/v1/models"), 401},
           {get("/v1/nope"), 401},
           {get("/v1/models", "Authorization: k\r\n"), 401},
           {get("/v1/models", "Authorization: Bearer  k\r\n"), 401},
           {get("/v1/models", "Authorization: Bearer k \r\n"), 401},
           {get("/v1/models", "X-Api-Key: k\r\n"), 401},
           {get("/v1/models", "Authorization: Bearer x\r\nAuthorization: Bearer k\r\n"), 401},
           {get("/v1/models", "Authorization: Bearer k\r\nAuthorization: Bearer x\r\n"), 200},
           {get("/v1/models", "authorization: bearer k\r\n"), 200},
           {get("/%761/models"), 401},
           {get("/version"), 200},
           {post("/tokenize", R"({"prompt":"a"})"), 200},
           {get("/metrics"), 200},
           {"OPTIONS /v1/models HTTP/1.1\r\n\r\n", 405},
       }) {
    const Response response = client.ask(request);
    EXPECT_EQ(response.status, status) << request;
    if (status == 401) {
      EXPECT_EQ(response.body, R"({"error":"Unauthorized"})");
    }
  }
}

TEST(Server, TokenizesWhatItCounts) {
  Server server;
  Client client = server.client();
  Json json;
  const json::Value tokens = json(
      client.ask(post("/tokenize", R"({"prompt":"a weather","return_token_strs":true})")).body);
  EXPECT_EQ(tokens["count"].int64(), 3);
  EXPECT_EQ(tokens["tokens"].size(), 3u);
  EXPECT_EQ(tokens["token_strs"].size(), 3u);
  EXPECT_EQ(tokens["max_model_len"].int64(), 4096);
  EXPECT_EQ(client.ask(post("/tokenize", "{}")).status, 400);
  EXPECT_EQ(client.ask(post("/tokenize", R"({"prompt":["a"]})")).status, 400);
  EXPECT_EQ(client.ask(post("/tokenize", R"({"prompt":[1,2]})")).status, 400);
  EXPECT_EQ(client.ask(post("/tokenize", R"({"messages":[]})")).status, 400);
}

TEST(Server, AClientThatLeavesIsForgottenAtOnce) {
  Options options;
  options.token_delay = std::chrono::milliseconds(50);
  for (const bool half : {false, true}) {
    Server server(options);
    Client client = server.client();
    client.send(chat("hi", kLong));
    ASSERT_TRUE(client.wait_for("data: "));
    EXPECT_EQ(server.counters().running, 1u);
    if (half) {
      client.half_close();
    } else {
      client.close();
    }
    EXPECT_TRUE(server.eventually([](const Counters& c) { return c.running == 0; }));
    EXPECT_EQ(server.counters().aborted, 1u);
    EXPECT_EQ(server.counters().finished, 0u);
    EXPECT_TRUE(server.eventually([](const Counters& c) { return c.connections == 0; }));
  }
}

TEST(Server, ASlowReaderHoldsTheStreamBack) {
  Options options;
  options.max_model_len = 1'000'000;
  Server server(options);
  Client client = server.client();
  client.send(chat("hi", R"(,"max_tokens":100000,"stream":true)"));
  ASSERT_TRUE(client.wait_for("data: "));
  // It is not all made at once while nobody reads: the kernel's buffers are far smaller.
  EXPECT_LT(server.counters().generation_tokens, 100'000u);
  EXPECT_TRUE(client.wait_for("data: [DONE]\n\n"));
  EXPECT_EQ(server.counters().generation_tokens, 100'000u);
  EXPECT_EQ(server.counters().finished_by_length, 1u);
}

TEST(Server, RefusesAboveTheQueueCap) {
  Options options;
  options.max_queued = 3;
  Server server(options);
  Client first = server.client();
  first.send(chat("sim:fault=hang", R"(,"n":2)"));
  ASSERT_TRUE(server.eventually([](const Counters& c) { return c.sequences == 2; }));
  Client second = server.client();
  EXPECT_EQ(second.ask(chat("hi", R"(,"max_tokens":1,"n":2)")).status, 503);
  EXPECT_EQ(second.ask(chat("hi", R"(,"stream":true,"n":2)")).status, 503);
  EXPECT_EQ(second.ask(chat("hi")).status, 200);
  EXPECT_NE(second.ask(get("/metrics"))
                .body.find("num_requests_running{engine=\"0\","
                           "model_name=\"tiny\"} 2.0"),
            std::string::npos);
  first.close();
  ASSERT_TRUE(server.eventually([](const Counters& c) { return c.sequences == 0; }));
  EXPECT_EQ(second.ask(chat("hi", R"(,"max_tokens":1,"n":2)")).status, 200);
  EXPECT_EQ(server.counters().rejected, 2u);
}

TEST(Server, CutsConnectionsAsAsked) {
  Server server;
  Client fin = server.client();
  fin.send(chat("sim:fault=cut_after,n=2", kLong));
  const std::string half = fin.drain();
  EXPECT_FALSE(fin.was_reset());
  EXPECT_NE(half.find("data: "), std::string::npos);
  EXPECT_EQ(half.find("[DONE]"), std::string::npos);

  Client reset = server.client();
  reset.send(chat("sim:fault=cut_after,n=2,how=rst", kLong));
  EXPECT_NE(reset.drain().find("data: "), std::string::npos);
  EXPECT_TRUE(reset.was_reset());
  EXPECT_TRUE(server.eventually([](const Counters& c) { return c.running == 0; }));
  EXPECT_EQ(server.counters().aborted, 2u);
}

TEST(Server, SaysHowItIs) {
  Server server;
  Client client = server.client();
  client.ask(chat("hi"));
  Json json;
  const json::Value state = json(client.ask(get("/sim/state")).body);
  EXPECT_EQ(state["in_flight"].int64(), 0);
  EXPECT_EQ(state["received"].int64(), 2);
  EXPECT_EQ(state["finished"].int64(), 1);
  EXPECT_EQ(state["aborted"].int64(), 0);
  EXPECT_EQ(state["connections"].int64(), 1);
  EXPECT_GT(*state["cache"]["queries"].int64(), 0);
  EXPECT_EQ(client.ask(post("/sim/health/503", "")).status, 200);
  EXPECT_EQ(client.ask(get("/health")).status, 503);
  EXPECT_EQ(client.ask(post("/sim/health/99", "")).status, 400);
  EXPECT_EQ(client.ask(post("/sim/health/x", "")).status, 400);
  EXPECT_EQ(client.ask(post("/sim/health/200", "")).status, 200);
  EXPECT_EQ(client.ask(get("/health")).status, 200);
}

class TempFolder {
 public:
  TempFolder() {
    std::string name = std::filesystem::temp_directory_path() / "sim_test_XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string file(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

TEST(Server, RecordsEveryByteItWasSent) {
  const TempFolder folder;
  Options options;
  options.record = folder.file("record");
  const std::string request = chat("hi \xC3\xA9");
  {
    Server server(options);
    Client client = server.client();
    client.ask(request);
    client.send("GET /unfinished");
    client.close();
    ASSERT_TRUE(server.eventually([](const Counters& c) { return c.connections == 0; }));
    Client invalid = server.client();
    invalid.ask("not http\r\n\r\n");
  }
  std::ifstream in(options.record);
  std::string line;
  const auto expect_line = [&](int connection, bool complete, std::string_view bytes) {
    ASSERT_TRUE(std::getline(in, line));
    Json json;
    const json::Value value = json(line);
    EXPECT_EQ(value["connection"].int64(), connection);
    EXPECT_EQ(value["complete"].boolean(), complete);
    EXPECT_EQ(value["bytes"].string(), base64(bytes));
  };
  expect_line(1, true, request);
  expect_line(1, false, "GET /unfinished");
  expect_line(2, false, "not http\r\n\r\n");
  EXPECT_FALSE(std::getline(in, line));
}

TEST(Server, ListensOnUnixSockets) {
  const TempFolder folder;
  Options options;
  options.listen = "unix:" + folder.file("s");
  Server server(options);
  const Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  const std::string path = folder.file("s");
  std::memcpy(to.sun_path, path.data(), path.size());
  ASSERT_EQ(connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  const std::string request = get("/version");
  ASSERT_EQ(write(fd.get(), request.data(), request.size()), static_cast<ssize_t>(request.size()));
  char buffer[1000];
  EXPECT_GT(read(fd.get(), buffer, sizeof buffer), 0);
}

TEST(Server, DoesNotStartOnWhatMakesNoSense) {
  net::Loop loop;
  const auto starts = [&](auto change) {
    Options options;
    change(options);
    return Simulator::start(loop, options).has_value();
  };
  EXPECT_TRUE(starts([](Options&) {}));
  EXPECT_FALSE(starts([](Options& o) { o.listen = "localhost:0"; }));
  EXPECT_FALSE(starts([](Options& o) { o.version = "x"; }));
  EXPECT_FALSE(starts([](Options& o) { o.model = ""; }));
  EXPECT_FALSE(starts([](Options& o) { o.record = "/absent/folder/file"; }));
}

}  // namespace
}  // namespace gh::simulator
