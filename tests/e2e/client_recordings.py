"""Requests that agent frameworks sent, from tests/recordings/clients."""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "recordings" / "clients"
# What the contract refuses (docs/fields.md): status and code. Everything else is served.
REFUSED = {
    "agents_responses": (404, "not_found"),          # the Responses API is no route
    "langchain_responses": (404, "not_found"),
    "agents_image": (400, "field_not_allowed"),      # `media: deny`, and addresses never pass
    "langchain_logprobs": (400, "field_not_allowed"),  # `logprobs: deny`
}


def load():
    """{name: recording}."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def replay(gate, recording):
    """Sends it as it was, with a key of the gateway's; the answer."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in recording["headers"].items()
                     if name != "content-type")
    return gate.call(recording["path"], recording["body"].encode(), fields=fields)


def harmless(path):
    """Names of fields that are dropped for being of no effect, by the route's path."""
    name = {"/v1/chat/completions": "chat", "/v1/completions": "completions",
            "/v1/embeddings": "embeddings"}[path]
    text = (ROOT / "data" / "openai" / "ignored" / f"{name}.txt").read_text()
    return {line.split("\t")[0] for line in text.splitlines()}
