#!/usr/bin/env python3
"""Records what the OpenAI Agents SDK and LangChain send, against a server with canned answers.

    python3 -m venv V && V/bin/pip install openai-agents langchain-openai
    V/bin/python tests/recordings/clients/record.py

Rewrites the JSON files beside it; README.md says what is in them.
"""

import asyncio
import datetime
import enum
import http.server
import importlib.metadata
import json
import os
import pathlib
import platform
import threading
from typing import Literal

import agents
import langchain_openai
import openai
import pydantic
import tiktoken
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

HERE = pathlib.Path(__file__).resolve().parent
# What a request says beside its body; its key and its length are left out.
HEADERS = ("accept", "accept-encoding", "connection", "content-type", "openai-", "user-agent",
           "x-stainless-")
USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
HEAD = {"id": "chatcmpl-1", "created": 1, "model": "m"}


class Weather(pydantic.BaseModel):
    """The weather in a city."""

    city: str
    celsius: float
    tags: list[str] = []
    wind: str | None = None


class Kind(enum.Enum):
    RAIN = "rain"
    SNOW = "snow"


class Place(pydantic.BaseModel):
    name: str = pydantic.Field(min_length=1, max_length=80)
    country: Literal["NO", "SE"]
    height: int = pydantic.Field(ge=-500, lt=9000)


class Day(pydantic.BaseModel):
    """One day, of what a schema can be."""

    date: datetime.date
    kind: Kind
    place: Place
    others: list[Place] = pydantic.Field(max_length=5)
    wind: float | None = None


class Forecast(pydantic.BaseModel):
    days: list[Day]
    source: Place | Weather


def message(asked):
    """What the model says: a call of the first tool once, then words, or what the schema wants."""
    messages, tools = asked["messages"], asked.get("tools")
    if tools and messages[-1]["role"] != "tool":
        function = tools[0]["function"]
        arguments = {"city": "Oslo", "celsius": 3.5, "tags": [], "wind": None}
        known = function["parameters"].get("properties", {})
        return {"role": "assistant", "content": None, "tool_calls": [{
            "id": f"call_{len(messages)}", "type": "function", "function": {
                "name": function["name"],
                "arguments": json.dumps({k: v for k, v in arguments.items() if k in known})}}]}
    if "response_format" in asked:
        place = {"name": "Oslo", "country": "NO", "height": 23}
        words = {"days": [], "source": place} if "Forecast" in json.dumps(asked) else {
            "city": "Oslo", "celsius": 3.5, "tags": [], "wind": None}
        return {"role": "assistant", "content": json.dumps(words)}
    return {"role": "assistant", "content": "It is cold."}


