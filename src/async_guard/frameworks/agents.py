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
        # Where `invoke` runs a plain function is the caller's affair: in a thread only by `ainvoke`.
        Registration(_LANGCHAIN_TOOL, "tool", STARLETTE, probable=True),
        Registration(_STRUCTURED, "tool", STARLETTE, arg=("func", 0), probable=True, beside=True),
        Registration(_STRUCTURED, "tool", STARLETTE, arg=("coroutine", 1), probable=True, beside=True),
        Registration(_LAMBDA, "step", STARLETTE, arg=("func", 0), probable=True, beside=True),
        Registration(_LAMBDA, "step", STARLETTE, arg=("afunc", 1), probable=True, beside=True),
        Registration(tuple(f"langchain_core.runnables.{name}" for name in ("chain", "base.chain")), "step", STARLETTE, probable=True),
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
)  # fmt: skip
