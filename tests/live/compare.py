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

# Kinds of events and of whole answers that the mutations above do not bring about.
# Its arguments are soon at their end, whatever noise the model makes: unless vLLM reads a whole call,
# it gives the text of one.
TOOL = {"type": "function", "function": {
    "name": "weather", "description": "The weather in a city", "strict": True,
    "parameters": {"type": "object", "properties": {"city": {"enum": ["Rome"]}},
                   "required": ["city"], "additionalProperties": False}}}
NAMED = {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "weather"}},
         "max_tokens": 60}
USAGE = {"include_usage": True}
CONTINUOUS = {"include_usage": True, "continuous_usage_stats": True}
KINDS = [NAMED, {**NAMED, "stream": True}, {**NAMED, "stream": True, "stream_options": CONTINUOUS},
         {"stream": True, "logprobs": True, "top_logprobs": 2},
         {"stream": True, "n": 2, "temperature": 1, "stream_options": USAGE},
         {"logprobs": True, "n": 2, "temperature": 1}]
COMPLETION = {"model": "tiny", "prompt": "Tell me about the weather.", "max_tokens": 4,
              "temperature": 0}
COMPLETIONS = [
    {}, {"stream": True}, {"stream": True, "stream_options": USAGE},
    {"stream": True, "stream_options": CONTINUOUS}, {"logprobs": 2}, {"logprobs": 21},
    {"stream": True, "logprobs": 2}, {"n": 2, "temperature": 1}, {"prompt": ["one", "two"]},
    {"prompt": ["one", "two"], "stream": True}, {"prompt": [1, 2, 3]}, {"prompt": ""},
    {"prompt": None}, {"max_tokens": 5000}, {"max_tokens": 0}, {"suffix": "x"}, {"model": "nope"}]


def shape(value, name=""):
    """Types and keys, not values: of a list, each kind of element once."""
    if isinstance(value, dict):
        if name == "top_logprobs" and "logprob" not in value:  # of a completion: the keys are tokens
            return {"any token": shape(list(value.values()))}
        return {key: shape(value[key], key) for key in sorted(value)}
    if isinstance(value, list):
        kinds = []
        for one in value:
            if shape(one, name) not in kinds:
                kinds.append(shape(one, name))
        return kinds
    if name == "stop_reason":  # null, or what the text was stopped by: the texts are not the same
        return "any"
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def outcome(status, text):
    """What has to agree: the status and the shape of the whole answer; of a stream, the shapes of its
    events in the order in which each kind comes first, and what ends it."""
    if text.startswith("data: "):
        *events, last = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
        return status, "stream", shape([json.loads(event) for event in events]), last
    return status, shape(json.loads(text))


def difference(real, simulated):
    """The parts of two outcomes that are not alike, from the outside in."""
    if isinstance(real, dict) and isinstance(simulated, dict):
        keys = [key for key in sorted({*real, *simulated})
                if real.get(key, "absent") != simulated.get(key, "absent")]
        return {key: difference(real.get(key, "absent"), simulated.get(key, "absent"))
                for key in keys}
    if (isinstance(real, (list, tuple)) and isinstance(simulated, (list, tuple))
            and len(real) == len(simulated)):
        return [difference(*pair) for pair in zip(real, simulated) if pair[0] != pair[1]]
    return {"vLLM": real, "simulator": simulated}


def mutated(random_source):
    body = dict(PLAIN)
    for mutation in random_source.sample(MUTATIONS, random_source.choice([1, 1, 1, 2])):
        body.update(mutation)
    return body


def compare(rows, what, bodies, ask_vllm, ask_simulator):
    same = 0
    for body in bodies:
        real, simulated = outcome(*ask_vllm(body)), outcome(*ask_simulator(body))
        same += real == simulated
        if real != simulated:
            plain = COMPLETION if "prompt" in body else PLAIN
            changed = {key: value for key, value in body.items() if plain.get(key, body) != value}
            print(f"      differs for {json.dumps(changed)}: {difference(real, simulated)}")
    rows.row(f"the simulator against vLLM, {what}", f"{len(bodies)} of {len(bodies)} alike",
             f"{same} of {len(bodies)}", same == len(bodies))


def compare_with_simulator(rows, ask_vllm):
    random_source = random.Random(1)
    mutations = [dict(PLAIN, **mutation) for mutation in MUTATIONS]
    mutations += [mutated(random_source) for _ in range(REQUESTS - len(mutations))]
    with Simulator("--max-model-len", "4096", "--enable-prompt-tokens-details") as simulator:
        def ask_simulator(target, body):
            connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=20)
            connection.request("POST", target, json.dumps(body),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        for what, target, bodies in (
                ("mutated requests", "/v1/chat/completions", mutations),
                ("kinds of answers", "/v1/chat/completions", [dict(PLAIN, **k) for k in KINDS]),
                ("completions", "/v1/completions", [dict(COMPLETION, **c) for c in COMPLETIONS])):
            compare(rows, what, bodies, lambda body: ask_vllm(target, body),
                    lambda body: ask_simulator(target, body))
