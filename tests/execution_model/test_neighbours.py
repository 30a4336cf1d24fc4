"""Libraries beside FastAPI, run for real: where they call what a project defines, and what async-guard says of the same source."""

from __future__ import annotations

from pathlib import Path

import pytest

from execution_model.environments import COMPANIONS, installed, observed
from execution_model.test_placement import BESIDE, marks, said_by_findings, said_by_routes, write_applications

NEIGHBOURS = (
    "fastapi", *COMPANIONS, "strawberry-graphql", "ariadne", "python-socketio", "aiohttp", "slowapi", "fastapi-cache2", "jinja2",
    "fastapi-utils", "typing-inspect", "apscheduler", "taskiq", "celery", "sse-starlette", "tenacity", "a2wsgi", "asgiref",
)  # fmt: skip
MORE = (*NEIGHBOURS, "fastapi-restful", "aiocache", "backoff", "wrapt", "cachetools", "async-lru")
CASES = {
    "neighbours": ("neighbours", "server.py", NEIGHBOURS),
    "more neighbours": ("kinds_beside", "server.py", MORE),
    "mcp 1": ("mcp_first", "runner.py", ("mcp==1.30.0",)),
    "mcp 2": ("mcp_second", "runner.py", ("mcp",)),
    "fastmcp 2": ("mcp_fast", "runner.py", ("fastmcp==2.14.7",)),
    "litestar": ("of_litestar", "runner.py", ("litestar", "httpx")),
    "quart": ("of_quart", "runner.py", ("quart",)),
    "sanic": ("of_sanic", "runner.py", ("sanic", "httpx")),
    "blacksheep": ("of_blacksheep", "runner.py", ("blacksheep", "httpx")),
    "mcp 1, its first releases": ("mcp_first", "runner.py", ("mcp==1.9.4", "pydantic<2.12")),
    "mcp 2.0": ("mcp_second", "runner.py", ("mcp==2.0.0",)),
    "fastmcp 4": ("mcp_fast", "runner.py", ("fastmcp==4.0.0",)),
    "agents": ("of_agents", "runner.py", ("pydantic-ai-slim", "openai-agents", "langchain-core")),
    "faststream": ("of_faststream", "runner.py", ("faststream[nats]",)),
    "fastmcp 3": ("mcp_fast", "runner.py", ("fastmcp==3.0.0",)),
    "fastmcp 2.14.5": ("mcp_fast", "runner.py", ("fastmcp==2.14.5",)),
    "fastmcp 2, its first releases": ("mcp_fast_first", "runner.py", ("fastmcp==2.3.5", "pydantic<2.12")),
    "chainlit": ("of_chainlit", "runner.py", ("chainlit",)),
    "textual": ("of_textual", "runner.py", ("textual",)),
    "nicegui": ("of_nicegui", "alone.py", ("nicegui", "httpx")),
    "panel": ("of_panel", "alone.py", ("panel", "httpx")),
    "bots": ("of_bots", "runner.py", ("discord.py", "python-telegram-bot", "aiogram", "websockets")),
    "more agents": ("of_more_agents", "runner.py", ("google-adk", "semantic-kernel", "agno")),
    "openai-agents": ("of_more_openai", "runner.py", ("pydantic-ai-slim", "openai-agents", "langchain-core")),
    "taskiq": ("of_taskiq", "runner.py", ("taskiq",)),
    "containers": (
        "of_containers",
        "server.py",
        ("fastapi", *COMPANIONS, "dishka", "dependency-injector", "lagom", "punq"),
    ),
    "litestar, more of it": ("of_litestar_more", "runner.py", ("litestar", "httpx", "uvicorn", "websockets")),
    "callbacks of the loop": ("of_loop_callbacks", "runner.py", ("aiohttp", "tornado", "tenacity")),
    "mcp 1 over HTTP": ("mcp_first", "over_http.py", ("mcp==1.30.0",)),
    "mcp 2 over HTTP": ("mcp_second", "over_http.py", ("mcp",)),
    "mcp 2.0 over HTTP": ("mcp_second", "over_http.py", ("mcp==2.0.0",)),
    "fastmcp 2 over HTTP": ("mcp_fast", "over_http.py", ("fastmcp==2.14.7",)),
    "fastmcp 3 over HTTP": ("mcp_fast", "over_http.py", ("fastmcp==3.0.0",)),
    "fastmcp 4 over HTTP": ("mcp_fast", "over_http.py", ("fastmcp==4.0.0",)),
}
NEVER_RUN = {"celery_task_never_sent"}
"""Nobody sends it: a worker of Celery is another process."""
NO_ROW = {
    "add_reader",
    "add_signal_handler",
    "aiocache_cached_def",
    "aiogram_filter_async",
    "aiogram_filter_def",
    "aiogram_middleware_async",
    "aiohttp_bound_helper",
    "aiohttp_middleware_helper",
    "aiohttp_view_helper",
    "cbv2_helper_of_def",
    "chainlit_helper_of_def",
    "chainlit_make_async",
    "chainlit_step_async",
    "chainlit_step_def",
    "del_in_async",
    "descriptor_get_in_async",
    "discord_converter_async",
    "dishka_used_in_async",
    "ensure_future_in_startup",
    "fastapi_cache_helper_def",
    "injector_factory_init_in_async",
    "injector_factory_init_in_def",
    "injector_singleton_init",
    "injector_used_in_async",
    "injector_used_in_def",
    "lagom_class_init",
    "lagom_used_in_async",
    "litestar_after_exception_def",
    "litestar_after_request_def",
    "litestar_auth_helper",
    "litestar_background_def",
    "litestar_before_each_def",
    "litestar_controller_helper",
    "litestar_guard_async",
    "litestar_guard_def",
    "litestar_listener_async",
    "litestar_listener_class_accept_def",
    "litestar_listener_class_receive_def",
    "litestar_listener_def",
    "litestar_middleware_function",
    "litestar_middleware_helper",
    "litestar_stream_def",
    "litestar_task_def",
    "litestar_websocket_listener_def",
    "loop_create_task_in_startup",
    "loop_exception_handler",
    "nicegui_helper_of_def",
    "nicegui_io_bound",
    "punq_class_init_in_async",
    "punq_used_in_async",
    "slowapi_dynamic_limit",
    "slowapi_exempt_when",
    "slowapi_key_func",
    "slowapi_key_func_of_async",
    "socketio_background_task_async",
    "socketio_namespace_helper_def",
    "start_server_callback_async",
    "start_server_callback_def",
    "strawberry_context_getter_async",
    "strawberry_dataloader_async",
    "strawberry_root_value_getter_async",
    "strawberry_router_process_result",
    "tenacity_before_of_async",
    "tenacity_before_of_def",
    "tenacity_before_sleep",
    "tenacity_predicate_of_async",
    "tenacity_retried_async",
    "tenacity_retrying_call_in_async",
    "tenacity_wait_def",
    "textual_call_after_refresh_def",
    "textual_call_from_thread_def",
    "textual_call_later_def",
    "textual_helper_of_def",
    "textual_interval_def",
    "textual_timer_async",
    "textual_worker_coroutine",
    "textual_worker_thread_def",
    "tornado_add_callback_def",
    "tornado_add_future_def",
    "tornado_executor_def",
    "tornado_periodic_def",
    "websockets_handler_async",
}
"""Findings say where they run; they are helpers of an entry point, or known to no framework table."""

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("case", CASES)
def test_callables_run_where_async_guard_says(case: str, tmp_path: Path) -> None:
    """Findings and rows of ``routes`` against the threads observed."""
    module, runner, requirements = CASES[case]
    python = installed(tmp_path / "environment", *requirements)
    folder = tmp_path / "code"
    folder.mkdir()
    sources = write_applications(folder, (module,))
    pins = "\n".join(r for r in requirements if "==" in r) + "\n"
    (folder / "requirements.txt").write_text(pins, encoding="utf-8")
    configuration = '[tool.async-guard]\nblocking = ["marker.mark"]\n'
    seen = observed(python, folder, [module], runner)
    said = said_by_findings({**sources, "requirements.txt": pins}, configuration)
    beside = {name for each in BESIDE for name in marks(sources[f"{each}.py"]).values()}
    assert set(said) - set(seen) - beside == (NEVER_RUN if case == "neighbours" else set())
    assert {name: said[name] for name in seen} == seen
    rows = said_by_routes(folder, sources, configuration)
    assert {name: rows.get(name) for name in seen} == {
        name: None if name in NO_ROW else {where} for name, where in seen.items()
    }
