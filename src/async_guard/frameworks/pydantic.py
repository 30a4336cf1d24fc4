"""Pydantic: validators and serializers that a framework runs while a request or response is handled."""

from __future__ import annotations

from async_guard.frameworks.tables import LOOP, Framework, Registration

_VALIDATORS = (
    "pydantic.field_validator", "pydantic.model_validator", "pydantic.validator", "pydantic.root_validator",
    "pydantic.functional_validators.field_validator", "pydantic.functional_validators.model_validator",
    "pydantic.class_validators.validator", "pydantic.class_validators.root_validator", "pydantic.v1.validator", "pydantic.v1.root_validator",
)  # fmt: skip
_SERIALIZERS = (
    "pydantic.field_serializer", "pydantic.model_serializer", "pydantic.computed_field", "pydantic.functional_serializers.field_serializer",
    "pydantic.functional_serializers.model_serializer", "pydantic.fields.computed_field",
)  # fmt: skip
_WRAPPED = (
    "pydantic.AfterValidator", "pydantic.BeforeValidator", "pydantic.PlainValidator", "pydantic.WrapValidator",
    "pydantic.functional_validators.AfterValidator", "pydantic.functional_validators.BeforeValidator",
    "pydantic.functional_validators.PlainValidator", "pydantic.functional_validators.WrapValidator",
)  # fmt: skip

MADE_OF = ("__init__", "__post_init__", "model_post_init")
"""Methods of a model that making one from a request runs."""
OWN_SCHEMA = ("__get_pydantic_core_schema__", "__get_validators__")
"""Methods in which a class that is no model says what validates it: what they yield, or what they hand to pydantic."""
FILLED_FROM_OUTSIDE = frozenset((
    "pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings",
    "pydantic.env_settings.BaseSettings", "sqlmodel.SQLModel",
))  # fmt: skip
"""Classes whose fields come from the environment or a database, whatever their constructors are given."""
_VALIDATING = (
    *(f"pydantic.{cls}.{name}" for cls in ("BaseModel", "RootModel") for name in (
        "model_validate", "model_validate_json", "model_validate_strings", "parse_obj", "parse_raw", "parse_file", "from_orm", "validate",
    )),
    *(f"pydantic.TypeAdapter.{name}" for name in ("validate_python", "validate_json", "validate_strings")),
    "pydantic.parse_obj_as", "pydantic.parse_raw_as",
)  # fmt: skip

_SERIALIZING = tuple(
    f"pydantic.{cls}.{name}" for cls in ("BaseModel", "RootModel") for name in ("model_dump", "model_dump_json", "dict", "json")
)  # fmt: skip
_OWN_TYPES = tuple(
    f"pydantic_core.core_schema.{info}_{mode}_validator_function"
    for info in ("no_info", "with_info")
    for mode in ("after", "before", "plain", "wrap")
)
"""By these a class of the project's own says in `__get_pydantic_core_schema__` how it is validated."""

FRAMEWORK = Framework(
    name="pydantic",
    classes={"pydantic.BaseModel": (), "pydantic.RootModel": ("pydantic.BaseModel",)},
    aliases={
        "pydantic.main.BaseModel": "pydantic.BaseModel", "pydantic.v1.BaseModel": "pydantic.BaseModel",
        "pydantic.root_model.RootModel": "pydantic.RootModel",
    },
    transparent=(
        "pydantic.InstanceOf",
        "pydantic.Json",
        "pydantic.OnErrorOmit",
        "pydantic.SerializeAsAny",
        "pydantic.SkipValidation",
        "pydantic.functional_serializers.SerializeAsAny",
        "pydantic.functional_validators.InstanceOf",
        "pydantic.functional_validators.SkipValidation",
        "pydantic.json_schema.SkipJsonSchema",
        "pydantic.types.Json",
        "pydantic.types.OnErrorOmit",
    ),
    registrations=(
        Registration(_VALIDATORS, "validator", LOOP),
        Registration(_SERIALIZERS, "serializer", LOOP),
        Registration(_WRAPPED, "parameter_validator", LOOP, arg=("func", 0)),
        Registration(("pydantic.Discriminator", "pydantic.types.Discriminator"), "parameter_validator", LOOP, arg=("discriminator", 0)),
        Registration(_OWN_TYPES, "validator", LOOP, arg=("function", 0)),
        Registration(("pydantic.ConfigDict", "pydantic.config.ConfigDict"), "hook", LOOP, arg=("json_schema_extra", None), beside=True),
        Registration(
            (
                "pydantic.PlainSerializer",
                "pydantic.WrapSerializer",
                "pydantic.functional_serializers.PlainSerializer",
                "pydantic.functional_serializers.WrapSerializer",
            ),
            "serializer",
            LOOP,
            arg=("func", 0),
        ),
        Registration(
            ("pydantic.Field", "pydantic.fields.Field"),
            "validator",
            LOOP,
            arg=("default_factory", None),
            returns_given=False,
        ),
        Registration(
            ("pydantic.PrivateAttr", "pydantic.fields.PrivateAttr"),
            "validator",
            LOOP,
            arg=("default_factory", None),
            beside=True,
        ),
        Registration(
            tuple(f"fastapi.{name}" for name in ("Query", "Path", "Header", "Cookie", "Body", "Form")),
            "parameter_validator",
            LOOP,
            arg=("default_factory", None),
            returns_given=False,
        ),
    ),
    models=("pydantic.BaseModel", "pydantic.RootModel"),
    validating=_VALIDATING,
    serializing=_SERIALIZING,
    parsed={"enum.Enum": ("_missing_",)},
)  # fmt: skip
