"""Pages, chats and terminals written in Python: NiceGUI, Chainlit, Textual, Reflex, Panel and Bokeh run plain callbacks on the loop."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, Framework, Registration, SubclassMethods

_PAGES = "nicegui.App"
_ELEMENT = "nicegui.element.Element"
NICEGUI = (
    "add_media_file", "add_media_files", "aggrid", "altair", "anywidget", "audio", "avatar", "badge", "button", "button_group", "card",
    "card_actions", "card_section", "carousel", "carousel_slide", "chat_message", "checkbox", "chip", "circular_progress", "code", "codemirror",
    "color_input", "color_picker", "colors", "column", "context_menu", "dark_mode", "date", "date_input", "dialog", "dropdown_button", "echart",
    "editor", "element", "expansion", "fab", "fab_action", "footer", "fullscreen", "grid", "header", "highchart", "html", "icon", "image",
    "input", "input_chips", "interactive_image", "item", "item_label", "item_section", "joystick", "json_editor", "keyboard", "knob", "label",
    "leaflet", "left_drawer", "line_plot", "linear_progress", "link", "link_target", "list", "log", "markdown", "matplotlib", "menu",
    "menu_item", "mermaid", "mpl", "notification", "number", "page_sticky", "pagination", "parallax", "plotly", "pyplot", "query", "radio",
    "range", "rating", "restructured_text", "right_drawer", "row", "scene", "scene_view", "scroll_area", "select", "separator", "skeleton",
    "slide_item", "slider", "space", "spinner", "splitter", "step", "stepper", "stepper_navigation", "sub_pages", "switch", "tab", "tab_panel",
    "tab_panels", "table", "tabs", "teleport", "textarea", "time", "time_input", "timeline", "timeline_entry", "toggle", "toolbar", "tooltip",
    "tree", "upload", "video", "xterm",
)  # fmt: skip
"""What `nicegui.ui` makes: elements of a page."""
_ELEMENTS = tuple(f"nicegui.ui.{name}" for name in NICEGUI)
_NICEGUI_EVENTS = (
    "on_click", "on_change", "on_value_change", "on_selection_change", "on_focus_change", "on_viewport_change", "on_pick", "on_point_click",
    "on_mouse", "on_start", "on_move", "on_end", "on_select", "on_key", "on_node_click", "on_dismiss", "on_drag_start", "on_drag_end",
    "on_scroll", "on_slide", "on_pagination_change", "on_expand", "on_tick", "on_begin_upload", "on_upload", "on_multi_upload", "on_rejected",
    "on_bell", "on_data", "on_resize",
)  # fmt: skip
_BOUND = ("value", "text", "visibility", "enabled", "content", "source", "icon", "name", "label", "options")
_NICEGUI_CLIENTS = ("on_connect", "on_disconnect", "on_exception", "on_delete", "on_page_exception")

_CHAINLIT = (
    "on_app_startup", "on_app_shutdown", "password_auth_callback", "header_auth_callback", "oauth_callback", "on_logout", "on_message",
    "on_window_message", "on_chat_start", "on_chat_resume", "set_chat_profiles", "set_starters", "set_starter_categories", "on_chat_end",
    "on_audio_start", "on_audio_chunk", "on_audio_end", "author_rename", "on_mcp_connect", "on_mcp_disconnect", "on_stop",
    "on_settings_update", "on_settings_edit", "on_feedback", "on_slack_reaction_added", "on_shared_thread_view",
)  # fmt: skip

TEXTUAL = (
    "Button", "Checkbox", "Collapsible", "ContentSwitcher", "DataTable", "Digits", "DirectoryTree", "Footer", "Header", "HelpPanel", "Input",
    "KeyPanel", "Label", "Link", "ListItem", "ListView", "LoadingIndicator", "Log", "Markdown", "MarkdownViewer", "MaskedInput", "OptionList",
    "Placeholder", "Pretty", "ProgressBar", "RadioButton", "RadioSet", "RichLog", "Rule", "Select", "SelectionList", "Sparkline", "Static",
    "Switch", "Tab", "TabPane", "TabbedContent", "Tabs", "TextArea", "Tooltip", "Tree", "Welcome",
)  # fmt: skip
_CONTAINERS = (
    "Center", "CenterMiddle", "Container", "Grid", "Horizontal", "HorizontalGroup", "HorizontalScroll", "ItemGrid", "Middle", "Right",
    "ScrollableContainer", "Vertical", "VerticalGroup", "VerticalScroll",
)  # fmt: skip
_DRAWN = (
    "textual.app.App", "textual.screen.Screen", "textual.screen.ModalScreen", "textual.widget.Widget",
    *(f"textual.widgets.{name}" for name in TEXTUAL), *(f"textual.containers.{name}" for name in _CONTAINERS),
)  # fmt: skip
_REACTIVE = frozenset((
    "value", "has_focus", "has_focus_within", "mouse_hover", "disabled", "loading", "theme", "title", "sub_title", "app_focus", "dark", "current",
    "cursor_coordinate", "hover_coordinate", "show_cursor", "cursor_line", "hover_line", "highlighted", "index", "selected", "active", "expanded",
    "collapsed", "scroll_x", "scroll_y", "scroll_target_x", "scroll_target_y", "virtual_size", "text", "language", "selection", "path", "data",
    "progress", "total", "percentage", "time", "renderable", "size", "cursor_position", "placeholder", "tabs_count", "ansi_theme",
))  # fmt: skip
"""Reactive attributes of Textual's own classes."""
_OF_DRAWN = tuple(
    (name, LOOP)
    for name in (
        "on_*", "_on_*", "watch_{}", "_watch_{}", "validate_{}", "_validate_{}", "compute_{}", "_compute_{}", "action_*", "key_*", "compose",
        "render", "render_line", "render_lines", "get_content_width", "get_content_height", "check_action", "format_title",
    )
)  # fmt: skip

