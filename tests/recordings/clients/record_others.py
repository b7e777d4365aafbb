#!/usr/bin/env python3
"""Records what more frameworks send: OpenAI's helpers, LiteLLM, Pydantic AI, LlamaIndex, Haystack,
Instructor, and three for Node. They do not agree on versions of what they share, so each has an
environment of its own, and the script is told which one it runs in:

    python3 -m venv V && V/bin/pip install litellm
    V/bin/python tests/recordings/clients/record_others.py litellm

openai: openai; pydanticai: pydantic-ai-slim[openai]; haystack: haystack-ai; instructor: instructor;
llamaindex: llama-index-llms-openai-like and llama-index-embeddings-openai-like.

Those for Node run in the current folder, after `npm install`; the script then needs openai as well.
openaijs: openai; aisdk: ai, @ai-sdk/openai, @ai-sdk/openai-compatible, zod; langchainjs:
@langchain/openai, @langchain/core, zod.

Rewrites its JSON files beside it; README.md says what is in them.
"""

import functools
import json
import os
import pathlib
import subprocess
import sys

import openai
import pydantic

from recording import HERE, Recording, forget

ASKED = "What is the weather in Oslo?"
ASK = [{"role": "user", "content": ASKED}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "function": {
    "name": "weather", "description": "The weather in a city.", "parameters": CITY}}


class Weather(pydantic.BaseModel):
    """The weather in a city."""

    city: str
    celsius: float
    tags: list[str] = []
    wind: str | None = None


class Picky(Weather):
    @pydantic.field_validator("city")
    @classmethod
    def check(cls, value):
        raise ValueError("no such city")


def weather(city: str) -> str:
    """The weather in a city."""
    return f"3.5 degrees in {city}"


def result(call):
    return {"role": "tool", "tool_call_id": call.id, "content": "3.5 degrees"}


def record_openai():
    recording = Recording("openai")
    client = openai.OpenAI(base_url=recording.url, api_key="k", max_retries=0)
    completions = client.chat.completions

    def loop():
        said = completions.parse(model="m", messages=ASK, tools=[
            openai.pydantic_function_tool(Weather)]).choices[0].message
        completions.create(model="m", messages=[*ASK, said, result(said.tool_calls[0])])

    def again():
        said = completions.parse(model="m", messages=ASK, response_format=Weather)
        completions.create(model="m", messages=[*ASK, said.choices[0].message, *ASK])

    def streamed():
        with completions.stream(model="m", messages=ASK) as stream:
            said = stream.get_final_completion().choices[0].message
        completions.create(model="m", messages=[*ASK, said, *ASK])

    recording.keep("openai_parse_tool", "parse with a model as a tool, the answer sent back", loop)
    recording.keep("openai_parse", "parse with a model as response_format, the answer sent back",
                   again)
    recording.keep("openai_stream", "stream helper, the answer sent back", streamed)


def record_litellm():
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    recording = Recording("litellm", "openai")
    for provider in ("openai", "hosted_vllm"):
        model = {"model": f"{provider}/m", "api_base": recording.url, "api_key": "k",
                 "max_retries": 0}

        def loop():
            said = litellm.completion(messages=ASK, tools=[TOOL], **model).choices[0].message
            litellm.completion(messages=[*ASK, said, result(said.tool_calls[0])], tools=[TOOL],
                               **model)

        recording.keep(f"litellm_{provider}_tool", "completion with a tool, then its result", loop)
        recording.keep(f"litellm_{provider}_stream", "completion, stream", lambda: list(
            litellm.completion(messages=ASK, stream=True, **model)))
        recording.keep(f"litellm_{provider}_settings", "completion, settings of every kind",
                       lambda: litellm.completion(
                           messages=ASK, temperature=0.2, top_p=0.9, max_tokens=64, seed=7,
                           stop=["\n\n"], user="ann", presence_penalty=0.1, frequency_penalty=0.1,
                           reasoning_effort="low", top_k=3, extra_body={"min_p": 0.1}, **model))
        recording.keep(f"litellm_{provider}_cache", "completion, cache_control on a part",
                       lambda: litellm.completion(messages=[{"role": "system", "content": [
                           {"type": "text", "text": "Be brief.",
                            "cache_control": {"type": "ephemeral"}}]}, *ASK], **model))
        recording.keep(f"litellm_{provider}_embedding", "embedding",
                       lambda: litellm.embedding(input=["one", "two"], **model))


def record_pydanticai():
    import pydantic_ai
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    recording = Recording("pydantic-ai-slim", "openai")
    model = OpenAIChatModel("m", provider=OpenAIProvider(base_url=recording.url, api_key="k"))
    agent = pydantic_ai.Agent(model, instructions="Be brief.", tools=[weather])
    typed = pydantic_ai.Agent(model, output_type=Weather)
    native = pydantic_ai.Agent(model, output_type=pydantic_ai.NativeOutput(Weather))
    settings = {"temperature": 0.2, "top_p": 0.9, "max_tokens": 64, "seed": 7,
                "stop_sequences": ["\n\n"], "openai_user": "ann",
                "openai_store": False, "openai_service_tier": "auto",
                "openai_reasoning_effort": "low", "openai_prompt_cache_key": "k"}
    recording.keep("pydanticai_tool", "Agent.run_sync, a tool, its result",
                   lambda: agent.run_sync(ASKED))
    recording.keep("pydanticai_output", "Agent.run_sync, output_type",
                   lambda: typed.run_sync(ASKED))
    recording.keep("pydanticai_native", "Agent.run_sync, NativeOutput",
                   lambda: native.run_sync(ASKED))
    recording.keep("pydanticai_settings", "Agent.run_sync, settings of every kind",
                   lambda: native.run_sync(ASKED, model_settings=settings))


