"""The simulator held against the real vLLM: the same mutated requests, status and shape of both."""

import http.client
import json
import random

from gate import Simulator

REQUESTS = 50

PLAIN = {"model": "tiny", "messages": [{"role": "user", "content": "Tell me about the weather."}],
         "max_tokens": 4, "temperature": 0}

MUTATIONS = [
    {"max_tokens": 0}, {"max_tokens": -1}, {"max_tokens": 5000}, {"max_tokens": "3"},
    {"max_tokens": 3.5}, {"max_tokens": None}, {"n": 0}, {"n": 2, "temperature": 1}, {"n": "2"},
    {"temperature": 3}, {"temperature": "0.5"}, {"top_p": 0}, {"top_p": 1}, {"stop": ["a"]},
    {"stop": ["a"] * 5}, {"stop": ""}, {"stream": True},
    {"stream": True, "stream_options": {"include_usage": True}},
    {"stream": True, "stream_options": {"include_usage": True, "continuous_usage_stats": True}},
    {"stream_options": {"include_usage": True}}, {"model": "nope"}, {"model": None},
    {"model": ""}, {"messages": []}, {"messages": None}, {"messages": "text"}, {"messages": 1},
    {"unknown_field": 1}, {"user": "u"}, {"seed": 1}, {"cache_salt": "abc"}, {"cache_salt": ""},
    {"cache_salt": 1}, {"cache_salt": "a/b"}, {"logprobs": True, "top_logprobs": 2},
    {"logprobs": True, "top_logprobs": 21},
]


def shape(value):
    """Types and keys, not values."""
    if isinstance(value, dict):
        return {key: shape(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def outcome(status, text):
    """What has to agree: the status, and for an error its shape, for an answer its keys."""
    if text.startswith("data: "):
        events = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
        first, last = json.loads(events[0]), events[-1]
        return status, "stream", sorted(first), last
    body = json.loads(text)
    if status != 200:
        return status, shape(body)
    return status, sorted(body), sorted(body["choices"][0])


def mutated(random_source):
    body = dict(PLAIN)
    for mutation in random_source.sample(MUTATIONS, random_source.choice([1, 1, 1, 2])):
        body.update(mutation)
    return body


def compare_with_simulator(rows, ask_vllm):
    with Simulator("--max-model-len", "4096") as simulator:
        def ask_simulator(body):
            connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=20)
            connection.request("POST", "/v1/chat/completions", json.dumps(body),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        random_source = random.Random(1)
        bodies = [dict(PLAIN, **mutation) for mutation in MUTATIONS]
        bodies += [mutated(random_source) for _ in range(REQUESTS - len(bodies))]
        same = 0
        for body in bodies:
            real = outcome(*ask_vllm("/v1/chat/completions", body))
            simulated = outcome(*ask_simulator(body))
            same += real == simulated
            if real != simulated:
                changed = {k: v for k, v in body.items() if PLAIN.get(k, body) != v}
                print(f"      differs for {json.dumps(changed)}:\n"
                      f"        vLLM      {real}\n        simulator {simulated}")
        rows.row("the simulator against vLLM, mutated requests", f"{REQUESTS} of {REQUESTS} alike",
                 f"{same} of {len(bodies)}", same == len(bodies) == REQUESTS)
