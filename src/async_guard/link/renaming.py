"""Paths as they are written: ``path + ".tmp"`` lies in the folder of ``path``, so that moving the one to the other is renaming it."""

from __future__ import annotations

from typing import Any, Final

from async_guard.link import narrowing
from async_guard.link.callers import parts
from async_guard.link.frames import Args, Frame
from async_guard.model import facts as F
from async_guard.model.catalogue import ArgRef

_RENAMING: Final = ("with_suffix", "with_name", "with_stem")
"""Methods of a path that give another one in the same folder."""
_SAME: Final = ("absolute", "as_posix")
"""Methods of a path that give the same one."""
_SAYING: Final = ("str", "Path", "fspath", "abspath")
"""Functions that do."""
_TEMPORARY: Final = ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile")


def are_beside(args: Args, ref: ArgRef, other: str, frame: Frame) -> bool:
    """Whether two arguments of a call are paths in one folder.

    Args:
        args: the arguments.
        ref: the first.
        other: the keyword of the one behind it.
        frame: where the call stands.
    """
    if args.expressions is None or ref.position is None:
        return False
    positional, named = args.expressions[2], dict(args.expressions[3])
    several = [
        named.get(keyword) if number >= len(positional) else positional[number]
        for number, keyword in ((ref.position, ref.keyword), (ref.position + 1, other))
    ]
    if several[0] is None or several[1] is None:
        return False
    one, two = [_meanings(e, frame) for e in several]
    return any(_is_in_folder_of(x, y) or _is_in_folder_of(y, x) for x in one for y in two) or any(
        _is_made_in_a_folder(x, frame) for x in one
    )


def _meanings(e: Any, frame: Frame) -> list[Any]:
    """An expression, without what says the same path in other words, and what it stands for where it is a local variable that is assigned once."""
    e = _plain(e)
    made = narrowing.assigned(frame.fn, e[1]) if e[0] == F.E_NAME and frame.fn is not None else ()
    return [e, *_meanings(made[0], frame)] if len(made) == 1 and made[0] is not None and made[0] is not e else [e]


def _plain(e: Any) -> Any:
    """An expression without what says the same path in other words: ``str(path)``, ``path.absolute()``."""
    while e[0] == F.E_CALL:
        if e[1][0] == F.E_ATTR and e[1][2] in _SAME and not e[2]:
            e = e[1][1]
        elif F.last_name(e[1]) in _SAYING and len(e[2]) == 1:
            e = e[2][0]
        else:
            break
    return e


def _is_in_folder_of(e: Any, path: Any) -> bool:
    """Whether an expression is a path with something at its end, or another name in its folder."""
    if e[0] == F.E_BIN and e[1] == "+":
        return _same(e[2], path) and _is_ending(e[3])
    if e[0] == F.E_BIN and e[1] == "/":
        return _is_folder_of(e[2], path)
    if e[0] == F.E_FSTR:
        return len(e[1]) > 1 and _same(e[1][0], path) and _is_ending(e[1][1])
    if e[0] == F.E_CALL and e[1][0] == F.E_ATTR and e[1][2] in _RENAMING:
        return _same(e[1][1], path)
    return False


def _is_ending(e: Any) -> bool:
    """Whether something is put at the end of a name, and no further folder: ``".tmp"``, ``SUFFIX``."""
    return e[0] == F.E_NAME or (e[0] == F.E_CONST and isinstance(e[1], str) and "/" not in e[1])


def _is_folder_of(e: Any, path: Any) -> bool:
    return bool(e[0] == F.E_ATTR and e[2] == "parent" and _same(e[1], path))


def _same(e: Any, other: Any) -> bool:
    """Whether two expressions are the same names, whatever stands between their positions."""
    e, other = _plain(e), _plain(other)
    if e[0] != other[0] or e[0] not in (F.E_NAME, F.E_ATTR):
        return False
    return bool(e[1] == other[1]) if e[0] == F.E_NAME else bool(e[2] == other[2] and _same(e[1], other[1]))


def _is_made_in_a_folder(e: Any, frame: Frame) -> bool:
    """Whether an expression is the name of a temporary file for which a folder was chosen: that of the file which it becomes."""
    if e[0] != F.E_ATTR or e[2] != "name" or e[1][0] != F.E_NAME or frame.fn is None:
        return False
    made = [*narrowing.assigned(frame.fn, e[1][1])]
    for node in parts([frame.fn.body["body"]]):
        if node[0] == F.S_WITH and node[1].__class__ is list:
            made += [item[0] for item in node[1] if len(item) > 1 and item[1] and item[1][:2] == [F.E_NAME, e[1][1]]]
    return bool(made) and all(
        m[0] == F.E_CALL and F.last_name(m[1]) in _TEMPORARY and any(k in ("dir", None) for k, _ in m[3]) for m in made
    )


__all__ = ["are_beside"]
