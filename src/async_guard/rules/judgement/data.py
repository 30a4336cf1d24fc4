"""What takes data, and awaits nothing of what it is given, however deep inside."""

from __future__ import annotations

from typing import Any, Final

from async_guard.link import attributes
from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.values import CLASS, EXT, EXTINST, EXTMETH, SLOT, V
from async_guard.model import facts as F

_OF_DATA: Final = (
    "json.", "base64.", "binascii.", "hashlib.", "hmac.", "zlib.", "gzip.", "io.", "csv.", "struct.", "pickle.", "re.", "html.", "math.",
    "statistics.", "datetime.", "decimal.", "ast.", "textwrap.", "os.", "pathlib.", "shutil.", "tempfile.", "urllib.parse.", "uuid.",
    "logging.", "warnings.warn", "builtins.str", "builtins.bytes",
)  # fmt: skip
"""How the names of those functions and classes of Python itself begin that take data and await nothing."""
_EXCEPTIONS: Final = ("Error", "Exception", "Warning")
_REQUESTED: Final = frozenset(("json", "params", "headers", "cookies"))
"""Keywords by which calls of libraries take what they send."""
_OTHERWISE: Final = frozenset(("background", "default", "cls", "object_hook", "key"))
"""Keywords by which such calls take something to run."""
TAKES_DATA: Final = "takes-data"
_OF_TEXT: Final = frozenset(("format", "join", "replace", "startswith", "endswith", "split", "strip", "encode"))
"""Methods of texts."""


def takes_data(linked: Linked, frame: Frame, call: Any, argument: Any) -> bool:
    """Whether what a call is given surely is data to it: a response, a serializer, a logger, an exception.

    Args:
        linked: the project.
        frame: where the call stands.
        call: the call.
        argument: the argument that it is, or that what is asked about stands in.
    """
    keyword = next((name for name, value in call[3] if value is argument), "")
    if keyword in _OTHERWISE:
        return False
    callee = call[1]
    if callee[0] == F.E_ATTR and callee[2] in _OF_TEXT and _is_text(callee[1]):
        return True
    targets = linked.evaluator.ev(callee, frame)
    return bool(targets) and all(
        is_of_data(linked, v) or (keyword in _REQUESTED and v.k in (EXT, EXTMETH)) for v in targets
    )


def is_of_data(linked: Linked, v: V) -> bool:
    """Whether something to call takes data only."""
    catalogue = linked.evaluator.catalogue
    if v.k == EXTMETH and isinstance(v.a, V) and v.a.k == EXTINST:
        found = catalogue.method(v.a.a, v.b)
        return v.a.a.startswith(_OF_DATA) or (found is not None and found[1].role == TAKES_DATA)
    if v.k == SLOT:
        return bool(v.b.k == EXTINST and v.b.a.startswith("builtins.str"))
    if v.k == EXT:
        return v.a.startswith(_OF_DATA) or _is_named(linked, v.a)
    if v.k == CLASS:
        ev = linked.evaluator
        bases = attributes.library_bases(ev, v.a)
        made = attributes.class_attribute(ev, v.a, "__init__")
        return made is None and bool(bases) and any(_is_named(linked, base) for base in bases)
    return False


def _is_named(linked: Linked, name: str) -> bool:
    """Whether a class or function of a library, by its name, is an exception, or is described as one that takes data."""
    catalogue = linked.evaluator.catalogue
    if name.endswith(_EXCEPTIONS):
        return True
    made = catalogue.method(name, "__init__")
    if made is not None:
        return made[1].role == TAKES_DATA
    entry = catalogue.lookup(name)
    return getattr(entry, "role", "") == TAKES_DATA


def _is_text(e: Any) -> bool:
    return bool(e[0] == F.E_FSTR or (e[0] == F.E_CONST and isinstance(e[1], str)))


__all__ = ["is_of_data", "takes_data"]
