"""Where a loop may run inside a loop because asyncio was patched (``nest_asyncio.apply()``), for the whole process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from async_guard.frameworks import nesting
from async_guard.link.frames import Frame
from async_guard.link.linked import Linked
from async_guard.link.program import Module
from async_guard.model import facts as F


def allows_nesting(linked: Linked, frames: list[Frame]) -> bool:
    """Whether code of some module on a way runs where asyncio is patched to allow loops in loops."""
    modules = {frame.module for frame in frames}
    return any(map(_patches_inside, modules)) or any(linked.once(Patched).holds(module) for module in modules)


class Patched:
    """The modules of a project that run behind a patch which another module makes when it is imported."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.imports: dict[Module, list[Module]] = {}
        self.known: dict[Module, bool] = {}
        modules = [module for module in linked.program if not module.is_test]
        self.patching = {
            module for module in modules if _patches(module) or not nesting.HOSTS.isdisjoint(_tops(module))
        }
        # What the application imports patches for the application; a script or a notebook that nobody imports, for itself.
        applied = {module for module in self.patching if _patches(module)}
        shared = (
            {other for module in modules for other in self._imported(module) if other is not module}
            if applied
            else set()
        )
        self.behind: set[Module] = set()
        for module in applied & shared:
            self.behind |= self._reached(module)

    def holds(self, module: Module) -> bool:
        """Whether a module imports one that patches asyncio, however indirectly, or is imported by one that others import as well."""
        if not self.patching:
            return False
        found = self.known.get(module)
        if found is None:
            found = module in self.behind or not self.patching.isdisjoint(self._reached(module))
            self.known[module] = found
        return found

    def _reached(self, start: Module) -> set[Module]:
        queue, done = [start], {start}
        while queue:
            for other in self._imported(queue.pop()):
                if other not in done:
                    done.add(other)
                    queue.append(other)
        return done

    def _imported(self, module: Module) -> list[Module]:
        found = self.imports.get(module)
        if found is None:
            program = self.linked.program
            names = [module.name, *(program.find(name, module) or "" for name in _named(module))]
            # Whoever imports a module runs the packages around it first.
            around = [name[:end] for name in names for end in [*(i for i, c in enumerate(name) if c == "."), len(name)]]
            found = [program.modules[name] for name in dict.fromkeys(around) if name in program.modules]
            self.imports[module] = found
        return found


def _named(module: Module) -> Iterator[str]:
    """The modules that a module imports at its top level, by their dotted names; some of them may be what others hold."""
    for bindings in module.bindings.values():
        for b in bindings:
            if b.kind == "import":
                yield b.data[1]
            elif b.kind == "from":
                base = module.absolute(b.data[0], b.data[1])
                yield base
                yield f"{base}.{b.data[2]}"
    for name, level in module.stars:
        yield module.absolute(name, level)


def _tops(module: Module) -> set[str]:
    return {name.partition(".")[0] for name in _named(module)}


def _patches(module: Module) -> bool:
    """Whether a module patches asyncio as soon as it is imported."""
    return -1 in module.facts.calls.get("apply", ()) and not _tops(module).isdisjoint(nesting.PATCHES)


def _patches_inside(module: Module) -> bool:
    """Whether a module patches asyncio when it is imported, or some function of it when it is called."""
    users = module.facts.calls.get("apply", ())
    if users and not _tops(module).isdisjoint(nesting.PATCHES):
        return True
    return any(index >= 0 and _imports_nesting(module.functions[index].body["body"]) for index in users)


def _imports_nesting(body: list[Any]) -> bool:
    """Whether statements of a function import what patches asyncio."""
    return any(
        (stmt[0] == F.S_IMPORT and any(loaded in nesting.PATCHES for _, loaded, _ in stmt[1]))
        or (stmt[0] == F.S_FROM and stmt[1] in nesting.PATCHES)
        or any(_imports_nesting(block) for block in F.blocks(stmt))
        for stmt in body
    )


__all__ = ["allows_nesting"]
