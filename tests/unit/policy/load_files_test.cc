#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>

#include "crypto/certificate.h"
#include "policy_cases.h"
#include "temporary_folder.h"

namespace gh::policy {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The problems of the base policy, edited and loaded from a file in `folder`.
std::string problems(const TemporaryFolder& folder, std::vector<Edit> edits, mode_t mode = 0600) {
  const Loaded loaded = load(folder.write("p.yaml", edited(kBase, edits), mode));
  std::string all;
  for (const Problem& problem : loaded.problems) all += format(problem) + "\n";
  EXPECT_EQ(loaded.snapshot == nullptr, !all.empty());
  return all;
}

const crypto::CertificateAndKey& pair() {
  static const auto made =
      crypto::make_self_signed({"localhost"}, system_clock().wall(), std::chrono::hours(24 * 30));
  return *made;
}

constexpr std::string_view kListen = "  - address: 127.0.0.1:8443";
constexpr std::string_view kUrl = "    url: http://127.0.0.1:8000\n";

TEST(LoadFile, TellsWhatItCannotRead) {
  const TemporaryFolder folder;
  for (const std::string& path : {folder / "nothing.yaml", folder.path()}) {
    const Loaded loaded = load(path);
    EXPECT_EQ(loaded.snapshot, nullptr);
    ASSERT_EQ(loaded.problems.size(), 1u);
    EXPECT_THAT(format(loaded.problems[0]), HasSubstr(path + ":1:1: cannot read `" + path));
  }
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(format(load(pipe).problems.at(0)), HasSubstr("not a regular file"));
}

TEST(LoadFile, TooLargeIsRefused) {
  const TemporaryFolder folder;
  const std::string path = folder.write("p.yaml", std::string((1u << 20) + 1, '#'));
  EXPECT_THAT(format(load(path).problems.at(0)), HasSubstr("is larger than 1048576 bytes"));
}

TEST(LoadFile, SaysWhenThereIsMoreThanItTells) {
  std::string text(kBase);
  for (int i = 0; i < 600; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
  const Loaded loaded = load_text(text, "p.yaml", "/nonexistent");
  ASSERT_EQ(loaded.problems.size(), 501u);
  EXPECT_THAT(loaded.problems[499].message, HasSubstr("`unknown499`"));
  EXPECT_EQ(loaded.problems[500].message, "and perhaps more like these");
}

TEST(LoadFile, LooksAtThePolicysOwnMode) {
  const TemporaryFolder folder;
  EXPECT_EQ(problems(folder, {}, 0640), "");
  EXPECT_TRUE(load(folder / "p.yaml").notes.empty());
  EXPECT_EQ(problems(folder, {}, 0644), "");
  EXPECT_THAT(format(load(folder / "p.yaml").notes.at(0)),
              HasSubstr("p.yaml:1:1: everybody may read this file (mode 0644)"));
  EXPECT_THAT(problems(folder, {}, 0666), HasSubstr("everybody may write this file (mode 0666)"));
}

TEST(LoadFile, KeyFilesAreClosedToOthers) {
  const TemporaryFolder folder;
  folder.write("tls/s.crt", pair().certificate_pem, 0644);
  const Edit tls{kListen,
                 "  - address: 0.0.0.0:8443\n"
                 "    tls: { certificate: tls/s.crt, key: { file: tls/s.key } }"};
  for (mode_t mode : {0604u, 0660u, 0644u, 0601u, 0610u}) {
    folder.write("tls/s.key", pair().key_pem.reveal(), mode);
    EXPECT_THAT(problems(folder, {tls}),
                HasSubstr("p.yaml:4:49: `key`: `" + (folder / "tls/s.key") + "` is open to "));
  }
  for (mode_t mode : {0640u, 0600u}) {
    folder.write("tls/s.key", pair().key_pem.reveal(), mode);
    EXPECT_EQ(problems(folder, {tls}), "") << mode;
  }
  const auto snapshot = load(folder / "p.yaml").snapshot;
  ASSERT_NE(snapshot, nullptr);
  ASSERT_TRUE(snapshot->listeners[0].tls);
  EXPECT_EQ(snapshot->listeners[0].tls->key_file, folder / "tls/s.key");
  EXPECT_FALSE(snapshot->listeners[0].tls->allow_tls12);
}

TEST(LoadFile, TheAdminSideOffLoopbackNeedsClientCertificates) {
  const TemporaryFolder folder;
  for (const char* name : {"a.crt", "ca.crt"}) folder.write(name, pair().certificate_pem);
  folder.write("a.key", pair().key_pem.reveal());
  const std::string_view address = "{ address: 127.0.0.1:9443 }";
  EXPECT_THAT(problems(folder, {{address,
                                 "{ address: 10.0.0.1:9443, tls: { certificate: a.crt, key: { "
                                 "file: a.key } } }"}}),
              HasSubstr("p.yaml:4:19: `address`: `10.0.0.1:9443` is reachable from outside"));
  for (const std::string_view required : {"", ", required: true"}) {
    EXPECT_EQ(problems(folder,
                       {{address,
                         fmt::format("{{ address: 10.0.0.1:9443, tls: {{ certificate: a.crt, key: "
                                     "{{ file: a.key }}, client_ca: ca.crt{} }} }}",
                                     required)}}),
              "");
  }
}

// `serve` could not start with them: the policy says so before, and where.
TEST(LoadFile, CertificatesAndKeysAreWhatTheyShouldBe) {
  const TemporaryFolder folder;
  const std::string certificate = pair().certificate_pem;
  const std::string key(pair().key_pem.reveal());
  const auto other =
      crypto::make_self_signed({"other"}, system_clock().wall(), std::chrono::hours(1));
  const std::string other_key(other->key_pem.reveal());
  const std::string cut = certificate.substr(0, certificate.size() / 2);
  const std::string encrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
  struct Row {
    std::string certificate, key, client_ca, expected;
  };
  const Row rows[] = {
      {certificate, key, certificate, ""},
      {certificate + other->certificate_pem, key, certificate + other->certificate_pem, ""},
      {key, key, certificate,
       "4:25: `certificate`: `…/a.crt` holds no certificate; it has a PRIVATE KEY"},
      {"", key, certificate, "4:25: `certificate`: `…/a.crt` holds no certificate; it is empty"},
      {"garbage", key, certificate,
       "4:25: `certificate`: `…/a.crt` holds no certificate; it is no PEM text"},
      {cut, key, certificate,
       "4:25: `certificate`: `…/a.crt` holds a certificate that cannot be read"},
      {certificate + cut, key, certificate,
       "4:25: `certificate`: `…/a.crt` holds a certificate that cannot be read"},
      {certificate, certificate, certificate,
       "4:45: `key`: `…/a.key` holds no private key; it has a CERTIFICATE"},
      {certificate, "garbage", certificate,
       "4:45: `key`: `…/a.key` holds no private key; it is no PEM text"},
      {certificate, key.substr(0, 60), certificate,
       "4:45: `key`: `…/a.key` holds a private key that cannot be read"},
      {certificate, encrypted, certificate,
       "4:45: `key`: `…/a.key` holds an encrypted key; write it without"},
      {certificate, other_key, certificate,
       "4:45: `key`: `…/a.key` is not the key of the certificate"},
      {other->certificate_pem + certificate, key, certificate,
       "4:45: `key`: `…/a.key` is not the key of the certificate"},
      {certificate, key, key,
       "4:65: `client_ca`: `…/ca.crt` holds no certificate; it has a PRIVATE KEY"},
  };
  for (const Row& row : rows) {
    folder.write("a.crt", row.certificate);
    folder.write("a.key", row.key);
    folder.write("ca.crt", row.client_ca);
    std::string found = problems(folder, {{kListen,
                                           "  - address: 127.0.0.1:8443\n"
                                           "    tls: { certificate: a.crt, key: { file: a.key }, "
                                           "client_ca: ca.crt }"}});
    while (found.contains(folder.path())) {
      found.replace(found.find(folder.path()), folder.path().size(), "…");
    }
    if (row.expected.empty()) {
      EXPECT_EQ(found, "");
    } else {
      EXPECT_THAT(found, HasSubstr(row.expected));
    }
  }
}

TEST(LoadFile, DatesOfACertificateAreNoted) {
  const TemporaryFolder folder;
  using std::chrono::hours;
  const WallTime now = system_clock().wall();
  struct Row {
    Duration begin, lasts;  // from now, and from then
    const char* note;
  };
  for (const Row& row : {
           Row{-hours(48), hours(24), "expired at 20"},
           Row{-hours(48), hours(47), "expired at 20"},
           Row{hours(1), hours(9000), "is not valid before 20"},
           Row{-hours(1), hours(24), "expires at 20"},
           Row{-hours(1), hours(24 * 14), "expires at"},
           Row{-hours(1), hours(24 * 15), ""},
           Row{-hours(1), hours(24 * 365), ""},
       }) {
    const auto made = crypto::make_self_signed({"localhost"}, now + row.begin, row.lasts);
    folder.write("a.crt", made->certificate_pem);
    folder.write("a.key", made->key_pem.reveal());
    const std::vector<Edit> edits = {
        {kListen,
         "  - address: 127.0.0.1:8443\n    tls: { certificate: a.crt, key: { file: a.key } }"}};
    EXPECT_EQ(problems(folder, edits), "");
    const auto loaded = load(folder / "p.yaml");
    EXPECT_NE(loaded.snapshot, nullptr);
    const std::string note = row.note;
    ASSERT_EQ(loaded.notes.size(), note.empty() ? 0u : 1u);
    if (note.empty()) continue;
    EXPECT_THAT(format(loaded.notes[0]),
                HasSubstr("p.yaml:4:25: `certificate`: `" + (folder / "a.crt") + "` " + note));
  }
}

TEST(LoadFile, AuthoritiesOfAnUpstreamAreCertificates) {
  const TemporaryFolder folder;
  const Edit edit{kUrl, "    url: https://gpu.internal:8000\n    ca: ca.crt\n"};
  folder.write("ca.crt", pair().certificate_pem);
  EXPECT_EQ(problems(folder, {edit}), "");
  folder.write("ca.crt", "no");
  EXPECT_THAT(problems(folder, {edit}), HasSubstr("`ca`: `" + (folder / "ca.crt") + "` holds no"));
}

TEST(LoadFile, Tls12IsNoted) {
  const TemporaryFolder folder;
  folder.write("a.crt", pair().certificate_pem);
  folder.write("a.key", pair().key_pem.reveal());
  EXPECT_EQ(problems(folder, {{kListen,
                               "  - address: 127.0.0.1:8443\n"
                               "    tls: { certificate: a.crt, key: { file: a.key }, min_version: "
                               "1.2 }"}}),
            "");
  const Loaded loaded = load(folder / "p.yaml");
  EXPECT_TRUE(loaded.snapshot->listeners[0].tls->allow_tls12);
  EXPECT_THAT(format(loaded.notes.at(0)), HasSubstr(":4:67: TLS 1.2 is accepted"));
}

TEST(LoadFile, StateSecretsAreClosedToOthers) {
  const TemporaryFolder folder;
  const std::string secret = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  folder.write("state/secrets/pepper", secret, 0644);
  EXPECT_THAT(problems(folder, {}), HasSubstr("p.yaml:1:1: `pepper`: `"));
  for (const std::string& none : {std::string("x"), secret + "a", std::string(64, 'g')}) {
    folder.write("state/secrets/pepper", none, 0600);
    EXPECT_THAT(problems(folder, {}), HasSubstr("is no secret of Gatehouse")) << none;
  }
  // Digits that no chance has made.
  for (const std::string& none :
       {std::string(64, 'a'), std::string(63, '0') + "1",
        std::string("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")}) {
    folder.write("state/secrets/pepper", none, 0600);
    EXPECT_THAT(problems(folder, {}), HasSubstr("guess")) << none;
  }
  folder.write("state/secrets/pepper", secret + "\n", 0600);
  EXPECT_EQ(problems(folder, {}), "");
  folder.write("keys/salt", secret, 0604);
  EXPECT_THAT(problems(folder, {{"drain: 30s", "secrets: { salt_key: { file: keys/salt } }"}}),
              HasSubstr("p.yaml:37:30: `salt_key`: `" + (folder / "keys/salt")));
}

TEST(LoadFile, KeysAreNothingWithoutTheSecretsTheyWereMadeWith) {
  const TemporaryFolder folder;
  const Edit elsewhere{"drain: 30s", "secrets: { pepper: { file: keys/peppr } }"};
  EXPECT_EQ(problems(folder, {elsewhere}), "");  // made with the state
  folder.write("state/gatehouse.db", "");
  EXPECT_THAT(
      problems(folder, {elsewhere}),
      AllOf(HasSubstr("p.yaml:37:28: `pepper`: there is no `" + (folder / "keys/peppr")),
            HasSubstr("p.yaml:37:10: `salt_key`: there is no `"), HasSubstr("put it back")));
}

TEST(LoadFile, ARequestLogIsAddedToNoOtherFile) {
  const TemporaryFolder folder;
  const Edit log{"requests: stdout", "requests: ./requests.log"};
  EXPECT_EQ(problems(folder, {log}), "");
  folder.write("requests.log", "");
  EXPECT_EQ(problems(folder, {log}), "");
  folder.write("requests.log", "{\"ts\":1}\n");
  EXPECT_EQ(problems(folder, {log}), "");
  for (const std::string_view other : {"version: 1\n", "SQLite format 3", "-----BEGIN", "\n{}"}) {
    folder.write("requests.log", std::string(other));
    EXPECT_THAT(problems(folder, {log}),
                HasSubstr("p.yaml:36:18: `requests`: `" + (folder / "requests.log") +
                          "` is there and is no request log"))
        << other;
  }
}

TEST(LoadFile, PepperAndSaltKeyAreTwoSecrets) {
  const TemporaryFolder folder;
  const std::string secret = "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a1";
  folder.write("state/secrets/pepper", secret);
  EXPECT_EQ(problems(folder, {}), "");
  folder.write("state/secrets/salt", secret + "\n", 0400);
  EXPECT_THAT(problems(folder, {}),
              HasSubstr("`pepper` and `salt_key` hold the same secret; give each its own"));
  folder.write("elsewhere", secret);
  EXPECT_THAT(problems(folder, {{"drain: 30s", "secrets: { salt_key: { file: elsewhere } }"}}),
              HasSubstr("p.yaml:37:10: `pepper` and `salt_key` hold the same secret"));
  folder.write("elsewhere", "0" + secret.substr(1));
  EXPECT_EQ(problems(folder, {{"drain: 30s", "secrets: { salt_key: { file: elsewhere } }"}}), "");
}

TEST(LoadFile, ReadsTheUpstreamsKeyWithoutItsNewline) {
  const TemporaryFolder folder;
  const Edit edit{kUrl, "    url: http://127.0.0.1:8000\n    api_key: { file: secrets/vllm }\n"};
  folder.write("secrets/vllm", "sk-9f8e7d6c5b4a3\n");
  EXPECT_EQ(problems(folder, {edit}), "");
  EXPECT_TRUE(load(folder / "p.yaml").snapshot->upstreams[0].api_key.equals("sk-9f8e7d6c5b4a3"));

  struct Row {
    const char* content;
    mode_t mode;
    const char* problem;
  };
  for (const Row& row :
       {Row{"", 0600, "is empty"}, Row{"\n", 0600, "is empty"},
        Row{"hunter2", 0660, "for more than reading (mode 0660)"},
        Row{"hunter2", 0644, "is open to others (mode 0644)"},
        Row{"hun ter2", 0600, "no Authorization header can carry"},
        Row{"hunter2\r\n", 0600, "no Authorization header can carry"},
        Row{"hunter2\n\n", 0600, "no Authorization header can carry"},
        Row{"hunter\xc3\xa4", 0600, "no Authorization header can carry"},
        Row{"hunter-changeme-9f8e7d6c", 0600, "(`changeme`); make one: openssl"},
        Row{"hunter2", 0600, "has 7 characters, which can be guessed; at least 8 are needed"},
        Row{"hunterhunterhunter", 0600, "repeats itself, so that it can be guessed; make one"},
        Row{"test-token", 0600, "is no secret but words that anybody can guess (`test`)"},
        Row{"EMPTY", 0600, "(`empty`); make one: openssl rand -hex 32, and start the server with"},
        Row{"sk-1234", 0600, "(`sk`)"}, Row{"--------", 0600, "repeats itself"}}) {
    folder.write("secrets/vllm", row.content, row.mode);
    const std::string all = problems(folder, {edit});
    EXPECT_THAT(all, HasSubstr("p.yaml:9:22: `api_key`: "));
    EXPECT_THAT(all, HasSubstr(row.problem));
    EXPECT_THAT(all, HasSubstr("secrets/vllm` "));  // which of them
    EXPECT_THAT(all, Not(HasSubstr("hun"))) << row.content;
  }
  // It is the choice of whoever starts the server.
  for (const Row& row : {Row{"sk-hunter2", 0600, "at least 16 are needed; make one: openssl"},
                         Row{"hunter21hunter21", 0600, "repeats itself"}}) {
    folder.write("secrets/vllm", row.content, row.mode);
    EXPECT_EQ(problems(folder, {edit}), "");
    const auto loaded = load(folder / "p.yaml");
    ASSERT_EQ(loaded.notes.size(), 1u);
    EXPECT_THAT(format(loaded.notes[0]), HasSubstr(row.problem));
    EXPECT_THAT(format(loaded.notes[0]), Not(HasSubstr("hun")));
  }
  folder.write("secrets/vllm", std::string((64u << 10) + 1, 'k'));
  EXPECT_THAT(problems(folder, {edit}), HasSubstr("is larger than 65536 bytes"));
}

TEST(LoadFile, ReadsSecretsFromVariablesAndCredentials) {
  const TemporaryFolder folder;
  folder.write("credentials/vllm", "from-systemd-9f8e", 0400);
  ::setenv("GH_TEST_VLLM_KEY", "from-variable-9f8e", 1);
  ::setenv("CREDENTIALS_DIRECTORY", (folder / "credentials").c_str(), 1);
  const std::string base = "    url: http://127.0.0.1:8000\n    api_key: ";
  const auto key = [&](const std::string& source) {
    const std::string with = base + source + "\n";
    EXPECT_EQ(problems(folder, {{kUrl, with}}), "");
    const auto snapshot = load(folder / "p.yaml").snapshot;
    return snapshot == nullptr ? "" : std::string(snapshot->upstreams[0].api_key.reveal());
  };
  EXPECT_EQ(key("{ env: GH_TEST_VLLM_KEY }"), "from-variable-9f8e");
  EXPECT_EQ(key("{ credential: vllm }"), "from-systemd-9f8e");
  ::setenv("GH_TEST_VLLM_KEY", "changeme", 1);
  EXPECT_THAT(problems(folder, {{kUrl, base + "{ env: GH_TEST_VLLM_KEY }\n"}}),
              HasSubstr("(`changeme`)"));
  ::setenv("GH_TEST_VLLM_KEY", "", 1);
  EXPECT_THAT(
      problems(folder, {{kUrl, base + "{ env: GH_TEST_VLLM_KEY }\n"}}),
      HasSubstr("p.yaml:9:21: `api_key`: environment variable `GH_TEST_VLLM_KEY` is empty"));
  ::unsetenv("CREDENTIALS_DIRECTORY");
  ::unsetenv("GH_TEST_VLLM_KEY");
  const std::string without = base + "{ credential: vllm }\n";
  EXPECT_THAT(problems(folder, {{kUrl, without}}), HasSubstr("$CREDENTIALS_DIRECTORY is not set"));
}

TEST(LoadFile, NeverShowsASecretsContent) {
  const TemporaryFolder folder;
  folder.write("vllm", "sk-hunter2-9f8e7d6c");
  const std::string with = "    url: http://127.0.0.1:8000\n    api_key: { file: vllm }\n";
  const std::vector<Edit> edits = {{kUrl, with}};
  const Loaded loaded = load(folder.write("p.yaml", edited(kBase, edits)), {.effective = true});
  const Effective* key = loaded.find("upstreams.llama.api_key");
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->value, "{ file: vllm }");
  for (const Effective& value : loaded.effective)
    EXPECT_THAT(value.value, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace gh::policy
