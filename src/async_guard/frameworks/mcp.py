"""Model Context Protocol servers: where tools, resources and prompts run depends on package and generation."""

from __future__ import annotations

from async_guard.frameworks.tables import FASTAPI, LOOP, Framework, Registration, SubclassMethods, Version

_OLD = ("mcp.server.fastmcp.FastMCP",)
_NEW = ("mcp.server.mcpserver.MCPServer",)
_FAST = ("fastmcp.FastMCP",)
_LOW = "mcp.server.lowlevel.Server"
_REQUESTS = (
    "list_tools", "call_tool", "list_resources", "list_resource_templates", "read_resource", "list_prompts", "get_prompt", "completion",
    "subscribe_resource", "unsubscribe_resource", "set_logging_level", "progress_notification",
)  # fmt: skip
"""What a server of the lower level has a decorator for; its functions are coroutine functions."""
_CONTEXTS = ("mcp.server.fastmcp.Context", "mcp.server.mcpserver.Context", "fastmcp.Context", _LOW)
"""What has the request that is served: the context that a tool is given, or a server of the lower level."""
_REQUEST = "mcp.shared.context.RequestContext"
_SERVERS = (*_OLD, *_NEW, *_FAST, _LOW)


def _kinds(
    classes: tuple[str, ...], runs: str, versions: tuple[Version, ...] = (), templates: tuple[Version, ...] = ()
) -> tuple[Registration, ...]:
    out = []
    for kind in ("tool", "resource", "prompt"):
        names = tuple(f"{c}.{kind}" for c in classes)
        out.append(
            Registration(
                names,
                f"mcp_{kind}",
                runs,
                path=("name" if kind != "resource" else "uri", 0),
                versions=versions,
                templates=templates,
                templates_unless="fastmcp.Context" if templates else "",
            )
        )
        added = tuple(f"{c}.add_{kind}" for c in classes)
        out.append(Registration(added, f"mcp_{kind}", runs, arg=("fn", 0), versions=versions))
    return tuple(out)


def _made(package: str, runs: str, versions: tuple[Version, ...] = ()) -> tuple[Registration, ...]:
    """Objects made of functions by hand, to be added to a server."""
    return tuple(
        Registration(
            (f"{package}.{kind}s.{name}.from_function", f"{package}.{kind}s.Function{name}.from_function", f"{package}.{kind}s.Function{name}"),
            f"mcp_{kind}", runs, arg=("fn", 0), versions=versions,
        )
        for kind, name in (("tool", "Tool"), ("resource", "Resource"), ("prompt", "Prompt"))
    )  # fmt: skip


FRAMEWORK = Framework(
    name="mcp",
    classes={
        **dict.fromkeys((*_CONTEXTS[:3], _REQUEST), ()), "mcp.server.fastmcp.FastMCP": (), "mcp.server.mcpserver.MCPServer": (),
        "fastmcp.FastMCP": (), _LOW: (),
    },
    aliases={
        "mcp.server.fastmcp.server.FastMCP": "mcp.server.fastmcp.FastMCP", "fastmcp.server.FastMCP": "fastmcp.FastMCP",
        "fastmcp.server.server.FastMCP": "fastmcp.FastMCP",
        "fastmcp.server.context.Context": "fastmcp.Context", "fastmcp.server.Context": "fastmcp.Context",
        "mcp.server.fastmcp.server.Context": "mcp.server.fastmcp.Context", "mcp.server.mcpserver.context.Context": "mcp.server.mcpserver.Context",
        "mcp.server.Server": _LOW, "mcp.server.lowlevel.server.Server": _LOW, "mcp.server.MCPServer": "mcp.server.mcpserver.MCPServer",
        "mcp.server.mcpserver.server.MCPServer": "mcp.server.mcpserver.MCPServer",
    },
    registrations=(
        # mcp 1.x runs def tools on the loop (measured: 1.9.4, 1.30.0); mcp 2.x in a worker thread (2.0.0, 2.3.0).
        *_kinds(_OLD, LOOP),
        *_kinds(_NEW, FASTAPI),
        # fastmcp 2.x on the loop (2.3.5, 2.14.7); 3.x and newer in a worker thread (3.0.0, 4.0.0).
        # A def resource template stays on the loop in 3.0.0 and 4.0.0 too, unless it is given a Context; from 4.1.2 on it does not (4.2.3).
        *_kinds(_FAST, FASTAPI, (Version("fastmcp", LOOP, until=(3,)),), (Version("fastmcp", LOOP, until=(4, 1, 2)),)),
        *(Registration((f"{_LOW}.{name}",), "mcp_request", LOOP, bare=False, label=name) for name in _REQUESTS),
        Registration(_SERVERS, "lifespan", LOOP, arg=("lifespan", None), label="lifespan", yields_to=f"{_REQUEST}.lifespan_context"),
        Registration(tuple(f"{cls}.custom_route" for cls in _SERVERS[:3]), "route", LOOP, path=("path", 0), methods_arg=("methods", 1), bare=False),
        *_made("mcp.server.fastmcp", LOOP),
        *_made("mcp.server.mcpserver", FASTAPI),
        *_made("fastmcp", FASTAPI, (Version("fastmcp", LOOP, until=(3,)),)),
    ),
    subclasses=(
        SubclassMethods("fastmcp.server.middleware.Middleware", "middleware", tuple((name, LOOP) for name in ("on_*", "__call__"))),
    ),
    attributes={**{f"{name}.request_context": _REQUEST for name in _CONTEXTS}, "fastmcp.Context.lifespan_context": f"{_REQUEST}.lifespan_context"},
    registers=("FastMCP", "add_tool"),
)  # fmt: skip
