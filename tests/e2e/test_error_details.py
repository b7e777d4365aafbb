"""What the operator's log says of an upstream's trouble, and what it never says: prompts, keys."""

import json

import pytest

import recorder as answers
from gate import Gate, chat
from upstream import Upstream

CANARY = "PROMPT-CANARY-7391"
SECRET = "sk-upstream-4711"
STREAM = (b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
          b"\r\n")


def echo(shape, text):
    """Errors that repeat what was sent, in the shapes of vLLM's versions."""
    message = f"1 validation error: input {text!r} is not what it should be"
    return json.dumps({
        "nested": {"error": {"message": message, "type": "BadRequestError", "code": 400}},
        "flat": {"object": "error", "message": message, "code": 400},
        "bare": {"error": message},
        "detail": {"detail": [{"loc": ["body"], "msg": "bad", "input": {"content": text}}]},
    }[shape])


def ask(tmp_path, serve, body=None):
    """(answer, log line, what was said upstream) of one request."""
    with Upstream(serve) as upstream, Gate(
            tmp_path, upstream=upstream.url, environment={"UPSTREAM_KEY": SECRET},
            upstream_more="    api_key: { env: UPSTREAM_KEY }") as gate:
        answer = gate.call("/v1/chat/completions", body or chat(CANARY))
        (line,) = gate.logged(code=answer.error["code"])
        return answer, line


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Internal Server Error"])
@pytest.mark.parametrize("shape", ["nested", "flat", "bare", "detail"])
def test_prompts_are_not_logged(tmp_path, shape, status):
    def serve(peer):
        if (got := peer.request()) is None:
            return  # a health check
        sent = json.loads(got[1])
        peer.send_json(echo(shape, f"{CANARY} {SECRET} {sent['cache_salt']}"), status)

    answer, line = ask(tmp_path, serve)
    assert line["detail"] and "…" in line["detail"]
    if shape != "detail":
        assert line["detail"].startswith("1 validation error: input '…")
    for told in (json.dumps(line), answer.body.decode()):
        assert "CANARY" not in told and "upstream-4711" not in told


def test_what_was_not_sent_is_logged(tmp_path):
    def serve(peer):
        if peer.request() is None:
            return
        peer.send_json(json.dumps({"error": {"message": "CUDA out of memory on device 0"}}),
                       "500 Internal Server Error")

    answer, line = ask(tmp_path, serve)
    assert line["detail"] == "CUDA out of memory on device 0"
    assert b"CUDA" not in answer.body


def test_an_error_inside_a_stream(tmp_path):
    def serve(peer):
        if peer.request() is None:
            return
        event = b"data: " + echo("nested", CANARY).encode() + b"\n\n"
        peer.send(STREAM + b"%x\r\n%s\r\n" % (len(event), event))
        peer.wait_until_left()

    answer, line = ask(tmp_path, serve, chat(CANARY, stream=True))
    assert line["detail"] == "… error: input … is not … it should be"
    assert b"CANARY" not in answer.body


def test_the_beginning_of_an_endless_error_is_enough(tmp_path):
    def serve(peer):
        if peer.request() is None:
            return
        peer.send(b"HTTP/1.1 500 No\r\ncontent-type: text/plain\r\ncontent-length: 999999999\r\n\r\n"
                  + b"x" * 200_000)
        peer.wait_until_left()

    answer, line = ask(tmp_path, serve)
    assert (answer.status, line["upstream_status"]) == (502, 500)


def test_a_length_that_no_answer_may_have_is_refused_at_once(tmp_path):
    def serve(peer):
        if peer.request() is None:
            return
        peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                  b"content-length: 999999999999999\r\n\r\n{")
        peer.wait_until_left()

    answer, line = ask(tmp_path, serve)
    assert (answer.status, answer.error["code"]) == (502, "upstream_invalid")
    assert line["detail"] == "the answer is too large" and line["total_ms"] < 5000


@pytest.mark.parametrize("coding,status", [("gzip", 502), ("br", 502), ("identity", 200)])
def test_an_answer_in_another_coding_is_refused(tmp_path, coding, status):
    text = json.dumps(answers.whole("/v1/chat/completions", chat()))

    def serve(peer):
        while peer.request():
            peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: %s\r\n"
                      b"content-length: %d\r\n\r\n%s" % (coding.encode(), len(text), text.encode()))

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        assert gate.chat().status == status
