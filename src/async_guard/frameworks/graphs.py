"""LangChain and LangGraph: steps of graphs, middleware of agents, and what both ask on the loop."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, STARLETTE, Framework, Registration, SubclassMethods

_GRAPHS = ("langgraph.graph.StateGraph", "langgraph.graph.MessageGraph")
_MIDDLEWARE = ("langchain.agents.middleware", "langchain.agents.middleware.types")
_BETWEEN = ("before_agent", "before_model", "after_model", "after_agent")
_AROUND = ("wrap_model_call", "wrap_tool_call")
_REACT = ("langgraph.prebuilt.create_react_agent", "langgraph.prebuilt.chat_agent_executor.create_react_agent")
_AGENTS = (*_REACT, "langchain.agents.create_agent", "langchain.agents.factory.create_agent")
_TOOLS = ("langgraph.prebuilt.ToolNode", "langgraph.prebuilt.tool_node.ToolNode")
_RETRY = ("langgraph.types.RetryPolicy", "langgraph.pregel.RetryPolicy")


def _of(*names: str) -> tuple[str, ...]:
    return tuple(f"{module}.{name}" for module in _MIDDLEWARE for name in names)


FRAMEWORK = Framework(
    name="graphs",
    classes={},
    aliases={"langgraph.graph.state.StateGraph": _GRAPHS[0], "langgraph.graph.message.MessageGraph": _GRAPHS[1]},
    registrations=(
        # Measured: langgraph 1.2, langchain 1.5. A graph that is awaited hands plain steps to threads, and calls all else plainly. Somebody may
        # call `invoke` instead, in whatever thread: so none of it is certain.
        *(
            Registration(tuple(f"{cls}.add_node" for cls in _GRAPHS), "step", STARLETTE, arg=arg, probable=True, beside=True)
            for arg in (("action", 1), ("node", 0))
        ),
        Registration(tuple(f"{cls}.add_conditional_edges" for cls in _GRAPHS), "step", STARLETTE, arg=("path", 1), probable=True, beside=True),
        Registration(("langgraph.func.task",), "step", STARLETTE, probable=True, hops=True),
        Registration(("langgraph.func.entrypoint",), "step", STARLETTE, probable=True, bare=False, returns_given=False),
        Registration(_TOOLS, "tool", STARLETTE, arg=("tools", 0), probable=True, beside=True),
        Registration(_AGENTS, "tool", STARLETTE, arg=("tools", 1), probable=True, beside=True),
        *(Registration(_REACT, "step", STARLETTE, arg=(name, None), probable=True, beside=True) for name in ("pre_model_hook", "post_model_hook")),
        *(Registration(_REACT, "hook", LOOP, arg=arg, probable=True, beside=True) for arg in (("model", 0), ("prompt", None))),
        Registration(_TOOLS, "hook", LOOP, arg=("handle_tool_errors", None), probable=True, beside=True),
        Registration(_RETRY, "hook", LOOP, arg=("retry_on", 5), probable=True, beside=True),
        Registration(_of(*_BETWEEN, "dynamic_prompt"), "middleware", LOOP, probable=True, returns_given=False),
        # What surrounds a call and is no coroutine function is refused where the agent is awaited.
        Registration(_of(*_AROUND), "middleware", STARLETTE, probable=True, returns_given=False),
    ),
    subclasses=tuple(
        SubclassMethods(
            f"{module}.AgentMiddleware", "middleware",
            (*((name, LOOP) for name in _BETWEEN), *((f"a{name}", LOOP) for name in (*_BETWEEN, *_AROUND))),
            instead=tuple((name, f"a{name}") for name in _BETWEEN), probable=True,
        )
        for module in _MIDDLEWARE
    ),
    registers=("StateGraph", "create_react_agent", "ToolNode"),
)  # fmt: skip
