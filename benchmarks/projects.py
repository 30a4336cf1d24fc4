"""Projects made for measuring growth: each kind at any size.

usage: python benchmarks/projects.py KIND SIZE FOLDER
       python benchmarks/projects.py copies:TREE COUNT FOLDER
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

_HEAD = "import time\n\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"
_PER_FILE = 100


def callers(size: int, folder: Path) -> None:
    """One function that blocks, called from so many places: half of them handlers."""
    _write(folder / "shared.py", "import time\n\n\ndef load(key):\n    time.sleep(1)\n    return key\n")
    for number in range(0, size, _PER_FILE):
        lines = [_HEAD, "from shared import load\n"]
        for place in range(number, min(size, number + _PER_FILE)):
            if place % 2:
                lines.append(f"\n\n@app.get('/{place}')\nasync def handler_{place}():\n    return load({place})\n")
            else:
                lines.append(f"\n\ndef helper_{place}():\n    return load({place})\n")
        _write(folder / f"callers_{number // _PER_FILE}.py", "".join(lines))


def chain(size: int, folder: Path) -> None:
    """A handler, and so many functions each of which calls the next; the last one blocks."""
    for number in range(0, size, _PER_FILE):
        last = min(size, number + _PER_FILE)
        lines = ["import time\n"]
        if last < size:
            lines.append(f"from chain_{last // _PER_FILE} import step_{last}\n")
        for step in range(number, last):
            body = f"return step_{step + 1}(value)" if step + 1 < size else "time.sleep(value)"
            lines.append(f"\n\ndef step_{step}(value):\n    {body}\n")
        _write(folder / f"chain_{number // _PER_FILE}.py", "".join(lines))
    _write(
        folder / "main.py",
        f"{_HEAD}from chain_0 import step_0\n\n\n@app.get('/')\nasync def handler():\n    return step_0(1)\n",
    )


def hierarchy(size: int, folder: Path) -> None:
    """A base class with so many subclasses, each of which overrides a method that a handler calls on the base; every tenth blocks."""
    _write(folder / "base.py", "class Base:\n    def work(self):\n        raise NotImplementedError\n")
    for number in range(0, size, _PER_FILE):
        lines = ["import time\n\nfrom base import Base\n"]
        for child in range(number, min(size, number + _PER_FILE)):
            body = "time.sleep(1)" if not child % 10 else f"return {child}"
            lines.append(f"\n\nclass Child{child}(Base):\n    def work(self):\n        {body}\n")
        _write(folder / f"children_{number // _PER_FILE}.py", "".join(lines))
    lines = [_HEAD, "from base import Base\n"]
    lines += [
        f"\n\n@app.get('/{n}')\nasync def handler_{n}(item: Base):\n    return item.work()\n" for n in range(size // 10)
    ]
    _write(folder / "main.py", "".join(lines))


def cycle(size: int, folder: Path) -> None:
    """So many modules, each of which imports all names of the next, the last one those of the first; a function goes round."""
    for number in range(size):
        following = (number + 1) % size
        _write(
            folder / f"module_{number}.py",
            f"import time\nfrom module_{following} import *\nfrom module_{following} import go_{following}\n\n\n"
            f"def go_{number}(value):\n    if value:\n        time.sleep(value)\n    return go_{following}(value)\n",
        )
    _write(
        folder / "main.py",
        f"{_HEAD}from module_0 import go_0\n\n\n@app.get('/')\nasync def handler():\n    return go_0(1)\n",
    )


def routes(size: int, folder: Path) -> None:
    """So many routes on routers of a hundred each, with a dependency of their own per router and one that all share."""
    _write(
        folder / "deps.py",
        "import time\n\n\nclass Session:\n    def query(self):\n        time.sleep(1)\n\n\ndef session():\n    return Session()\n",
    )
    main = [_HEAD]
    for number in range(0, size, _PER_FILE):
        name = f"routes_{number // _PER_FILE}"
        main.append(f"from {name} import router as {name}\n")
        lines = [
            "from fastapi import APIRouter, Depends\n\nfrom deps import Session, session\n\nrouter = APIRouter()\n"
        ]
        lines.append("\n\nasync def own(db: Session = Depends(session)):\n    return db\n")
        for route in range(number, min(size, number + _PER_FILE)):
            call = "db.query()" if not route % 5 else str(route)
            lines.append(
                f"\n\n@router.get('/{route}')\nasync def route_{route}(db: Session = Depends(own)):\n    return {call}\n"
            )
        _write(folder / f"{name}.py", "".join(lines))
    main += [f"app.include_router(routes_{n // _PER_FILE})\n" for n in range(0, size, _PER_FILE)]
    _write(folder / "main.py", "".join(main))


KINDS: dict[str, tuple[Callable[[int, Path], None], int]] = {
    "callers": (callers, 20_000),
    "chain": (chain, 2_000),
    "hierarchy": (hierarchy, 500),
    "cycle": (cycle, 1_000),
    "routes": (routes, 10_000),
}
"""Kind -> how it is made, and the size that has to be borne."""


def copies(tree: Path, count: int, folder: Path) -> None:
    """A tree so many times, its top-level packages under different names."""
    packages = [p for p in tree.iterdir() if p.is_dir() and any(p.rglob("*.py")) and not p.name.endswith(".dist-info")]
    for number in range(count):
        for package in packages:
            for path in package.rglob("*.py"):
                name = package.name if not number else f"{package.name}_{number}"
                target = folder / name / path.relative_to(package)
                target.parent.mkdir(parents=True, exist_ok=True)
                text = path.read_bytes()
                if number:
                    for word in (b"from ", b"import "):
                        text = text.replace(word + package.name.encode(), word + name.encode())
                target.write_bytes(text)


def make(kind: str, size: int, folder: Path) -> None:
    """Make a project in a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if kind.startswith("copies:"):
        copies(Path(kind.partition(":")[2]), size, folder)
    else:
        KINDS[kind][0](size, folder)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Make one project."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind")
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    make(given.kind, given.size, given.folder)


if __name__ == "__main__":
    main()
