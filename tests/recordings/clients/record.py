#!/usr/bin/env python3
"""Records what the OpenAI Agents SDK and LangChain send, against a server with canned answers.

    python3 -m venv V && V/bin/pip install openai-agents langchain-openai
    V/bin/python tests/recordings/clients/record.py

Rewrites their JSON files beside it; README.md says what is in them.
"""

import asyncio
import datetime
import enum
import os
from typing import Literal

import agents
import langchain_openai
import openai
import pydantic
import tiktoken
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from recording import Recording, forget


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
    forget("agents", "langchain")
    record_agents()
    record_langchain()
