"""Home Assistant: what it calls of integrations on its loop."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, Framework, Registration, SubclassMethods

_FLOWS = (
    "homeassistant.config_entries.ConfigFlow", "homeassistant.config_entries.OptionsFlow", "homeassistant.config_entries.OptionsFlowWithConfigEntry",
    "homeassistant.config_entries.OptionsFlowWithReload", "homeassistant.config_entries.ConfigSubentryFlow",
    "homeassistant.data_entry_flow.FlowHandler", "homeassistant.components.repairs.RepairsFlow",
)  # fmt: skip

FRAMEWORK = Framework(
    name="homeassistant",
    classes={},
    aliases={},
    registrations=(Registration(("homeassistant.core.callback",), "callback", LOOP),),
    # By the name of a step, with what the user typed: other steps call them without.
    subclasses=tuple(SubclassMethods(flow, "step", (("async_step_*", LOOP),)) for flow in _FLOWS),
)
