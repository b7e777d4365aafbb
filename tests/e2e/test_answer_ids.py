"""Answers that belong to somebody else: vLLM makes their id from our X-Request-Id, so it shows."""

import concurrent.futures
import json
import re
import threading

import pytest

import recorder as answers
import wire
from gate import Gate
from upstream import Upstream

OTHER = "req_0123456789ABCDEFGHIJKL"
PATH = "/v1/chat/completions"


def own_id(head):
    return re.search(rb"\r\nX-Request-Id: (req_[0-9A-Za-z]{22})", head)[1].decode()


def send(peer, body, number):
    """An answer whose id is made of `number`, whole or streamed as asked."""
    asked = json.loads(body)
    if not asked.get("stream"):
        return peer.send_json(json.dumps(dict(answers.whole(PATH, asked), id=f"chatcmpl-{number}")))
    event = {"id": f"chatcmpl-{number}", "object": "chat.completion.chunk", "created": 1,
             "model": "served", "choices": [{"index": 0, "delta": {"content": "ok"},
                                             "logprobs": None, "finish_reason": "stop"}]}
    head, _, _ = answers.stream(PATH).partition(b"\r\n\r\n")
    return peer.send(head + b"\r\n\r\n" + answers.chunk(json.dumps(event))
                     + answers.chunk("[DONE]") + b"0\r\n\r\n")


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "stream"])
def test_an_answer_to_another_request(tmp_path, streamed):
    """It is refused before any of it is passed on, counted by itself, and the connections to that
    upstream, which may all be out of step, are not used again."""
    served = []  # (connection, number) in order

    def serve(peer):
        while (got := peer.request()) is not None:
            head, body = got
            number = OTHER if b"mixed up" in body else own_id(head)
            served.append((peer, number))
            send(peer, body, number)

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url,
                                           more="workers: 1") as gate:
        assert gate.chat("good").status == 200
        answer = gate.chat("mixed up", stream=streamed)
        assert answer.status == 502 and answer.error["code"] == "upstream_invalid"
        assert OTHER.encode() not in answer.body
        (line,) = gate.logged(request_id=answer.fields["x-request-id"])
        assert (line["ending"], line["rule"]) == ("upstream_error", "upstream.answer_id")
        assert line["detail"] == "the answer has the id of another request"
        assert gate.metric("gatehouse_foreign_answers_total") == 1
        assert gate.metric("gatehouse_requests_total", reason="upstream_invalid") == 1
        after = gate.chat("good")
        assert after.status == 200
        assert after.json()["id"] == f"chatcmpl-{after.fields['x-request-id']}"
        peers = [peer for peer, _ in served]
        assert peers[0] is peers[1] and peers[2] is not peers[1]


@pytest.mark.parametrize("workers", [1, 2])
def test_connections_in_use_are_not_used_again_either(tmp_path, workers):
    """Whichever worker has them: what was open by then may be out of step."""
    go_on = threading.Event()
    served = []  # (connection, body) in order

    def serve(peer):
        while (got := peer.request()) is not None:
            head, body = got
            served.append((peer, body))
            if b"slow" in body:
                go_on.wait(20)
            send(peer, body, OTHER if b"mixed up" in body else own_id(head))

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url,
                                           more=f"workers: {workers}") as gate:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            slow = [pool.submit(gate.chat, "slow") for _ in range(8)]
            assert wire.wait_for(lambda: len(served) == 8)
            assert gate.chat("mixed up").status == 502
            go_on.set()
            assert [answer.result().status for answer in slow] == [200] * 8
        assert [gate.chat("good").status for _ in range(8)] == [200] * 8
        before = {id(peer) for peer, body in served if b"good" not in body}
        assert not before & {id(peer) for peer, body in served if b"good" in body}


def test_ids_of_another_form_pass(tmp_path):
    """Older versions and other settings make ids that say nothing."""
    numbers = ["1", "9c932ed3acce6992", "req_short", OTHER.lower().replace("_", "-")]

    def serve(peer):
        while (got := peer.request()) is not None:
            send(peer, got[1], numbers[len(upstream.requests) - 1])

    with Upstream(serve) as upstream, Gate(tmp_path, upstream=upstream.url) as gate:
        for number in numbers:
            answer = gate.chat()
            assert answer.status == 200 and answer.json()["id"] == f"chatcmpl-{number}"
        assert gate.metric("gatehouse_foreign_answers_total") == 0