def record_llamaindex():
    from llama_index.core.llms import ChatMessage
    from llama_index.core.tools import FunctionTool
    from llama_index.embeddings.openai_like import OpenAILikeEmbedding
    from llama_index.llms.openai_like import OpenAILike

    recording = Recording("llama-index-llms-openai-like", "llama-index-core", "openai")
    common = {"api_base": recording.url, "api_key": "k"}
    chat = OpenAILike(model="m", is_chat_model=True, is_function_calling_model=True, max_retries=0,
                      **common)
    tool = FunctionTool.from_defaults(weather)

    def loop():
        answer = chat.chat_with_tools([tool], user_msg=ASKED)
        call = chat.get_tool_calls_from_response(answer)[0]
        chat.chat([ChatMessage(role="user", content=ASKED), answer.message, ChatMessage(
            role="tool", content="3.5 degrees", additional_kwargs={"tool_call_id": call.tool_id})])

    recording.keep("llamaindex_tool", "OpenAILike.chat_with_tools, then the tool's result", loop)
    recording.keep("llamaindex_stream", "OpenAILike.stream_chat", lambda: list(
        chat.stream_chat([ChatMessage(role="user", content=ASKED)])))
    recording.keep("llamaindex_completion", "OpenAILike.complete", lambda: OpenAILike(
        model="m", max_retries=0, **common).complete("Oslo is"))
    recording.keep("llamaindex_embedding", "OpenAILikeEmbedding", lambda: OpenAILikeEmbedding(
        model_name="m", **common).get_text_embedding_batch(["one", "two"]))


def record_haystack():
    os.environ.update(HAYSTACK_TELEMETRY_ENABLED="False", OPENAI_API_KEY="k")
    from haystack.components.generators.chat import OpenAIChatGenerator
    from haystack.dataclasses import ChatMessage
    from haystack.tools import Tool

    recording = Recording("haystack-ai", "openai")
    tool = Tool(name="weather", description="The weather in a city.",
                parameters=CITY, function=weather)
    chat = OpenAIChatGenerator(model="m", api_base_url=recording.url, tools=[tool], max_retries=0)

    def loop():
        asked = [ChatMessage.from_system("Be brief."), ChatMessage.from_user(ASKED)]
        (call,) = chat.run(asked)["replies"]
        chat.run([*asked, call, ChatMessage.from_tool("3.5 degrees", origin=call.tool_calls[0])])

    recording.keep("haystack_tool", "OpenAIChatGenerator with a tool, then its result", loop)


def record_instructor():
    import instructor

    recording = Recording("instructor", "openai")
    client = instructor.from_openai(openai.OpenAI(base_url=recording.url, api_key="k"))

    def refused():
        try:
            client.chat.completions.create(model="m", messages=ASK, response_model=Picky,
                                           max_retries=2)
        except Exception:  # noqa: BLE001: the second answer is no better, and of a type that moves
            pass

    recording.keep("instructor_reask", "create, response_model, asked again after a fault", refused)


NODE = {"openaijs": ("openai",), "aisdk": ("ai", "@ai-sdk/openai-compatible", "@ai-sdk/openai"),
        "langchainjs": ("@langchain/openai", "@langchain/core", "openai")}
CALLS = {
    "openaijs_stream": "stream().finalChatCompletion, the answer sent back",
    "openaijs_tools": "runTools, a function, its result",
    "openaijs_parse": "parse with a strict tool, the answer sent back",
    "aisdk_tool": "generateText of an OpenAI-compatible model, a tool, its result",
    "aisdk_stream": "streamText of an OpenAI-compatible model, a tool, its result",
    "aisdk_object": "generateObject of an OpenAI-compatible model",
    "aisdk_openai": "generateText of openai.chat, settings of every kind",
    "langchainjs_tool": "ChatOpenAI.bindTools().invoke, then the tool's result",
    "langchainjs_stream": "ChatOpenAI.stream",
}


def record_node(framework):
    recording = Recording()
    recording.packages = {name: json.loads(pathlib.Path(
        "node_modules", name, "package.json").read_text())["version"] for name in NODE[framework]}
    for name, what in CALLS.items():
        if name.startswith(f"{framework}_"):
            recording.keep(name, what, lambda: subprocess.run(
                ["node", HERE / "record_node.mjs", recording.url, name], check=True))


RECORD = {"openai": record_openai, "litellm": record_litellm, "pydanticai": record_pydanticai,
          "llamaindex": record_llamaindex, "haystack": record_haystack,
          "instructor": record_instructor,
          **{name: functools.partial(record_node, name) for name in NODE}}

if __name__ == "__main__":
    for framework in sys.argv[1:]:
        forget(framework)
        RECORD[framework]()
