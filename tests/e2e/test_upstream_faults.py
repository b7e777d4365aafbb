"""Upstreams that answer wrongly: each fault becomes a documented refusal in our own words, and a
connection about which there is any doubt is not used again."""

import pytest

import wire
from gate import SANITIZED, Gate, Simulator
from test_flow import MEMORY, resident

LEAKS = (b"simulated", b"/srv/models", b"stolen", b"<html", b"BadRequestError", b"schedule")


@pytest.fixture(scope="module")
def sim(tmp_path_factory):
    record = tmp_path_factory.mktemp("sim") / "record"
    with Simulator("--model", "served", record=record) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def gate(sim, tmp_path_factory):
    """One worker, so that there is one pool of connections."""
    with Gate(tmp_path_factory.mktemp("faults"), upstream=f"http://127.0.0.1:{sim.port}",
              more="workers: 1") as running:
        yield running


def ask(gate, sim, content, **more):
    """The answer, its log line, and whether a good request after it came on another connection.
    The upstream gets each of the three requests once."""
    before = len(sim.received())
    assert gate.chat().status == 200
    connection, reader = gate.begin_chat(content, **more)
    with connection:
        answer = reader.head()
        if answer.fields.get("transfer-encoding") == "chunked":
            answer.body, _ = reader.rest()
        else:
            answer.body = reader.exactly(int(answer.fields["content-length"]))
    after = gate.chat("another", max_tokens=2)
    assert after.status == 200 and after.json()["usage"]["completion_tokens"] == 2
    (line,) = gate.logged(request_id=answer.fields["x-request-id"])
    warm, faulty, last = [connection for connection, _ in sim.received()[before:]]
    assert warm == faulty
    return answer, line, last != faulty


# What the upstream's error means to the client: status, code, whether to come back.
STATUSES = {
    400: (400, "invalid_value", False), 401: (502, "upstream_error", False),
    403: (502, "upstream_error", False), 404: (502, "upstream_error", False),
    413: (413, "body_too_large", False), 422: (400, "invalid_value", False),
    429: (503, "overloaded", True), 500: (503, "draining", True),
    501: (502, "upstream_error", False), 502: (502, "upstream_error", False),
    503: (503, "overloaded", True), 504: (502, "upstream_error", False),
    302: (502, "upstream_error", False), 206: (502, "upstream_error", False),
}


@pytest.mark.parametrize("code", STATUSES)
@pytest.mark.parametrize("streamed", [False, True])
def test_statuses(gate, sim, code, streamed):
    """Every status that is not 200, before a stream too: our text, the original in the log, and
    nothing charged."""
    # covers: vllm-live-8-9 vllm-live-8-10
    status, name, retry = STATUSES[code]
    answer, line, _ = ask(gate, sim, f"sim:fault=status,code={code}", stream=streamed)
    assert (answer.status, answer.error["code"]) == (status, name)
    assert ("retry-after" in answer.fields) == retry
    assert not any(word in answer.raw + answer.body for word in LEAKS)
    assert line["detail"] and line["upstream_status"] == code
    assert line["ending"] == "upstream_error" and "charged_in_full" not in line


@pytest.mark.parametrize("shape", ["openai", "flat", "bare", "detail", "text", "html", "empty"])
@pytest.mark.parametrize("code", [400, 503])
def test_shapes_of_errors(gate, sim, shape, code):
    """Whatever an error looks like, it is understood by its status; the connection is kept."""
    # covers: vllm-live-8-10
    answer, line, fresh = ask(gate, sim, f"sim:fault=status,code={code},shape={shape}")
    assert (answer.status, answer.error["code"]) == STATUSES[code][:2]
    assert not any(word in answer.body for word in LEAKS)
    assert not fresh and ("detail" in line) == (shape != "empty")


HEADS = ("status version garbage field name_space fold nul bare_lf bare_cr two_lengths length_list "
         "negative_length plus_length huge_length length_and_chunked gzip_chunked content_encoding "
         "upgrade").split()
CHUNKS = "size negative overflow prefix no_crlf bare_lf extension empty_size".split()
JSON = "truncated utf8 duplicate array nan trailing null empty surrogate".split()
DOUBTS = (
    [(f"invalid_head,kind={kind}", "upstream_invalid") for kind in HEADS] +
    [(f"chunk_garbage,kind={kind}", "upstream_invalid") for kind in CHUNKS] +
    [("huge_head,bytes=100000", "upstream_invalid"), ("trailers", "upstream_invalid"),
     ("one_oh", "upstream_invalid"), ("chunk_garbage,kind=huge", "upstream_reset"),
     ("cut_after,n=0", "upstream_reset"), ("cut_after", "upstream_reset"),
     ("cut_after,how=rst", "upstream_reset"), ("short_body", "upstream_reset"),
     ("interim,code=101", "upstream_invalid"), ("huge_body,bytes=70000000", "upstream_invalid")])


@pytest.mark.parametrize("fault,code", DOUBTS, ids=[d[0] for d in DOUBTS])
def test_doubtful_answers(gate, sim, fault, code):
    """A fault of framing is a 502, told apart in the log, and ends the connection. There is no
    second attempt, and what was used nobody knows: the whole hold is charged."""
    # covers: gateways-3-16 gateways-3-29 engine-7-upstream-distrust engine-7-framing
    answer, line, fresh = ask(gate, sim, f"sim:fault={fault}")
    assert answer.status == 502 and answer.error["type"] == "api_error"
    assert answer.error["code"] == code and line["charged_in_full"]
    assert not any(word in answer.body for word in LEAKS)
    assert line["ending"] == "upstream_error" and line["detail"]
    assert fresh


