"""Signals and emitters: what a project connects to one is called, there and then, by whoever sends something through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from async_guard.frameworks.tables import Signals
from async_guard.link import calls
from async_guard.link.frames import Args, Site
from async_guard.link.values import AWAITABLE, CONST, DECORATOR, FUNC, NOTHING, VS, V, union

if TYPE_CHECKING:
    from async_guard.link.evaluator import Evaluator

ANY: Final = "*"
"""The topic of what has none."""
_MOST_SCOPES: Final = 25


def call(ev: Evaluator, table: Signals, name: str, signal: V, args: Args, site: Site) -> VS | None:
    """A method of a signal; None for one that neither connects nor sends, or of which the catalogue knows more."""
    if name in table.named:
        return of_name(ev, table, args)
    if name in table.connects:
        return _connect(ev, table, name, signal, args, site)
    if name not in table.sends:
        return None
    _read_connecting(ev, table)
    topics = (_topic(args, 0), ANY) if table.has_topics else (ANY,)
    receivers = union(*(ev.bags.get((("signal", signal), topic), NOTHING) for topic in topics))
    if table.has_topics and topics[0] == ANY:
        receivers = union(*(value for (owner, _), value in list(ev.bags.items()) if owner == ("signal", signal)))
    passed = Args(args.positional[1 if table.has_topics else 0 :], dict(args.keywords))
    passed.more_positional, passed.more_keywords = args.more_positional, args.more_keywords
    is_async = name in table.asynchronous
    for v in receivers:
        if not (is_async and "_sync_wrapper" in args.keywords and v.k == FUNC and not v.a.is_async):
            calls.awaited(ev, calls.call_one(ev, v, passed, site.unawaited()), site)
    if table.beside:
        return None
    return (ev.values.make(AWAITABLE, ev.values.unknown),) if is_async else ev.values.unknown


def of_name(ev: Evaluator, table: Signals, args: Args) -> VS:
    """The one signal of a name."""
    return (ev.values.instance(table.classes[0], (), ("signal", _topic(args, 0))),)


def _connect(ev: Evaluator, table: Signals, name: str, signal: V, args: Args, site: Site) -> VS:
    topic = _topic(args, 0) if table.has_topics else ANY
    position = 1 if table.has_topics else 0
    given = args.get(table.callable_name, position) if name not in table.decorates else None
    if given is None:
        return (ev.values.make(DECORATOR, ("connect", signal, topic)),)
    return connected(ev, signal, topic, given, site)


def connected(ev: Evaluator, signal: V, topic: str, receivers: VS, site: Site) -> VS:
    """Callables are called from now on when something is sent, unless only tests say so."""
    if site.frame.module.is_test:
        return receivers
    key = (("signal", signal), topic)
    ev.bags[key] = union(ev.bags.get(key, NOTHING), tuple(v for v in receivers if v.live))
    return receivers


def _topic(args: Args, position: int) -> str:
    value = args.positional[position] if position < len(args.positional) else NOTHING
    return value[0].a if len(value) == 1 and value[0].k == CONST and isinstance(value[0].a, str) else ANY


def _read_connecting(ev: Evaluator, table: Signals) -> None:
    """Read, once, the scopes that may connect something."""
    done = ("connecting to", table.classes[0])
    if done in ev.shared:
        return
    ev.shared.add(done)
    for name in table.connects:
        for module, user in ev.program.callers(name)[:_MOST_SCOPES]:
            if user >= 0:
                ev.read_somehow(module.functions[user])
