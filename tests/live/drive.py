"""The rows of `./run live`: the official SDK against Gatehouse in front of a real vLLM.

    drive.py FOLDER VLLM_SOCKET SOCKET_OF_ONE_THAT_EMBEDS
"""

import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import httpx  # noqa: E402
import openai  # noqa: E402

import client_recordings as recordings  # noqa: E402
from accepted import EMBEDDINGS, TEXT, replay_accepted  # noqa: E402
from compare import TOOL, compare_with_simulator  # noqa: E402
from gate import Gate  # noqa: E402


class UnixConnection(http.client.HTTPConnection):
    """vLLM itself, past the gateway: what only the operator of the host can do."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def direct(path, target, body=None):
    connection = UnixConnection(path)
    headers = {"Authorization": f"Bearer {os.environ['VLLM_API_KEY']}",
               "Content-Type": "application/json"}
    text = body if isinstance(body, str) else json.dumps(body)
    connection.request("POST" if body else "GET", target, text.encode() if body else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


class Rows:
    def __init__(self, gate, vllm):
        self.gate, self.vllm = gate, vllm
        self.failed = self.passed = 0
        self.keys = {"alpha": gate.key, "alpha2": gate.create_key("alpha", "second"),
                     "beta": gate.create_key("beta", "first")}
        time.sleep(1)  # a new key is in force within a second

    def client(self, who="alpha", **options):
        url = f"https://localhost:{self.gate.ports['public']}/v1"
        return openai.OpenAI(api_key=self.keys.get(who, who), base_url=url, max_retries=0,
                             http_client=httpx.Client(verify=str(self.gate.certificate)), **options)

    def row(self, what, expected, observed, holds):
        self.passed += bool(holds)
        self.failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'}  {what:52} {expected:38} {observed}", flush=True)

    def refusal(self, what, call, kind, status, code):
        try:
            call()
            self.row(what, f"{status} {code}", "answered", False)
        except openai.APIStatusError as error:
            observed = f"{error.status_code} {error.code}"
            self.row(what, f"{status} {code}", observed,
                     isinstance(error, kind) and observed == f"{status} {code}")

    def cached(self):
        """Prefix cache hits so far, in tokens, as vLLM itself counts them."""
        _, text = direct(self.vllm, "/metrics")
        return sum(float(x) for x in re.findall(r"^vllm:prefix_cache_hits_total\S* (\S+)$", text,
                                                re.M))

    def running(self):
        _, text = direct(self.vllm, "/metrics")
        return sum(float(x) for x in re.findall(r"^vllm:num_requests_running\S* (\S+)$", text,
                                                re.M))


def chat(client, content="Tell me about the weather.", **more):
    return client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": content}], **{"max_tokens": 8, **more})


def answers(rows):
    client = rows.client()
    names = sorted(model.id for model in client.models.list())
    rows.row("models.list()", "m, support", ", ".join(names), names == ["m", "support"])
    one = client.models.retrieve("m")
    rows.row("models.retrieve()", "m", one.id, one.id == "m")
    reply = chat(client)
    rows.row("chat.completions.create()", "8 tokens, model m",
             f"{reply.usage.completion_tokens} tokens, model {reply.model}",
             reply.usage.completion_tokens == 8 and reply.model == "m")
    hidden = reply.system_fingerprint is None and not reply.usage.prompt_tokens_details
    rows.row("fingerprint and cached_tokens", "removed", "removed" if hidden else "present", hidden)
    reply = chat(client, max_completion_tokens=5, max_tokens=openai.NOT_GIVEN, n=2, temperature=1)
    rows.row("n=2 with max_completion_tokens=5", "2 choices, 10 tokens",
             f"{len(reply.choices)} choices, {reply.usage.completion_tokens} tokens",
             len(reply.choices) == 2 and reply.usage.completion_tokens == 10)
    chunks = list(chat(client, stream=True))
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    rows.row("stream=True", "text, no unasked usage", f"{len(chunks)} chunks",
             len(text) > 0 and all(c.usage is None for c in chunks))
    chunks = list(chat(client, stream=True, stream_options={"include_usage": True}))
    rows.row("stream with include_usage", "usage on the last chunk",
             str(chunks[-1].usage and chunks[-1].usage.completion_tokens),
             chunks[-1].usage is not None and chunks[-1].usage.completion_tokens == 8)
    reply = client.completions.create(model="m", prompt="Once upon a time", max_tokens=4)
    rows.row("completions.create()", "4 tokens", f"{reply.usage.completion_tokens} tokens",
             reply.usage.completion_tokens == 4)
    reply = chat(client, max_tokens=60, tools=[TOOL],
                 tool_choice={"type": "function", "function": {"name": "weather"}})
    called = [call.function.name for call in reply.choices[0].message.tool_calls or []]
    rows.row("a named tool", "a call of it", ", ".join(called) or "none", called == ["weather"])
    deltas = [c.choices[0].delta for c in chat(client, stream=True, max_tokens=60, tools=[TOOL],
              tool_choice={"type": "function", "function": {"name": "weather"}}) if c.choices]
    called = {call.function.name for delta in deltas for call in delta.tool_calls or []} - {None, ""}
    rows.row("a named tool, streamed", "a call of it", ", ".join(called) or "none",
             called == {"weather"})
    reply = client.chat.completions.create(model="support", max_tokens=4, messages=[
        {"role": "user", "content": "Tell me about the weather."}])
    rows.row("a LoRA adapter by its client name", "model support", reply.model,
             reply.model == "support")


def refusals(rows):
    client = rows.client()
    rows.refusal("no such key", lambda: chat(rows.client("gh_live_no")),
                 openai.AuthenticationError, 401, "invalid_api_key")
    rows.refusal("no such model", lambda: client.completions.create(model="x", prompt="a"),
                 openai.NotFoundError, 404, "model_not_found")
    rows.refusal("max_tokens=4096, n=10", lambda: chat(client, max_tokens=4096, n=10),
                 openai.BadRequestError, 400, "request_exceeds_limit")
    rows.refusal("a field with teeth", lambda: chat(client, extra_body={"chat_template": "x"}),
                 openai.BadRequestError, 400, "field_not_allowed")
    rows.refusal("logprobs", lambda: chat(client, logprobs=True, top_logprobs=5),
                 openai.BadRequestError, 400, "field_not_allowed")
    rows.refusal("a prompt longer than the cap", lambda: chat(client, "word " * 4000),
                 openai.BadRequestError, 400, "request_exceeds_limit")
    rows.refusal("over the rate of the tenant",
                 lambda: [chat(rows.client("beta"), max_tokens=1) for _ in range(12)],
                 openai.RateLimitError, 429, "rate_limit_exceeded")


def isolation(rows):
    """vLLM's own counter of cache hits, before and after; blocks have 128 tokens here."""
    prompt = " ".join(f"confidential {i}" for i in range(220))

    def hits(who, **more):
        before = rows.cached()
        chat(rows.client(who), prompt, max_tokens=1, **more)
        return rows.cached() - before

    hits("alpha")
    same, other = hits("alpha2"), hits("beta")
    rows.row("the same prompt, same tenant", "cache hit", f"{same:.0f} tokens", same >= 128)
    rows.row("the same prompt, another tenant", "never", f"{other:.0f} tokens", other == 0)
    stolen = hits("beta", extra_body={"cache_salt": "x"})
    again = hits("alpha", extra_body={"cache_salt": "x"})
    rows.row("a cache_salt of the client's own", "overwritten",
             f"beta {stolen:.0f}, alpha {again:.0f} tokens", stolen >= 128 and again >= 128)