_STATES = (
    "reflex.State",
    "reflex.state.State",
    "reflex.state.BaseState",
    "reflex.ComponentState",
    "reflex.SharedState",
)
_PANEL_WIDGETS = ("Button", "MenuButton", "Toggle", "FileInput", "FileDropper", "ChatInterface", "ChatFeed")
_BOKEH = (
    "Button",
    "Select",
    "MultiSelect",
    "Slider",
    "RangeSlider",
    "TextInput",
    "CheckboxGroup",
    "RadioGroup",
    "ColumnDataSource",
    "DatePicker",
)
_PERIODIC = ("panel.state.add_periodic_callback", "panel.io.state.state.add_periodic_callback")
_DOCUMENT = "bokeh.document.Document"


def _of(*methods: str) -> tuple[str, ...]:
    return tuple(f"{_ELEMENT}.{name}" for name in methods)


FRAMEWORK = Framework(
    name="interfaces",
    classes={_PAGES: ("fastapi.FastAPI",)},
    aliases={"nicegui.app.App": _PAGES, "nicegui.app.app.App": _PAGES, "nicegui.ui.refreshable_method": "nicegui.ui.refreshable"},
    registrations=(
        # NiceGUI (measured: 3.18): pages, events, timers and bindings run on the loop; what its application routes is FastAPI's.
        Registration(("nicegui.ui.page", "nicegui.page.page"), "route", LOOP, path=("path", 0), methods=("GET",), bare=False),
        Registration(("nicegui.APIRouter.page", f"{_PAGES}.page"), "route", LOOP, path=("path", 0), methods=("GET",), bare=False),
        Registration(("nicegui.ui.refreshable",), "event", LOOP),
        *(Registration(_ELEMENTS, "event", LOOP, arg=(name, None), beside=True) for name in _NICEGUI_EVENTS),
        Registration(("nicegui.ui.menu_item", "nicegui.ui.item"), "event", LOOP, arg=(None, 1), beside=True),
        Registration(_ELEMENTS, "event", LOOP, arg=("validation", None), beside=True),
        Registration(("nicegui.ui.timer", "nicegui.timer.Timer"), "timer", LOOP, arg=("callback", 1), beside=True),
        Registration((f"{_PAGES}.timer",), "timer", LOOP, arg=("callback", 1)),
        Registration(("nicegui.ui.on",), "event", LOOP, arg=("handler", 1), beside=True),
        Registration(_of(*_NICEGUI_EVENTS), "event", LOOP, arg=("callback", 0), beside=True),
        Registration(_of("on"), "event", LOOP, arg=("handler", 1), beside=True),
        *(
            Registration(_of(*(f"bind_{name}{how}" for name in _BOUND for how in ("", "_from", "_to"))), "binding", LOOP, arg=arg, beside=True)
            for arg in (("forward", None), ("backward", None), (None, 2))
        ),
        *(Registration((f"{_PAGES}.{name}",), "lifespan", LOOP, label=name) for name in ("on_startup", "on_shutdown")),
        *(Registration((f"{_PAGES}.{name}",), "event", LOOP, label=name) for name in _NICEGUI_CLIENTS),
        # Chainlit (measured: 2.12).
        *(Registration((f"chainlit.{name}", f"chainlit.callbacks.{name}"), "event", LOOP, label=name) for name in _CHAINLIT),
        Registration(("chainlit.action_callback", "chainlit.callbacks.action_callback"), "event", LOOP, path=("name", 0), label="{path}"),
        # Textual (measured: 8.2).
        Registration(("textual.on", "textual._on.on"), "event", LOOP, bare=False),
        Registration(("textual.work", "textual._work_decorator.work"), "worker", LOOP, thread_if="thread", starts=True),
        Registration(("reflex.var", "reflex.vars.base.computed_var", "reflex.cached_var"), "event", LOOP, beside=True),
        # Panel and Bokeh (measured: 1.9, 3.9): one loop serves everybody, unless it is told to use threads.
        *(
            Registration(tuple(f"panel.widgets.{cls}" for cls in _PANEL_WIDGETS), "event", LOOP, arg=(name, None), probable=True, beside=True)
            for name in ("on_click", "callback")
        ),
        Registration(("panel.widgets.Button.on_click", "bokeh.models.Button.on_click", "bokeh.models.widgets.Button.on_click"), "event", LOOP,
                     arg=(None, 0), probable=True, beside=True),
        Registration(tuple(f"bokeh.models.{cls}.on_change" for cls in _BOKEH), "event", LOOP, arg=(None, 1), probable=True, beside=True),
        Registration(("panel.bind", "panel.depends.bind"), "event", LOOP, arg=("function", 0), probable=True, beside=True),
        Registration(("panel.state.onload", "panel.io.state.state.onload"), "event", LOOP, arg=("callback", 0), probable=True),
        Registration(_PERIODIC, "timer", LOOP, arg=("callback", 0), probable=True),
        Registration(("panel.serve", "panel.io.server.serve"), "route", LOOP, arg=("panels", 0), probable=True, unless_given=("n_threads",)),
        *(
            Registration((f"{_DOCUMENT}.{name}",), "timer", LOOP, arg=("callback", 0), probable=True)
            for name in ("add_periodic_callback", "add_next_tick_callback", "add_timeout_callback")
        ),
    ),
    subclasses=(
        *(SubclassMethods(base, "event", _OF_DRAWN, attributes=_REACTIVE) for base in _DRAWN),
        # Reflex (measured: 0.10): every public method of a state answers an event, and properties are computed when something changes.
        *(SubclassMethods(base, "event", (("*", LOOP),)) for base in _STATES),
    ),
)  # fmt: skip
