"""pluggy: plugins implement hooks by functions of the hook's name.

``pm.hook.name(argument=...)`` calls every registered implementation there and then, each with the arguments that it names, and gives
the list of their results, or the first that is not None for a hook specified with ``firstresult=True``
(https://pluggy.readthedocs.io/en/stable/, "Calling hooks").
"""

from __future__ import annotations

from async_guard.frameworks.tables import Framework

FIRST_RESULT = "firstresult"
"""The argument of a hook's specification that makes a call give what one implementation gives, not a list."""

FRAMEWORK = Framework(
    name="plugins",
    classes={"pluggy.PluginManager": (), "pluggy.HookRelay": (), "pluggy.HookimplMarker": ()},
    aliases={
        "pluggy._manager.PluginManager": "pluggy.PluginManager", "pluggy._hooks.HookRelay": "pluggy.HookRelay",
        "pluggy._hooks.HookimplMarker": "pluggy.HookimplMarker",
    },
    attributes={"pluggy.PluginManager.hook": "pluggy.HookRelay"},
    hooks={"pluggy.HookRelay": "pluggy.HookimplMarker"},
)  # fmt: skip
