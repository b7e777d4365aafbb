"""Every HTTP/1.1 case of tests/cases/http1 through the whole program.

The cases know no key. The first request is given one, so that its body is read too; what the
grammar accepts ends in a refusal of its content. What this holds is that the program answers and
closes as the case says, and that the upstream receives nothing.
"""

import collections
import re

import pytest

import cases
import wire

CASES = list(cases.http1_cases())
CODES = {"405": "method_not_allowed", "408": "timeout", "431": "headers_too_large"}


REASONS = collections.defaultdict(list)  # cases by what they are counted as
for case in CASES:
    REASONS[tuple(sorted(line.split()[1] for line in case[2]
                         if line.startswith("glitch ")))].append(case)


def test_there_are_enough_cases():
    assert len(CASES) >= 120


@pytest.mark.parametrize("behind", [False, True], ids=["first", "pipelined"])
@pytest.mark.parametrize("name,request_bytes,expect", CASES, ids=[c[0] for c in CASES])
def test_case(gate, recorder, name, request_bytes, expect, behind):
    """First on its connection, and behind a good request in the same write."""
    # covers: algorithms-7-pipelined
    recorder.take()
    head = request_bytes.partition(b"\r\n\r\n")[0]
    if b"uthorization" not in head and name != "fields-fields-64":  # which has no room for more
        line, found, rest = request_bytes.partition(b"\r\n")
        if found and line.startswith(b"POST /"):
            request_bytes = (line + b"\r\nAuthorization: Bearer " + gate.key.encode() +
                             b"\r\nContent-Type: application/json\r\n" + rest)
    statuses = [line.split()[1] for line in expect if line.startswith("status ")]
    incomplete = sum(line.startswith("accept ") for line in expect) > statuses.count("200")
    closes = "close" in expect
    to_head = request_bytes.startswith(b"HEAD ")
    with gate.connect() as connection:
        connection.sendall((gate.request("/v1/models") if behind else b"") + request_bytes)
        reader = wire.Reader(connection)
        if behind:
            assert reader.answer().status == 200
        for status in statuses:
            answer = reader.answer(to_head)
            if status == "200":  # reached a handler
                assert answer.status in (400, 401, 403, 404, 405, 411, 413, 415), answer.raw
                assert "x-request-id" in answer.fields
            else:
                assert str(answer.status) == status
                if to_head:
                    assert answer.body == b""
                elif status == "400":
                    assert f"glitch {answer.glitch}" in expect
                else:
                    assert answer.error["code"] == CODES[status]
                assert "x-request-id" in answer.fields
        if closes:
            assert reader.is_closed()
            assert reader.pending == b""
        elif not incomplete:
            assert reader.pending == b"" and wire.still_open(connection)
    assert recorder.take() == []


def counted(gate):
    """Glitches so far, by reason."""
    series = re.findall(r'^gatehouse_glitches_total\{.*reason="(\w+)".*\} (\d+)$', gate.metrics(),
                        re.MULTILINE)
    return collections.Counter({reason: int(count) for reason, count in series if count != "0"})


@pytest.mark.parametrize("reasons", REASONS, ids=lambda reasons: "-".join(reasons) or "none")
def test_each_refusal_is_counted_by_its_reason(gate, reasons):
    """All cases of one reason: the metric grows by as many, and no other one of its series does."""
    before = counted(gate)
    for _, request_bytes, expect in REASONS[reasons]:
        with gate.connect() as connection:
            connection.sendall(gate.request("/v1/models") + request_bytes)
            reader = wire.Reader(connection)
            assert reader.answer().status == 200
            if "close" in expect:
                wire.read_until_closed(connection)
            else:
                for line in expect:
                    if line.startswith("status "):
                        reader.answer()
    wanted = collections.Counter({reason: len(REASONS[reasons]) for reason in reasons})
    grown = wire.wait_for(lambda: counted(gate) - before == wanted)
    assert grown, (wanted, counted(gate) - before)
