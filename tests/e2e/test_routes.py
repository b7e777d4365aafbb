"""Every route of every vLLM release, asked of the running gateway: none but its own exists."""

import pathlib
import re

import pytest

import wire
from gate import Gate, chat

TABLES = pathlib.Path(__file__).resolve().parents[1] / "data" / "vllm_routes"
OURS = {"/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/models"}


def routes():
    """(method, path) of each, with something in the place of what a path leaves open."""
    found = set()
    for table in TABLES.glob("*.txt"):
        for method, path in re.findall(r"(?m)^(\S+)\t(/\S*)", table.read_text()):
            if path not in OURS:
                method = method if method in ("POST", "DELETE") else "GET"  # mounts, WebSockets
                found.add((method, re.sub(r"\{[^}]*\}", "a", path)))
    return sorted(found)


@pytest.mark.parametrize("with_key", [True, False])
def test_no_other_route_exists(tmp_path, recorder, with_key):
    """404 with a key and without one, and nothing upstream: what vLLM leaves open is not there."""
    # covers: algorithms-7-bypass-routes gateways-3-7 gateways-3-21 vllm-live-8-12
    asked = routes()
    assert len(asked) > 60
    assert {("POST", "/adapters"), ("DELETE", "/adapters/a"), ("POST", "/v1/messages")} <= set(asked)
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{recorder.port}") as gate:
        recorder.take()
        with gate.connect() as connection:
            reader = wire.Reader(connection)
            for method, path in asked:
                body = chat() if method == "POST" else None
                connection.sendall(gate.request(path, body, method=method,
                                                **({} if with_key else {"key": ""})))
                answer = reader.answer()
                assert (answer.status, answer.error["code"]) == (404, "not_found"), (method, path)
        assert recorder.take() == []
