"""Agents and messages: libraries that run a project's tools, steps and subscribers, plain functions in worker threads."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, STARLETTE, Framework, Registration, SubclassMethods

_AGENT = "pydantic_ai.Agent"
_TOOL = ("pydantic_ai.Tool", "pydantic_ai.tools.Tool")
_LANGCHAIN_TOOL = (
    "langchain_core.tools.tool",
    "langchain.tools.tool",
    "langchain_core.tools.convert.tool",
    "langchain.agents.tool",
)
_STRUCTURED = tuple(
    f"{room}.StructuredTool.from_function"
    for room in ("langchain_core.tools", "langchain_core.tools.structured", "langchain.tools")
)
_LAMBDA = tuple(f"langchain_core.runnables.{name}" for name in ("RunnableLambda", "base.RunnableLambda"))
_ADK = tuple(
    f"google.adk.{name}"
    for name in ("Agent", "agents.Agent", "agents.LlmAgent", "agents.llm_agent.LlmAgent", "agents.llm_agent.Agent")
)
_ADK_TOOL = tuple(
    f"google.adk.tools.{name}"
    for name in (
        "FunctionTool",
        "function_tool.FunctionTool",
        "LongRunningFunctionTool",
        "long_running_tool.LongRunningFunctionTool",
    )
)
_ADK_CALLBACKS = tuple(f"{when}_{what}_callback" for what in ("agent", "model", "tool") for when in ("before", "after"))
_BROKERS = tuple(
    f"faststream.{room}.{name}{kind}"
    for room, name in (
        ("rabbit", "Rabbit"), ("kafka", "Kafka"), ("confluent", "Kafka"), ("nats", "Nats"), ("redis", "Redis"), ("mqtt", "MQTT"),
    )
    for kind in ("Broker", "Router", "fastapi.Router")
)  # fmt: skip
_FASTSTREAM = ("faststream.FastStream", "faststream.asgi.AsgiFastStream")
_AROUND_MESSAGES = (
    "on_receive", "on_consume", "consume_scope", "after_consume", "on_publish", "publish_scope", "after_publish", "after_processed",
)  # fmt: skip
_EVENTS = ("on_startup", "after_startup", "on_shutdown", "after_shutdown")

FRAMEWORK = Framework(
    name="agents",
    classes={**dict.fromkeys(_BROKERS, ()), **dict.fromkeys(_FASTSTREAM, ())},
    aliases={"pydantic_ai.agent.Agent": _AGENT, "faststream.app.FastStream": _FASTSTREAM[0]},
    registrations=(
        # Measured: pydantic-ai 2.68, openai-agents 0.24, langchain-core 1.8, faststream 0.7.8.
        *(
            Registration((f"{_AGENT}.{name}",), kind, STARLETTE)
            for name, kind in (
                ("tool", "tool"), ("tool_plain", "tool"), ("system_prompt", "prompt"), ("instructions", "prompt"),
                ("output_validator", "output_validator"),
            )
        ),
        Registration((_AGENT,), "tool", STARLETTE, arg=("tools", None), beside=True),
        Registration((_AGENT,), "prompt", STARLETTE, arg=("instructions", None), beside=True),
        Registration(_TOOL, "tool", STARLETTE, arg=("function", 0), returns_given=False),
        Registration(("agents.function_tool", "agents.tool.function_tool"), "tool", STARLETTE),
        # Whatever else openai-agents asks runs on the loop.
        Registration(("agents.input_guardrail", "agents.output_guardrail", "agents.guardrail.input_guardrail", "agents.guardrail.output_guardrail"),
                     "guardrail", LOOP),
        Registration(("agents.InputGuardrail", "agents.OutputGuardrail"), "guardrail", LOOP, arg=("guardrail_function", 0), beside=True),
        Registration(("agents.Agent", "agents.agent.Agent"), "prompt", LOOP, arg=("instructions", None), beside=True),
        *(Registration(("agents.handoff", "agents.handoffs.handoff"), "hook", LOOP, arg=(name, None), beside=True)
          for name in ("on_handoff", "input_filter", "is_enabled")),
        *(Registration(("agents.function_tool", "agents.tool.function_tool"), "hook", LOOP, arg=(name, None))
          for name in ("is_enabled", "failure_error_function")),
        # Where `invoke` runs a plain function is the caller's affair: in a thread only by `ainvoke`.
        Registration(_LANGCHAIN_TOOL, "tool", STARLETTE, probable=True),
        Registration(_STRUCTURED, "tool", STARLETTE, arg=("func", 0), probable=True, beside=True),
        Registration(_STRUCTURED, "tool", STARLETTE, arg=("coroutine", 1), probable=True, beside=True),
        Registration(_LAMBDA, "step", STARLETTE, arg=("func", 0), probable=True, beside=True),
        Registration(_LAMBDA, "step", STARLETTE, arg=("afunc", 1), probable=True, beside=True),
        Registration(tuple(f"langchain_core.runnables.{name}" for name in ("chain", "base.chain")), "step", STARLETTE, probable=True),
        # Google's ADK (2.13) and Semantic Kernel (1.45) call plain functions on the loop, agno (3.1) in the thread of whoever runs the agent.
        Registration(_ADK_TOOL, "tool", LOOP, arg=("func", 0), beside=True),
        Registration(_ADK, "tool", LOOP, arg=("tools", None), beside=True),
        *(Registration(_ADK, "hook", LOOP, arg=(name, None), beside=True) for name in (*_ADK_CALLBACKS, "instruction", "global_instruction")),
        Registration(("semantic_kernel.functions.kernel_function", "semantic_kernel.functions.kernel_function_decorator.kernel_function"), "tool",
                     LOOP),
        Registration(("agno.tools.tool", "agno.tools.decorator.tool"), "tool", LOOP, probable=True),
        Registration(("agno.agent.Agent", "agno.agent.agent.Agent", "agno.team.Team", "agno.tools.Toolkit", "agno.tools.toolkit.Toolkit"), "tool",
                     LOOP, arg=("tools", None), probable=True, beside=True),
        Registration(tuple(f"{cls}.subscriber" for cls in _BROKERS), "subscriber", STARLETTE, path=("subject", 0), bare=False),
        Registration(tuple(f"{cls}.publisher" for cls in _BROKERS), "subscriber", STARLETTE, path=("subject", 0), bare=False),
        *(Registration(tuple(f"{cls}.{name}" for cls in _FASTSTREAM), "lifespan", STARLETTE, label=name) for name in _EVENTS),
    ),
    subclasses=(
        SubclassMethods("faststream.BaseMiddleware", "middleware", tuple(
            (name, LOOP) for name in _AROUND_MESSAGES
        )),
    ),
    markers=("faststream.Depends",),
    registers=("Agent", "LlmAgent"),
)  # fmt: skip