def chat(asked):
    said = message(asked)
    reason = "tool_calls" if said.get("tool_calls") else "stop"
    if not asked.get("stream"):
        return {**HEAD, "object": "chat.completion", "usage": USAGE, "choices": [
            {"index": 0, "message": said, "logprobs": None, "finish_reason": reason}]}
    for number, call in enumerate(said.get("tool_calls", [])):
        call["index"] = number
    head = {**HEAD, "object": "chat.completion.chunk"}
    return [{**head, "choices": [{"index": 0, "delta": said, "finish_reason": None}]},
            {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
            {**head, "choices": [], "usage": USAGE}]


def answer(path, asked):
    if path == "/v1/chat/completions":
        return chat(asked)
    if path == "/v1/completions":
        texts = asked["prompt"] if isinstance(asked["prompt"], list) else [asked["prompt"]]
        return {**HEAD, "object": "text_completion", "usage": USAGE, "choices": [
            {"index": i, "text": " cold", "logprobs": None, "finish_reason": "stop"}
            for i in range(len(texts))]}
    if path == "/v1/embeddings":
        inputs = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        vector = "AAAAPwAAAD8=" if asked.get("encoding_format") == "base64" else [0.5, 0.5]
        return {"object": "list", "model": "m", "usage": USAGE, "data": [
            {"object": "embedding", "index": i, "embedding": vector} for i in range(len(inputs))]}
    return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((self.path, dict(self.headers), body))
        found = answer(self.path, json.loads(body))
        kind, status = "application/json", 200
        if found is None:
            status, data = 404, b'{"error":{"message":"not here","type":"not_found_error"}}'
        elif isinstance(found, list):
            kind = "text/event-stream"
            data = "".join(f"data: {json.dumps(event)}\n\n" for event in found).encode()
            data += b"data: [DONE]\n\n"
        else:
            data = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Recording:
    """Runs calls and keeps what each sent."""

    def __init__(self, *packages):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.taken = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.packages = {name: importlib.metadata.version(name) for name in packages}
        self.packages["python"] = platform.python_version()

    def keep(self, name, what, call):
        try:
            call()
        except openai.NotFoundError:
            pass
        taken, self.server.taken[:] = list(self.server.taken), []
        assert taken, name
        for number, (path, headers, body) in enumerate(taken, 1):
            file = HERE / f"{name}{f'-{number}' if len(taken) > 1 else ''}.json"
            kept = {key.lower(): value for key, value in sorted(headers.items())
                    if key.lower().startswith(HEADERS)}
            file.write_text(json.dumps({
                "call": what, "packages": self.packages,
                "recorded": datetime.date.today().isoformat(), "path": path, "headers": kept,
                "body": body.decode()}, indent=1, ensure_ascii=False) + "\n")
            print(f"{file.name:36} {len(body):5} bytes")


def record_agents():
    recording = Recording("openai-agents", "openai")
    agents.set_tracing_disabled(True)
    client = openai.AsyncOpenAI(base_url=recording.url, api_key="k", max_retries=0)
    model = agents.OpenAIChatCompletionsModel("m", client)
    loop = asyncio.new_event_loop()  # one for all: the client keeps its connections

    @agents.function_tool
    def weather(city: str, days: int = 1) -> str:
        """The weather in a city.

        Args:
            city: Where.
            days: How many days ahead.
        """
        return f"3.5 degrees in {city} for {days} days"

    @agents.function_tool
    def now() -> dict[str, int]:
        """The time of day."""
        return {"hour": 12, "minute": 30}

    plain = agents.Agent(name="Helper", instructions="Be brief.", model=model)
    helper = agents.Agent(name="Helper", instructions="Be brief.", model=model, tools=[weather])
    typed = agents.Agent(name="Reporter", model=model, output_type=Weather)
    nested = agents.Agent(name="Reporter", model=model, output_type=Forecast)
    pair = agents.Agent(name="Helper", instructions="Be brief.", model=model, tools=[weather, now])
    session = agents.SQLiteSession("one")
    settled = agents.Agent(
        name="Helper", instructions="Be brief.", model=model, tools=[weather],
        model_settings=agents.ModelSettings(
            temperature=0.2, top_p=0.9, frequency_penalty=0.1, presence_penalty=0.1,
            max_tokens=64, tool_choice="required", parallel_tool_calls=False, store=False,
            metadata={"team": "a"}, verbosity="low", include_usage=True))
    triage = agents.Agent(name="Triage", instructions="Hand over.", model=model, handoffs=[plain])

    def run(agent, given="What is the weather in Oslo?"):
        return lambda: loop.run_until_complete(agents.Runner.run(agent, given))

    async def streamed():
        result = agents.Runner.run_streamed(helper, "What is the weather in Oslo?")
        async for _ in result.stream_events():
            pass

    recording.keep("agents_plain", "Runner.run, no tools", run(plain))
    recording.keep("agents_tool", "Runner.run, a function tool, its result", run(helper))
    recording.keep("agents_stream", "Runner.run_streamed, a function tool, its result",
                   lambda: loop.run_until_complete(streamed()))
    recording.keep("agents_output", "Runner.run, output_type of a pydantic model", run(typed))
    recording.keep("agents_nested", "Runner.run, output_type of models within models", run(nested))
    recording.keep("agents_session", "Runner.run twice with a session, two tools", lambda: [
        loop.run_until_complete(agents.Runner.run(pair, given, session=session))
        for given in ("What is the weather in Oslo?", "And what time is it?")])
    recording.keep("agents_settings", "Runner.run, ModelSettings of every kind", run(settled))
    recording.keep("agents_handoff", "Runner.run, a handoff to another agent", run(triage))
    recording.keep("agents_responses", "Runner.run, the SDK's own default: the Responses API", run(
        agents.Agent(name="Helper", instructions="Be brief.",
                     model=agents.OpenAIResponsesModel("m", client))))
    recording.keep("agents_image", "Runner.run, an image by its address", run(plain, [
        {"role": "user", "content": [
            {"type": "input_text", "text": "What is this?"},
            {"type": "input_image", "detail": "auto",
             "image_url": "https://images.example/cat.png"}]}]))


def weather(city: str) -> str:
    """The weather in a city."""
    return f"3.5 degrees in {city}"


def record_langchain():
    recording = Recording("langchain-openai", "langchain-core", "openai")

    def model(**settings):
        return langchain_openai.ChatOpenAI(model="m", base_url=recording.url, api_key="k",
                                           max_retries=0, **settings)

    def tool_loop():
        bound = model().bind_tools([weather])
        messages = [HumanMessage("What is the weather in Oslo?")]
        called = bound.invoke(messages)
        result = {"role": "tool", "content": "3.5 degrees",
                  "tool_call_id": called.tool_calls[0]["id"]}
        bound.invoke([*messages, called, result])

    def structured(method):
        return lambda: model().with_structured_output(Weather, method=method).invoke(
            "The weather in Oslo, as JSON")

    words = [("system", "Be brief."), ("human", "What is the weather in Oslo?")]
    keep = recording.keep
    keep("langchain_invoke", "ChatOpenAI.invoke", lambda: model().invoke(words))
    keep("langchain_stream", "ChatOpenAI.stream", lambda: list(model().stream(words)))
    keep("langchain_stream_usage", "ChatOpenAI.stream, stream_usage",
         lambda: list(model(stream_usage=True).stream(words)))
    keep("langchain_settings", "ChatOpenAI.invoke, settings of every kind", lambda: model(
        temperature=0.2, top_p=0.9, max_tokens=64, n=2, seed=7, stop=["\n\n"],
        presence_penalty=0.1, frequency_penalty=0.1, reasoning_effort="low", verbosity="low",
        service_tier="auto", store=False, metadata={"team": "a"},
        model_kwargs={"user": "ann"}).invoke(words))
    keep("langchain_tool", "ChatOpenAI.bind_tools().invoke, then the tool's result", tool_loop)
    keep("langchain_tool_choice", "ChatOpenAI.bind_tools, a named tool, strict", lambda: model(
        ).bind_tools([weather], tool_choice="weather", strict=True, parallel_tool_calls=False
                     ).invoke(words))
    keep("langchain_tool_stream", "ChatOpenAI.bind_tools().stream",
         lambda: list(model().bind_tools([weather]).stream(words)))
    for method in ("json_schema", "function_calling", "json_mode"):
        keep(f"langchain_{method}", f"ChatOpenAI.with_structured_output, {method}",
             structured(method))
    keep("langchain_nested", "ChatOpenAI.with_structured_output, models within models",
         lambda: model().with_structured_output(Forecast).invoke("The weather in Oslo, as JSON"))
    keep("langchain_history", "ChatOpenAI.invoke, a conversation with names and parts",
         lambda: model().invoke([
             SystemMessage([{"type": "text", "text": "Be brief."}]),
             HumanMessage("Hello.", name="ann"), AIMessage("Hello, Ann.", id="run-1"),
             HumanMessage([{"type": "text", "text": "What is the weather"},
                           {"type": "text", "text": "in Oslo?"}])]))
    keep("langchain_logprobs", "ChatOpenAI.invoke, logprobs",
         lambda: model(logprobs=True, top_logprobs=2).invoke(words))
    keep("langchain_responses", "ChatOpenAI.invoke, use_responses_api",
         lambda: model(use_responses_api=True).invoke(words))
    keep("langchain_completion", "OpenAI.invoke", lambda: langchain_openai.OpenAI(
        model="m", base_url=recording.url, api_key="k", max_retries=0).invoke("Oslo is"))
    embeddings = {"model": "m", "base_url": recording.url, "api_key": "k", "max_retries": 0}
    keep("langchain_embeddings", "OpenAIEmbeddings.embed_documents, check_embedding_ctx_length off",
         lambda: langchain_openai.OpenAIEmbeddings(
             check_embedding_ctx_length=False, **embeddings).embed_documents(["one", "two"]))
    # LangChain's default sends token ids of OpenAI's vocabulary, which has to be downloaded; one of
    # 256 bytes makes the same requests with other ids.
    tiktoken.get_encoding = lambda _: tiktoken.Encoding(
        "bytes", pat_str=r"\S+|\s+", mergeable_ranks={bytes([i]): i for i in range(256)},
        special_tokens={})
    keep("langchain_embeddings_ids", "OpenAIEmbeddings.embed_documents, its default: token ids",
         lambda: langchain_openai.OpenAIEmbeddings(**embeddings).embed_documents(["one", "two"]))


if __name__ == "__main__":
    os.environ.pop("OPENAI_API_KEY", None)
    for old in HERE.glob("*.json"):
        old.unlink()
    record_agents()
    record_langchain()