def running_stream(rows):
    """A stream, and how many requests run in vLLM. The model may end its text at once: then another."""
    for _ in range(5):
        stream = chat(rows.client(), stream=True, max_tokens=1000)
        next(iter(stream))
        began = time.monotonic()
        while (ran := rows.running()) == 0 and time.monotonic() - began < 5:
            time.sleep(0.005)
        if ran:
            break
    return stream, ran


def disconnects(rows):
    stream, ran = running_stream(rows)
    began = time.monotonic()
    stream.close()
    while rows.running() > 0 and time.monotonic() - began < 5:
        time.sleep(0.005)
    took = time.monotonic() - began
    rows.row("the client leaves a stream", "vLLM stops", f"{ran:.0f} ran, after {took * 1000:.0f} ms",
             ran == 1 and took < 1)


def frameworks(rows):
    """What the Agents SDK and LangChain sent, replayed. This server was started for text, so the
    policy's word that it has embeddings is wrong, which is not the client's fault."""
    for name, recording in recordings.load().items():
        streamed = json.loads(recording["body"]).get("stream")
        status, code = recordings.REFUSED.get(name, (200, ""))
        if recording["path"] == "/v1/embeddings":
            status, code = 502, "upstream_error"
        answer = recordings.replay(rows.gate, recording)
        observed = f"{answer.status} {'' if answer.status == 200 else answer.error['code']}".strip()
        holds = observed == f"{status} {code}".strip()
        if streamed and holds:
            holds = answer.body.endswith(b"data: [DONE]\n\n")
        package, version = next(iter(recording["packages"].items()))
        rows.row(f"{package} {version}: {name.split('_', 1)[1]}",
                 f"{status} {code}".strip() + (", [DONE]" if streamed else ""), observed, holds)


