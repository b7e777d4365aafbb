#!/usr/bin/python3
"""Holds many streams open over a few HTTP/2 connections; Debian's python3-h2.

    h2_streams.py --target HOST:PORT --keys FILE --connections N --streams N --milliseconds N

Speaks as bench_load does: "warm" when every stream has its head, then waits for a line on stdin,
reads for so long, prints one line of JSON, and keeps the connections open until stdin ends.
"""

import argparse
import json
import select
import socket
import ssl
import sys
import time

import h2.config
import h2.connection
import h2.events

BODY = json.dumps({"model": "bench-model", "stream": True, "max_tokens": 100,
                   "messages": [{"role": "user", "content": "Say something."}]}).encode()


class Connection:
    def __init__(self, address, key, streams):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # one of a minute ago, on loopback
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(socket.create_connection(address))
        if self.socket.selected_alpn_protocol() != "h2":
            raise SystemExit("h2_streams: the server does not speak HTTP/2")
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self.h2.initiate_connection()
        self.heads = self.events = 0
        for number in range(1, 2 * streams, 2):
            self.h2.send_headers(number, [
                (":method", "POST"), (":scheme", "https"), (":authority", "bench.test"),
                (":path", "/v1/chat/completions"), ("authorization", f"Bearer {key}"),
                ("content-type", "application/json"), ("content-length", str(len(BODY)))])
            self.h2.send_data(number, BODY, end_stream=True)
        self.socket.sendall(self.h2.data_to_send())

    def fileno(self):
        return self.socket.fileno()

    def read(self):
        data = self.socket.recv(65536)
        while self.socket.pending():
            data += self.socket.recv(65536)
        if not data:
            raise SystemExit("h2_streams: a connection was closed")
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                status = dict(event.headers)[b":status"]
                if status != b"200":
                    raise SystemExit(f"h2_streams: status {status.decode()}")
                self.heads += 1
            elif isinstance(event, h2.events.DataReceived):
                self.events += event.data.count(b"data: ")
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamReset):
                raise SystemExit("h2_streams: a stream was reset")
        self.socket.sendall(self.h2.data_to_send())


def read_until(connections, done):
    while not done():
        for connection in select.select(connections, [], [], 0.05)[0]:
            connection.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", required=True)
    parser.add_argument("--keys", required=True)
    for name in ("connections", "streams", "milliseconds"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    host, _, port = options.target.rpartition(":")
    with open(options.keys) as file:
        keys = file.read().split()
    connections = [Connection((host, int(port)), keys[i % len(keys)], options.streams)
                   for i in range(options.connections)]
    read_until(connections, lambda: all(c.heads == options.streams for c in connections))
    print("warm", flush=True)
    sys.stdin.readline()
    before = sum(c.events for c in connections)
    until = time.monotonic() + options.milliseconds / 1000
    read_until(connections, lambda: time.monotonic() >= until)
    print(json.dumps({"events": sum(c.events for c in connections) - before}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
