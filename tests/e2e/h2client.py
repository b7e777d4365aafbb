"""A small HTTP/2 client on python3-h2, for what curl cannot do."""

import json

import h2.config
import h2.connection
import h2.events

import wire


class Stream:
    def __init__(self):
        self.status, self.fields, self.body = None, {}, bytearray()
        self.ended, self.reset = False, None

    @property
    def error(self):
        return json.loads(self.body)["error"]

    @property
    def glitch(self):
        return wire.glitch_of(self.fields["content-type"], bytes(self.body))


class Client:
    """One connection, or on one that is given. `window` False leaves the flow-control window closed as
    data comes."""

    def __init__(self, gate, window=True, connection=None):
        self.socket = connection or gate.connect("h2")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.gate, self.window = gate, window
        config = h2.config.H2Configuration(client_side=True, validate_outbound_headers=False,
                                           normalize_outbound_headers=False)
        self.h2 = h2.connection.H2Connection(config)
        self.h2.initiate_connection()
        self.streams = {}
        self.closed = False
        self.goodbye = None  # of GOAWAY: error, last stream
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def request(self, path, body=None, key=None, fields=(), end=True, method=None,
                authority="localhost"):
        """Begins a request; its stream's number."""
        payload = b"" if body is None else json.dumps(body).encode()
        key = self.gate.key if key is None else key
        head = [(":method", method or ("GET" if body is None else "POST")), (":scheme", "https"),
                (":authority", authority), (":path", path)]
        if key:
            head.append(("authorization", f"Bearer {key}"))
        if body is not None:
            head += [("content-type", "application/json"), ("content-length", str(len(payload)))]
        number = self.h2.get_next_available_stream_id()
        self.h2.send_headers(number, head + list(fields), end_stream=body is None and end)
        if body is not None:
            self.h2.send_data(number, payload, end_stream=end)
        self.streams[number] = Stream()
        self.flush()
        return number

    def read(self, patience=wire.PATIENCE):
        """Takes in what comes next."""
        self.socket.settimeout(patience)
        data = self.socket.recv(65536)
        if not data:
            self.closed = True
            return
        for event in self.h2.receive_data(data):  # which takes GOAWAY for the end, and raises then
            stream = self.streams.get(getattr(event, "stream_id", None))
            if isinstance(event, h2.events.ResponseReceived):
                stream.fields = {k.decode(): v.decode() for k, v in event.headers}
                stream.status = int(stream.fields[":status"])
            elif isinstance(event, h2.events.DataReceived):
                stream.body += event.data
                if self.window and event.flow_controlled_length:
                    self.h2.acknowledge_received_data(event.flow_controlled_length,
                                                      event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                stream.ended = True
            elif isinstance(event, h2.events.StreamReset):
                stream.reset = event.error_code
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.goodbye = (event.error_code, event.last_stream_id)
                self.closed = True
        self.flush()

    def until(self, condition):
        while not condition() and not self.closed:
            self.read()
        assert condition()

    def answer(self, number):
        """The whole of one stream."""
        stream = self.streams[number]
        self.until(lambda: stream.ended or stream.reset is not None)
        return stream

    def chat(self, content="hi", **more):
        return self.request("/v1/chat/completions",
                            {"model": "m", "messages": [{"role": "user", "content": content}],
                             **more})