def embeddings(rows):
    """A vLLM that was started to embed: the SDK, and what frameworks sent."""
    texts = ["The sky is blue.", "Grass is green."]
    plain = rows.client().embeddings.create(model="m", input=texts, encoding_format="float")
    rows.row("embeddings.create, float", "2 vectors, usage",
             f"{len(plain.data)} of {len(plain.data[0].embedding)}, {plain.usage.prompt_tokens} tokens",
             len(plain.data) == 2 and plain.usage.prompt_tokens > 0 and plain.model == "m")
    packed = rows.client().embeddings.create(model="m", input=texts)  # the SDK asks for base64
    near = all(abs(a - b) < 1e-5 for one, other in zip(plain.data, packed.data)
               for a, b in zip(one.embedding, other.embedding))
    rows.row("embeddings.create, base64", "the same", "the same" if near else "others", near)
    rows.refusal("embeddings: an unknown field",
                 lambda: rows.client().embeddings.create(model="m", input="x", extra_body={"pooling": 1}),
                 openai.BadRequestError, 400, "unknown_field")
    for name, recording in recordings.load().items():
        if recording["path"] == "/v1/embeddings":
            answer = recordings.replay(rows.gate, recording)
            package, version = next(iter(recording["packages"].items()))
            rows.row(f"{package} {version}: {name.split('_', 1)[1]}", "200", answer.status, answer.status == 200)


def main():
    folder, vllm, embedder = sys.argv[1:]
    _, version = direct(vllm, "/version")
    print(f"vLLM {json.loads(version)['version']}, openai {openai.__version__}\n")
    with Gate(folder, upstream=f"unix:{vllm}",
              upstream_more="    api_key: { env: VLLM_API_KEY }", served="tiny", context=4096,
              request="max_prompt_tokens: 4096, max_tokens: 1024, default_max_tokens: 512, n: 4",
              models="    adapters: [support]",
              tenants="  - { name: alpha, models: [m, support] }\n"
                      "  - { name: beta, models: [m],"
                      " limits: { requests: { rate: 10/min, burst: 10 } } }") as gate:
        rows = Rows(gate, vllm)
        answers(rows)
        isolation(rows)
        disconnects(rows)
        refusals(rows)
        frameworks(rows)
        replay_accepted(rows, lambda target, body: direct(vllm, target, body), TEXT)
        compare_with_simulator(rows, lambda target, body: direct(vllm, target, body))
    with Gate(folder + "/embeddings", upstream=f"unix:{embedder}", served="tiny", context=4096,
              upstream_more="    api_key: { env: VLLM_API_KEY }") as gate:
        of_vectors = Rows(gate, embedder)
        embeddings(of_vectors)
        replay_accepted(of_vectors, lambda target, body: direct(embedder, target, body), EMBEDDINGS)
    passed, failed = rows.passed + of_vectors.passed, rows.failed + of_vectors.failed
    print(f"\n{passed} of {passed + failed} rows as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
