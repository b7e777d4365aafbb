#include "policy_cases.h"

namespace gh::policy {
namespace {

TEST(LoadUpstreams, OneServerMayHaveTwoNames) {
  const Edit edit{"    url: unix:/run/own.sock", "    url: http://127.0.0.1:8000"};
  const Loaded loaded = load_edited({&edit, 1});
  ASSERT_NE(loaded.snapshot, nullptr);
  ASSERT_FALSE(loaded.notes.empty());
  EXPECT_TRUE(format(loaded.notes[0])
                  .starts_with("p.yaml:11:10: `http://127.0.0.1:8000` is an upstream already, at "
                               "p.yaml:8:10: both have one prefix cache"));
}

TEST(LoadUpstreams, RefusesUnusableOnes) {
  const std::vector<Case> cases = {
      {"a url without scheme",
       {{"    url: http://127.0.0.1:8000\n", "    url: 127.0.0.1:8000\n"}},
       {"8:10: `url`: `127.0.0.1:8000` is not an upstream; write it like"}},
      {"a url with a path",
       {{"    url: http://127.0.0.1:8000\n", "    url: http://127.0.0.1:8000/v1\n"}},
       {"8:10: `url`: `http://127.0.0.1:8000/v1` has more than host and port; write"}},
      {"a url with a password",
       {{"    url: http://127.0.0.1:8000\n", "    url: http://me:hunter2@127.0.0.1:8000\n"}},
       {"8:10: `url`: an upstream's url holds no user or password; use `api_key`"}},
      {"a url with a query",
       {{"    url: http://127.0.0.1:8000\n", "    url: http://127.0.0.1:8000?x=1\n"}},
       {"8:10: `url`: `http://127.0.0.1:8000?x=1` has more than host and port; write"}},
      {"a url without host",
       {{"    url: http://127.0.0.1:8000\n", "    url: http://:8000\n"}},
       {"8:10: `url`: `http://:8000` has no valid host; write it like http://127.0.0.1:8000 or"}},
      {"a url with port 0",
       {{"    url: http://127.0.0.1:8000\n", "    url: http://127.0.0.1:0\n"}},
       {"8:10: `url`: `http://127.0.0.1:0` has no valid port; ports go from 1 to 65535"}},
      {"a url with a mistyped address",
       {{"    url: http://127.0.0.1:8000\n", "    url: http://127.0.0.256:8000\n"}},
       {"8:10: `url`: `http://127.0.0.256:8000` has no valid host; write it like"}},
      {"urls as one value with a password",
       {{"    url: http://127.0.0.1:8000\n", "    urls: http://me:hunter2@127.0.0.1\n"}},
       {"7:5: an upstream needs either `url` or `urls`; write one of them",
        "8:11: `urls` is a single value; write a list [ … ]"}},
      {"neither url nor urls",
       {{"    url: http://127.0.0.1:8000\n", ""}},
       {"7:5: an upstream needs either `url` or `urls`; write one of them"}},
      {"both url and urls",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    urls: [http://127.0.0.1:8001]\n"}},
       {"7:5: an upstream needs either `url` or `urls`; write one of them"}},
      {"one server twice in urls",
       {{"    url: http://127.0.0.1:8000\n",
         "    urls: [http://127.0.0.1:8000, http://127.0.0.1:8000]\n"}},
       {"8:35: `http://127.0.0.1:8000` is in `urls` twice; the first is on line 8"}},
      {"one server twice in urls, in other words",
       {{"    url: http://127.0.0.1:8000\n",
         "    urls: [http://127.0.0.1:8000, 'http://[::ffff:127.0.0.1]:8000']\n"}},
       {"8:35: `http://[::ffff:127.0.0.1]:8000` is the server of another of these `urls`, at "
        "p.yaml:8:12; remove one"}},
      {"authorities for clear text",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    ca: /nonexistent/ca\n"}},
       {"9:9: `ca` is for https upstreams, and this is none; remove it",
        "9:9: `ca`: cannot read `/nonexistent/ca`: No such file or directory"}},
      {"authorities that are not there",
       {{"    url: http://127.0.0.1:8000\n", "    url: https://vllm.example\n    ca: ca.pem\n"}},
       {"9:9: `ca`: cannot read `/nonexistent/ca.pem`: No such file or directory"}},
      {"a version too new",
       {{"    url: http://127.0.0.1:8000\n    vllm: 0.10.2",
         "    url: http://127.0.0.1:8000\n    vllm: 99.0.0"}},
       {"9:11: `vllm`: 99.0.0 is newer than 0.33.0, the newest that is known; write"}},
      {"a version too old",
       {{"    url: http://127.0.0.1:8000\n    vllm: 0.10.2",
         "    url: http://127.0.0.1:8000\n    vllm: 0.1.0"}},
       {"9:11: `vllm`: vLLM 0.1.0 is older than 0.4.3, the oldest version that is known"}},
      {"accepting newer for a known version",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    vllm_accept_newer: true\n"}},
       {"9:24: `vllm_accept_newer` changes nothing for 0.10.2, which is known; remove it"}},
      {"a literal secret",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    api_key: sk-hunter2\n"}},
       {"9:14: `api_key`: secrets are never written in the policy; write { file: PATH }, {"}},
      {"a secret of two sources",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    api_key: { env: A, file: b }\n"}},
       {"9:14: `api_key` needs exactly one source; write { file: PATH }, { credential: NAME }"}},
      {"a secret of an unknown source",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    api_key: { value: hunter2 }\n"}},
       {"9:16: unknown source of `api_key`; write { file: PATH }, { credential: NAME } or {"}},
      {"a secret of a mistyped source",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    api_key: { fil: b }\n"}},
       {"9:16: unknown source of `api_key`; write { file: PATH }, { credential: NAME } or {"}},
      {"a secret without name",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    api_key: { env: }\n"}},
       {"9:21: `env` of `api_key` has no usable name; write { file: PATH }, { credential: NAME"}},
      {"a secret from a variable that is not set",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    api_key: { env: GH_TEST_NOT_SET }\n"}},
       {"9:21: `api_key`: environment variable `GH_TEST_NOT_SET` is not set"}},
      {"a secret from a file that is not there",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    api_key: { file: nothing }\n"}},
       {"9:22: `api_key`: cannot read `/nonexistent/nothing`: No such file or directory"}},
      {"a credential that leaves its folder",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    api_key: { credential: ../x }\n"}},
       {"9:28: `api_key`: `../x` is not the name of a credential; write it as in"}},
      {"a health interval of another word",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    health: never\n"}},
       {"9:13: `health`: `never` is not a duration; write it like 500ms, 30s, 5m, 12h or 90d,"}},
      {"a timeout longer than the whole",
       {{"    url: http://127.0.0.1:8000\n",
         "    url: http://127.0.0.1:8000\n    timeouts: { idle: 10m, total: 5m }\n"}},
       {"9:23: `idle` is longer than `total`, which ends it first"}},
  };
  expect_problems(cases);
}

}  // namespace
}  // namespace gh::policy
