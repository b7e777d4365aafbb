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
# What frameworks add to an answer before they send it back, and where a cache may end: checked, and
# left out of what vLLM gets.
LEFT_OUT = {"parsed", "parsed_arguments", "provider_specific_fields", "thinking_blocks",
            "cache_control", "prompt_cache_breakpoint"}


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


def passed_on(messages):
    """Messages as vLLM gets them: without what is left out, and without null members but `content`."""
    if isinstance(messages, list):
        return [passed_on(one) for one in messages]
    if isinstance(messages, dict):
        return {name: passed_on(value) for name, value in messages.items()
                if name not in LEFT_OUT and (value is not None or name == "content")}
    return messages