def test_a_status_that_has_no_body(gate, sim):
    """A 204 has none, whatever its length says; what comes after it ends the connection."""
    # covers: engine-3.5-no-body
    answer, line, fresh = ask(gate, sim, "sim:fault=invalid_head,kind=no_content")
    assert (answer.status, answer.error["code"]) == (502, "upstream_error")
    assert line["upstream_status"] == 204 and fresh


@pytest.mark.parametrize("kind", JSON)
def test_bodies_that_are_not_the_apis(gate, sim, kind):
    """Good framing around a body that is none: refused; the connection is still good."""
    answer, line, fresh = ask(gate, sim, f"sim:fault=invalid_json,kind={kind}")
    assert (answer.status, answer.error["code"]) == (502, "upstream_invalid")
    assert line["charged_in_full"] and not fresh


@pytest.mark.parametrize("fault", ["wrong_content_type", "wrong_content_type,type=text/plain",
                                   "wrong_content_type,type=application/jsonp"])
@pytest.mark.parametrize("streamed", [False, True])
def test_content_types(gate, sim, fault, streamed):
    """An answer has the type of what was asked for."""
    answer, _, _ = ask(gate, sim, f"sim:fault={fault}", stream=streamed)
    assert (answer.status, answer.error["code"]) == (502, "upstream_invalid")


@pytest.mark.parametrize("fault,fresh", [
    ("interim,code=103", False), ("interim,code=100", False), ("late,ms=50", False),
    ("slow_drip,bytes=50", False), ("extra_bytes,kind=response", True),
    ("extra_bytes,kind=garbage", True), ("extra_bytes,kind=newline", True)])
def test_good_answers_told_oddly(gate, sim, fault, fresh):
    """These are answers; but whatever comes after one is never the next."""
    # covers: engine-3.5-upstream-1xx
    answer, line, other = ask(gate, sim, f"sim:fault={fault}")
    assert answer.status == 200 and answer.json()["choices"][0]["message"]["content"]
    assert line["ending"] == "complete" and other == fresh


@pytest.mark.parametrize("kind", ["falling", "negative", "huge", "text", "real", "null"])
@pytest.mark.parametrize("streamed", [False, True])
def test_usage_that_lies(gate, sim, kind, streamed):
    """Counts that cannot be are not believed: the whole hold is charged, or the stream ends."""
    answer, line, _ = ask(gate, sim, f"sim:fault=lying_usage,kind={kind}", stream=streamed,
                          max_tokens=8, **({"stream_options": {"include_usage": True}}
                                           if streamed else {}))
    assert answer.status in (200, 502)
    if kind == "null":  # is none at all: a stream has been counted on the way
        assert streamed or line["charged_in_full"]
    else:
        assert line["charged_in_full"], line
    assert line["completion_tokens"] <= 1024


@pytest.mark.parametrize("streamed", [False, True])
def test_no_usage(gate, sim, streamed):
    """Without usage a whole answer costs its hold; a stream, what was seen of it."""
    answer, line, _ = ask(gate, sim, "sim:fault=no_usage", stream=streamed, max_tokens=8)
    assert answer.status == 200
    if streamed:
        assert line["usage_estimated"] and line["completion_tokens"] == 8
        assert line["prompt_tokens"] > 0  # an estimate, too
    else:
        assert line["charged_in_full"]


def test_huge_answers_are_bounded(gate, sim):
    """A body above what any answer may have is refused while it comes, and forgotten."""
    before = resident(gate.process)
    for _ in range(2):
        answer, _, _ = ask(gate, sim, "sim:fault=huge_body,bytes=100000000")
        assert answer.error["code"] == "upstream_invalid"
    assert resident(gate.process) - before < 5 * MEMORY
    answer, _, _ = ask(gate, sim, "sim:fault=huge_body,bytes=8000000")
    assert answer.status == 200 and len(answer.body) > 8000000


@pytest.mark.skipif(SANITIZED, reason="sanitizers take memory of their own")
def test_what_a_large_answer_took_is_given_back(sim, tmp_path):
    """Neither the parser nor what it was collected and written in stays as large as it was."""
    with Gate(tmp_path, upstream=f"http://127.0.0.1:{sim.port}") as own:
        assert own.chat().status == 200
        before = resident(own.process)
        answer = own.chat("sim:fault=huge_body,bytes=40000000")
        assert answer.status == 200 and len(answer.body) > 40_000_000
        assert wire.wait_for(lambda: resident(own.process) - before < MEMORY), \
            (resident(own.process) - before) >> 20


def test_faults_of_a_stream_leave_no_stuck_exchange(gate, sim):
    """After everything above nothing is open, at either end."""
    assert wire.wait_for(lambda: sim.state()["in_flight"] == 0)
    assert wire.wait_for(lambda: gate.metric("gatehouse_requests_in_flight") == 0)
    assert gate.metric("gatehouse_upstream_in_flight") == 0
    assert gate.metric("gatehouse_bugs_total") == 0
