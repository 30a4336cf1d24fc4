"""Libraries that extend an application: pages for those who run it, counts of its requests."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, Framework, Registration, SubclassMethods

_METRICS = "prometheus_fastapi_instrumentator.Instrumentator"
_SQLADMIN = (
    "is_accessible", "is_visible", "list_query", "details_query", "count_query", "search_query", "sort_query", "form_edit_query",
    "edit_form_query", "search_placeholder", "get_export_name", "get_list_columns", "get_details_columns", "get_form_columns",
    "get_export_columns", "scaffold_form", "on_model_change", "after_model_change", "on_model_delete", "after_model_delete", "insert_model",
    "update_model", "delete_model", "get_model_objects", "get_object_for_edit", "get_object_for_details", "get_object_for_delete",
    "export_data",
)  # fmt: skip
_STARLETTE_ADMIN = (
    "is_accessible", "is_active", "can_create", "can_edit", "can_delete", "can_export", "can_import", "can_view_details", "can_view_detail",
    "can_access_field", "is_action_allowed", "is_row_action_allowed", "get_list_query", "get_details_query", "get_count_query",
    "get_search_query", "build_order_clauses", "find_all", "find_by_pk", "find_by_pks", "count", "create", "edit", "delete", "validate",
    "before_create", "after_create", "before_edit", "after_edit", "before_delete", "after_delete", "serialize", "serialize_field_value", "repr",
    "select2_result", "select2_selection", "render",
)  # fmt: skip
_VIEWS_OF_STARLETTE_ADMIN = (
    "starlette_admin.BaseModelView", "starlette_admin.views.BaseModelView", "starlette_admin.CustomView", "starlette_admin.views.CustomView",
    *(f"starlette_admin.contrib.{room}.{where}ModelView" for room in ("sqla", "sqlmodel", "mongoengine", "odmantic", "beanie")
      for where in ("", "view.")),
)  # fmt: skip

FRAMEWORK = Framework(
    name="extensions",
    classes={},
    aliases={},
    registrations=(
        # Measured: prometheus-fastapi-instrumentator 8.1, sqladmin 0.32. Whatever they call runs on the loop, plain functions too.
        *(Registration((f"{_METRICS}.add",), "hook", LOOP, arg=(None, position), beside=True) for position in range(4)),
        Registration(("sqladmin.expose", "sqladmin.application.expose"), "route", LOOP, path=("path", 0), methods_arg=("methods", None), bare=False),
        Registration(("sqladmin.action", "sqladmin.application.action"), "route", LOOP, path=("name", 0), bare=False),
        *(
            Registration((f"starlette_admin.{room}{name}",), "route", LOOP, bare=False)
            for room in ("", "actions.") for name in ("action", "row_action", "batch_action", "link_row_action")
        ),
    ),
    subclasses=(
        *(
            SubclassMethods(base, "hook", tuple((name, LOOP) for name in _SQLADMIN))
            for base in ("sqladmin.ModelView", "sqladmin.models.ModelView", "sqladmin.BaseView", "sqladmin.models.BaseView")
        ),
        SubclassMethods(
            "sqladmin.authentication.AuthenticationBackend", "authentication",
            tuple((name, LOOP) for name in ("login", "logout", "authenticate")),
        ),
        *(SubclassMethods(base, "hook", tuple((name, LOOP) for name in _STARLETTE_ADMIN)) for base in _VIEWS_OF_STARLETTE_ADMIN),
        *(
            SubclassMethods(base, "authentication", tuple(
                (name, LOOP) for name in ("login", "logout", "is_authenticated", "get_admin_user", "get_admin_config")
            ))
            for base in ("starlette_admin.auth.AuthProvider", "starlette_admin.auth.BaseAuthProvider")
        ),
    ),
    registers=("Instrumentator",),
)  # fmt: skip
