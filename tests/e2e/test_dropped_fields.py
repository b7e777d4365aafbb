"""The header fields that vLLM acts on: a client's never reach it, whatever the protocol."""

import pytest

from gate import chat
from h2client import Client

CANARY = "cAnArY-7"
# Priorities, ranks of engines, sessions, ids, traces, and what SageMaker's front end reads.
NAMES = [
    "X-Request-Id", "X-data-parallel-rank", "X-Session-ID", "X-Vllm-Priority", "traceparent",
    "tracestate", "baggage", "endpoint-load-metrics-format", "X-Correlation-Id",
    "X-Amzn-SageMaker-Adapter-Identifier", "X-Amzn-SageMaker-Adapter-Alias",
    "X-Amzn-SageMaker-Session-Id", "X-Amzn-SageMaker-New-Session-Id",
    "X-Amzn-SageMaker-Closed-Session-Id", "X-Amzn-SageMaker-Custom-Attributes",
    "X-Amzn-SageMaker-Inference-Id", "X-Amzn-SageMaker-Target-Model",
]
ROUTES = {
    "/v1/chat/completions": chat(), "/v1/completions": {"model": "m", "prompt": "hi"},
    "/v1/embeddings": {"model": "m", "input": "hi"},
}


def received(recorder):
    """The bytes of each request that came upstream, with the name of our id and not its value."""
    whole = []
    for head, body in recorder.take():
        lines = head.split(b"\r\n")
        ids = [line for line in lines if line.startswith(b"X-Request-Id: ")]
        assert len(ids) == 1
        whole.append((b"\r\n".join(line for line in lines if line not in ids), ids[0], body))
    return whole


@pytest.mark.parametrize("version", ["1.1", "2"])
@pytest.mark.parametrize("path", ROUTES)
def test_fields_that_vllm_acts_on(gate, recorder, path, version):
    """Each alone and all together: the request is served, and the upstream gets the bytes that it gets
    without them, with an id of ours."""
    # covers: algorithms-7-rewritten gateways-3-13
    recorder.take()
    assert gate.call(path, ROUTES[path]).status == 200
    ((head, _, body),) = received(recorder)
    value = f"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01,{CANARY}"
    sent = [[name] for name in NAMES] + [NAMES]
    with Client(gate) as client, gate.connect() as connection:
        for names in sent:
            if version == "2":
                fields = [(name.lower(), value) for name in names]
                answer = client.answer(client.request(path, ROUTES[path], fields=fields))
            else:
                fields = "".join(f"{name}: {value}\r\n" for name in names)
                answer = gate.call(path, ROUTES[path], fields=fields, connection=connection)
            assert answer.status == 200, (names, answer.body)
            assert CANARY not in str(answer.fields) + bytes(answer.body).decode()
    got = received(recorder)
    assert [(h, b) for h, _, b in got] == [(head, body)] * len(sent)
    ids = {number for _, number, _ in got}
    assert len(ids) == len(sent) and not any(CANARY.encode() in number for number in ids)
