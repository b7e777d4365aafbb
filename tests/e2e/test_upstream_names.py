"""Upstreams by name: what is resolved when, and what of it is tried."""

import os
import subprocess

import pytest

import wire
from gate import Gate
from test_upstreams import answering, no_upstream
from upstream import Upstream


def test_a_name_is_resolved_before_the_first_request(tmp_path):
    """`ready` means that requests can come, also where the upstream has a name."""
    with Upstream(answering) as upstream, Gate(
            tmp_path, upstream=f"http://localhost:{upstream.port}",
            upstream_more="    health: 10s") as gate:
        assert gate.chat().status == 200
        assert wire.wait_for(lambda: gate.get("/readyz")[0] == 200, patience=5)
        ((head, _),) = upstream.requests
        assert f"Host: localhost:{upstream.port}".encode() in head


def with_hosts(tmp_path, *lines):
    """A command that runs a program for which these are all names there are."""
    hosts = tmp_path / "hosts"
    hosts.write_text("".join(f"{line}\n" for line in lines))
    command = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)), "sh", "-c",
               f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh")
    if subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("no mount namespace of its own may be made here")
    return command


@pytest.mark.parametrize("health", ["off", "1s"])
def test_a_name_with_an_address_where_nobody_listens(tmp_path, health):
    """`localhost` is ::1 as well on an ordinary Debian, and vLLM listens on 127.0.0.1 only."""
    names = with_hosts(tmp_path, "::1 two.test", "127.0.0.1 two.test")
    with Upstream(answering) as upstream, Gate(
            tmp_path, upstream=f"http://two.test:{upstream.port}", wrap=names,
            upstream_more=f"    health: {health}") as gate:
        for _ in range(6):
            assert gate.chat().status == 200
        assert wire.wait_for(lambda: gate.get("/readyz")[0] == 200, patience=5)
        assert gate.metric("gatehouse_upstream_healthy") == 1
        assert "not well" not in gate.stderr()


def test_a_name_of_which_no_address_answers(tmp_path):
    """Is down when all have been tried, and well as soon as one of them is there."""
    with Upstream(answering) as upstream:
        port = upstream.port
    names = with_hosts(tmp_path, "::1 two.test", "127.0.0.1 two.test")
    with Gate(tmp_path, upstream=f"http://two.test:{port}", wrap=names,
              upstream_more="    health: 1s") as gate:
        assert wire.wait_for(lambda: gate.metric("gatehouse_upstream_healthy") == 0)
        assert gate.chat().error["code"] == "no_upstream"
        assert gate.says("not well") and gate.stderr().count("not well") == 1
        with Upstream(answering, port=port):
            assert wire.wait_for(lambda: gate.metric("gatehouse_upstream_healthy") == 1)
            for _ in range(4):
                assert gate.chat().status == 200


def test_a_name_that_is_none(tmp_path):
    """It fails its own requests and nobody else's."""
    # covers: engine-7-resolver
    more = """    health: off
  - name: lost
    url: http://nothing.invalid:8000
    vllm: 0.32.0
    health: off"""
    models = "  - { name: far, upstream: lost, max_model_len: 100, endpoints: [chat] }"
    with Upstream(answering) as upstream, Gate(
            tmp_path, upstream=upstream.url, upstream_more=more, models=models,
            tenants="  - { name: alpha, models: [m, far] }") as gate:
        assert no_upstream(gate.chat(model="far", max_tokens=5))
        assert gate.chat().status == 200 and gate.get("/readyz")[0] == 200
        assert len(upstream.requests) == 1


def test_a_name_that_comes_later(tmp_path):
    """Is looked up again within seconds; until then the gateway is not ready, and says so once."""
    names = with_hosts(tmp_path, "127.0.0.1 other.test")
    with Upstream(answering) as upstream, Gate(
            tmp_path, upstream=f"http://late.test:{upstream.port}", wrap=names) as gate:
        assert no_upstream(gate.chat()) and gate.get("/readyz")[0] == 503
        with open(tmp_path / "hosts", "a") as hosts:
            hosts.write("127.0.0.1 late.test\n")
        assert wire.wait_for(lambda: gate.get("/readyz")[0] == 200, patience=10)
        assert gate.chat().status == 200
        assert gate.says("late.test has an address")
        assert gate.stderr().count("late.test: ") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_what_an_upstream_is_called(tmp_path, host):
    """Host is the URL's host and port, of health checks too; an IPv6 address is in brackets."""
    # covers: gateways-3-2
    try:
        upstream = Upstream(answering, host="127.0.0.1" if host == "localhost" else host)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with upstream, Gate(
            tmp_path, upstream=upstream.url.replace("127.0.0.1", host),
            upstream_more="    health: 1s") as gate:
        assert gate.chat().status == 200
        assert wire.wait_for(lambda: upstream.checks)
        name = f"[{host}]" if ":" in host else host
        for head in (upstream.requests[0][0], upstream.checks[0]):
            assert f"\r\nHost: {name}:{upstream.port}\r\n".encode() in head + b"\r\n"
