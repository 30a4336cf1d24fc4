"""What an object makes for itself because nobody gave it: ``if self.storage is None: self.storage = find()``, in a class that gives it to copies.

A class with a method like ``with_settings``, which gives a copy of the object that has the part, is made to be used by such copies: that somebody
uses an object without is a guess. Asked, as in `given`, of chains that would be reported.
"""

from __future__ import annotations

from typing import Any, Final

from async_guard.link.callers import is_call, parts
from async_guard.link.doubts import given
from async_guard.link.doubts.filled import lacks_at
from async_guard.link.frames import Event, Frame
from async_guard.link.program import Class, Fn
from async_guard.model import facts as F

_COPYING: Final = frozenset(("model_copy", "copy"))
"""Methods of objects that give a copy, with other values by name in ``update``."""


def is_given_to_copies(links: tuple[tuple[Frame, Event], ...]) -> bool:
    """Whether some call of a chain happens only where an object lacks a part which its class gives to copies."""
    for frame, event in links[1:]:
        fn = frame.fn
        owner = fn.owner if fn is not None else None
        if fn is None or owner is None:
            continue
        for table, name in lacks_at(fn, event):
            if not table and not _copies_with(fn, name) and _has_copier(owner, name):
                return True
    return False


def _has_copier(owner: Class, name: str) -> bool:
    return any(_copies_with(fn, name) for fn in owner.own_methods().values())


def _copies_with(fn: Fn, name: str) -> bool:
    """Whether a method gives back a copy of its object that has something else in an attribute."""
    own = given.own(fn)
    return any(e is not None and is_call(e) and _is_copy_with(fn, e, own, name) for e in F.returned(fn.body["body"]))


def _is_copy_with(fn: Fn, call: Any, own: str, name: str) -> bool:
    callee = call[1]
    if F.last_name(callee) == "replace" and call[2] and call[2][0][:2] == [F.E_NAME, own]:
        return any(keyword == name for keyword, _ in call[3])
    if callee[0] != F.E_ATTR or callee[2] not in _COPYING or callee[1][:2] != [F.E_NAME, own]:
        return False
    update = next((value for keyword, value in call[3] if keyword == "update"), None)
    if update is None:
        return False
    if update[0] == F.E_DICT:
        return any(key is not None and key[:2] == [F.E_CONST, name] for key in update[1])
    return update[0] == F.E_NAME and any(_puts(node, update[1], name) for node in parts([fn.body["body"]]))


def _puts(node: Any, table: str, name: str) -> bool:
    """Whether a part is ``update["name"] = value``."""
    if node[0] != F.S_ASSIGN or len(node) != F.ASSIGN_PARTS or node[1].__class__ is not list:
        return False
    return any(
        target.__class__ is list
        and target[0] == F.E_SUB
        and target[1][:2] == [F.E_NAME, table]
        and target[2][:2] == [F.E_CONST, name]
        for target in node[1]
    )


__all__ = ["is_given_to_copies"]
