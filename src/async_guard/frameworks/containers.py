"""Containers of dependencies: what their annotations and markers pass to a parameter."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, Framework, Registration

FRAMEWORK = Framework(
    name="containers",
    classes={"dishka.Provider": ()},
    aliases={"dishka.provider.Provider": "dishka.Provider", "dishka.provider.provide": "dishka.provide"},
    registrations=(
        # What an asynchronous container of dishka (measured: 1.10) asks for, it calls on the loop.
        Registration(("dishka.provide",), "provider", LOOP, imports="dishka.make_async_container", once_if=("scope", "APP")),
        Registration(("dishka.Provider.provide",), "provider", LOOP, arg=("source", 0), probable=True, once_if=("scope", "APP")),
    ),
    markers=("fastapi_injector.Injected", "aioinject.Inject", "that_depends.Provide"),
    item_markers=(
        "dependency_injector.wiring.Provide", "dependency_injector.wiring.Closing", "that_depends.Provide",
    ),
    transparent=(
        "dishka.FromDishka", "dishka.integrations.fastapi.FromDishka", "dishka.integrations.base.FromDishka", "lagom.Injectable",
        "aioinject.Injected", "aioinject.ext.fastapi.Injected", "wireup.Injected",
    ),
)  # fmt: skip
