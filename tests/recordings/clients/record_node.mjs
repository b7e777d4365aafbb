// One call of a framework for Node: record_node.mjs URL NAME, in a folder with its packages.
// record_others.py runs it.
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const [url, name] = process.argv.slice(2);
const asked = "What is the weather in Oslo?";
const ask = [{ role: "user", content: asked }];
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const weather = async ({ city }) => `3.5 degrees in ${city}`;

async function openai(call) {
  const { OpenAI } = require("openai");
  const { completions } = new OpenAI({ baseURL: url, apiKey: "k", maxRetries: 0 }).chat;
  await {
    stream: async () => {
      const answer = await completions.stream({ model: "m", messages: ask }).finalChatCompletion();
      const said = answer.choices[0].message;
      await completions.create({ model: "m", messages: [...ask, said, ...ask] });
    },
    tools: () => completions.runTools({ model: "m", messages: ask, tools: [{
      type: "function",
      function: { name: "weather", description: "The weather in a city.", parameters,
                  parse: JSON.parse, function: weather } }] }).finalContent(),
    parse: async () => {
      const tools = [{ type: "function", function: {
        name: "weather", strict: true,
        parameters: { ...parameters, additionalProperties: false } } }];
      const answer = await completions.parse({ model: "m", messages: ask, tools });
      const said = answer.choices[0].message;
      const result = { role: "tool", tool_call_id: said.tool_calls[0].id, content: "3.5 degrees" };
      await completions.create({ model: "m", messages: [...ask, said, result] });
    },
  }[call]();
}

async function aisdk(call) {
  const { generateObject, generateText, stepCountIs, streamText, tool } = require("ai");
  const { createOpenAI } = require("@ai-sdk/openai");
  const { createOpenAICompatible } = require("@ai-sdk/openai-compatible");
  const { z } = require("zod");
  const model = createOpenAICompatible({ name: "gate", baseURL: url, apiKey: "k",
                                         includeUsage: true, supportsStructuredOutputs: true,
  })("m");
  const chat = createOpenAI({ baseURL: url, apiKey: "k" }).chat("m");
  const tools = { weather: tool({
    description: "The weather in a city.", inputSchema: z.object({ city: z.string() }),
    execute: weather }) };
  const loop = { prompt: asked, tools, stopWhen: stepCountIs(2), maxRetries: 0 };
  await {
    tool: () => generateText({ model, ...loop }),
    stream: async () => { for await (const _ of streamText({ model, ...loop }).textStream); },
    object: () => generateObject({ model, prompt: asked, maxRetries: 0, schema: z.object({
      city: z.string(), celsius: z.number(), tags: z.array(z.string()).max(5) }) }),
    openai: () => generateText({ model: chat, ...loop, system: "Be brief.", temperature: 0.2,
                                 topP: 0.9, maxOutputTokens: 64, seed: 7, stopSequences: ["\n\n"],
                                 presencePenalty: 0.1, frequencyPenalty: 0.1,
                                 providerOptions: { openai: {
                                   user: "ann", store: false, metadata: { team: "a" },
                                   serviceTier: "auto", parallelToolCalls: false,
                                   promptCacheKey: "k" } } }),
  }[call]();
}

async function langchainjs(call) {
  const { ChatOpenAI } = require("@langchain/openai");
  const { HumanMessage, ToolMessage } = require("@langchain/core/messages");
  const { tool } = require("@langchain/core/tools");
  const { z } = require("zod");
  const configuration = { baseURL: url, apiKey: "k" };
  const model = new ChatOpenAI({ model: "m", apiKey: "k", maxRetries: 0, configuration });
  const bound = model.bindTools([tool(weather, {
    name: "weather", description: "The weather in a city.",
    schema: z.object({ city: z.string() }) })]);
  await {
    tool: async () => {
      const messages = [new HumanMessage(asked)];
      const said = await bound.invoke(messages);
      const { id } = said.tool_calls[0];
      const result = new ToolMessage({ content: "3.5 degrees", tool_call_id: id });
      await bound.invoke([...messages, said, result]);
    },
    stream: async () => { for await (const _ of await model.stream(asked)); },
  }[call]();
}

const [framework, call] = name.split("_");
await { openaijs: openai, aisdk, langchainjs }[framework](call);
