"""Containers of dependencies: what their annotations and markers pass to a parameter."""

from __future__ import annotations

from async_guard.frameworks.tables import Framework

FRAMEWORK = Framework(
    name="containers",
    classes={},
    aliases={},
    markers=("fastapi_injector.Injected", "aioinject.Inject", "that_depends.Provide"),
    item_markers=(
        "dependency_injector.wiring.Provide", "dependency_injector.wiring.Closing", "that_depends.Provide",
    ),
    transparent=(
        "dishka.FromDishka", "dishka.integrations.fastapi.FromDishka", "dishka.integrations.base.FromDishka", "lagom.Injectable",
        "aioinject.Injected", "aioinject.ext.fastapi.Injected", "wireup.Injected",
    ),
)  # fmt: skip
