"""Threads that are over by themselves when somebody waits for them: a thread that reads from a process ends when the process does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from async_guard.link import attributes, callers, narrowing
from async_guard.link.frames import Args, Frame, Site
from async_guard.link.program import Class, Fn
from async_guard.link.values import EXTINST, INST, VS, V
from async_guard.model import facts as F

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

_OVER: Final = "over"
"""The role of classes whose objects do nothing any more."""


def joined(ev: Evaluator, thread: V, args: Args, site: Site) -> VS | None:
    """``self._reader.join()``: None is what it gives at once where the thread works for a process that is over; else nobody knows better."""
    fr = site.frame
    receiver = args.expressions[1][1] if args.expressions is not None and args.expressions[1][0] == F.E_ATTR else None
    name = narrowing.path(receiver) if receiver is not None else ""
    over = _over(ev, fr) if name else set()
    if not over:
        return None
    made = _made(ev, receiver, fr)
    return (ev.values.none,) if made and all(_works_for(ev, call, over, fr) for call in made) else None


def _over(ev: Evaluator, fr: Frame) -> set[str]:
    """The names, and attributes of names, of what is surely over at this point."""
    return {
        name
        for name, value in (fr.env or {}).items()
        if value and all(v.k == EXTINST and narrowing.role(ev, v) == _OVER for v in value)
    }


def _made(ev: Evaluator, receiver: Any, fr: Frame) -> list[Any]:
    """The calls that make the thread a variable, or an attribute of the object, stands for; none where it may be anything else."""
    if receiver[0] == F.E_NAME:
        made = list(narrowing.assigned(fr.fn, receiver[1])) if fr.fn is not None else []
    else:
        made = _kept(ev, receiver[2], fr) if fr.env is not None and fr.env.get(receiver[1][1]) == _own(fr) else []
    made = [value for value in made if value is None or value[:2] != [F.E_CONST, None]]
    return made if all(value is not None and callers.is_call(value) for value in made) else []


def _own(fr: Frame) -> VS:
    return (fr.self_value,) if fr.self_value is not None and fr.self_value.k == INST else ()


def _kept(ev: Evaluator, name: str, fr: Frame) -> list[Any]:
    """What the methods of the object's class assign to an attribute."""
    assert fr.self_value is not None
    writers = [
        fn for c in attributes.mro(ev, fr.self_value.a) if isinstance(c, Class) for fn in attributes.writers(c, name)
    ]
    out: list[Any] = []
    for fn in writers:
        for node in callers.parts([fn.body["body"]]):
            if node[0] == F.S_ASSIGN and len(node) == F.ASSIGN_PARTS and node[1].__class__ is list:
                out += [node[2] for target in node[1] if target[0] == F.E_ATTR and target[2] == name]
            elif (
                node[0] == F.S_ANN and len(node) == F.ANN_PARTS and node[1].__class__ is list and node[1][0] == F.E_ATTR
            ):
                out += [node[3]] if node[1][2] == name else []
    return out


def _works_for(ev: Evaluator, call: Any, over: set[str], fr: Frame) -> bool:
    """Whether a thread is handed one of these, or runs a method of the same object that uses one."""
    if any(narrowing.path(node) in over for node in callers.parts([[*call[2], *(value for _, value in call[3])]])):
        return True
    target = next((value for name, value in call[3] if name == "target"), None)
    fn = _method(ev, target[2], fr) if target is not None and target[0] == F.E_ATTR else None
    own = fn.body["params"][0][0] if fn is not None and fn.body["params"] else ""
    mine = {f"{own}.{name.partition('.')[2]}" for name in over if "." in name}
    return fn is not None and any(narrowing.path(node) in mine for node in callers.parts([fn.body["body"]]))


def _method(ev: Evaluator, name: str, fr: Frame) -> Fn | None:
    """A method of the object whose method is read."""
    line = attributes.mro(ev, fr.self_value.a) if fr.self_value is not None and fr.self_value.k == INST else []
    found = (c.own_methods().get(name) for c in line if isinstance(c, Class))
    return next((fn for fn in found if fn is not None), None)


__all__ = ["joined"]
