"""Compile the shipped catalogue files to the one that is loaded: ``python -m async_guard.catalogue.compile``.

Run it after every change in ``data/``. With ``--check`` it only says whether that was forgotten.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from async_guard.catalogue.index import Index, build, read_compiled
from async_guard.catalogue.schema import CatalogueError, Document, parse_row

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PACKAGE = Path(__file__).parent
DATA = PACKAGE / "data"
COMPILED = PACKAGE / "compiled.json"
COMMAND = "python -m async_guard.catalogue.compile"


def data_files() -> list[Path]:
    """The shipped TOML files, in order."""
    return sorted(DATA.glob("*.toml"))


def digest(files: Iterable[Path]) -> str:
    """Identifies the content of files, whatever line endings they were checked out with."""
    hashed = hashlib.blake2b(digest_size=16)
    for path in files:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        hashed.update(f"{path.name} {len(content)}\n".encode())
        hashed.update(content)
    return hashed.hexdigest()


def read(path: Path, source: str | None = None) -> Document:
    """A TOML file as a document; ``source`` is what messages call it instead of its file name."""
    shown = source or path.name
    try:
        return Document(shown, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CatalogueError(f"{shown}: cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{shown}: is no TOML: {error}") from None


def compile_files(files: Sequence[Path]) -> Index:
    """The index of TOML files."""
    return build([read(path) for path in files], digest(files))


def problems(index: Index) -> list[str]:
    """What is wrong with the rows of an index, each parsed for each of its canonical names."""
    found = []
    for name, number in [*index.names.items(), *index.modules.items()]:
        if name not in index.canonical:
            try:
                parse_row(index.row(number), name)
            except CatalogueError as error:
                found.append(str(error))
    return list(dict.fromkeys(found))


def main(arguments: Sequence[str]) -> int:
    """Write the compiled file, or with ``--check`` compare it; the result is an exit status."""
    try:
        index = compile_files(data_files())
        wrong = problems(index)
    except CatalogueError as error:
        wrong = [str(error)]
        index = Index()
    if wrong:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    if "--check" in arguments:
        shipped = read_compiled(COMPILED)
        if shipped is None or shipped.digest != index.digest:
            sys.stderr.write(f"{COMPILED.name} does not fit the files in data/: run {COMMAND}\n")
            return 1
        return 0
    COMPILED.write_text(index.to_json(), encoding="utf-8", newline="\n")
    sys.stdout.write(
        f"{COMPILED}: {len(index.names)} names, {len(index.rows)} tables, {COMPILED.stat().st_size // 1024} kB\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
