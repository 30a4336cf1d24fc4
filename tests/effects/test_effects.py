"""What the mistakes do, and that async-guard finds them where they do it: the same text is run and read.

A case that runs is a small program or application with what must be seen of it; see ``loops.md`` and ``servers.md``. Nothing here measures
time: what stalls is told by the order of what happens, and what never ends is stopped after some seconds.
"""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from async_guard.api import check_sources
from execution_model.environments import COMPANIONS, fastapi_version, shared
from literate import Case, actual_marks, difference, read_cases

FOLDER = Path(__file__).parent
PROGRAMS = read_cases(FOLDER / "loops.md")
APPLICATIONS = read_cases(FOLDER / "servers.md")
VERSIONS = {"newest": "fastapi", "0.115.14": "fastapi==0.115.14", "0.105.0": "fastapi==0.105.0"}
UPLOADS = "python-multipart"
"""What FastAPI reads forms with."""
SAME_IN_ALL = ("AG2", "AG3")
"""Mistakes that no version of FastAPI changes; the newest stands for all."""
PATIENCE = 4
"""Seconds after which a program that should hang is taken to hang; it ends in milliseconds otherwise."""
LONGEST = 60

pytestmark = pytest.mark.proof


@dataclass(frozen=True)
class Outcome:
    """What a program printed, on both channels, and whether it had to be stopped."""

    output: str
    hangs: bool


def versions_of(case: Case) -> list[str]:
    """The versions of FastAPI for which a case is run."""
    named = case.files.get("versions", "").split()
    return named or (["newest"] if case.heading.startswith(SAME_IN_ALL) else list(VERSIONS))


SERVED = [(version, case) for case in APPLICATIONS for version in versions_of(case)]


def code_of(case: Case) -> str:
    """The rule that a case is about."""
    return case.heading.partition(":")[0]


def sources_of(case: Case) -> dict[str, str]:
    """The files that are code."""
    return {path: text for path, text in case.files.items() if path.endswith(".py")}


def run(case: Case, python: Path, folder: Path, driver: str, *arguments: str) -> Outcome:
    """Write a case into a folder and run it there."""
    folder.mkdir(parents=True)
    for path, text in sources_of(case).items():
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "driver.py").write_text((FOLDER / driver).read_text("utf-8"), encoding="utf-8")
    process = subprocess.Popen(
        [str(python), "driver.py", *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    hangs = False
    try:
        output, _ = process.communicate(timeout=PATIENCE if "hangs" in case.files else LONGEST)
    except subprocess.TimeoutExpired:
        hangs = True
        process.kill()
        output, _ = process.communicate()
    return Outcome(output, hangs)


def problems(case: Case, outcome: Outcome) -> list[str]:
    """Where the outcome is not what the case says."""
    wanted = [*case.files.get("seen", "").splitlines(), *case.files.get("hangs", "").splitlines()]
    unwanted = case.files.get("unseen", "").splitlines()
    found = [f"not seen: {line}" for line in wanted if line not in outcome.output]
    found += [f"seen: {line}" for line in unwanted if line in outcome.output]
    if outcome.hangs is not ("hangs" in case.files):
        found.append("it hangs" if outcome.hangs else "it ends")
    return found


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """All programs, run; by heading."""
    python = shared(tmp_path_factory, VERSIONS["newest"], *COMPANIONS)
    folder = tmp_path_factory.mktemp("programs")
    with ThreadPoolExecutor(4) as pool:
        running = {
            case.heading: pool.submit(run, case, python, folder / str(number), "drive.py.txt")
            for number, case in enumerate(PROGRAMS)
        }
        return {heading: future.result() for heading, future in running.items()}


@pytest.fixture(scope="session")
def pythons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An environment with each version of FastAPI."""
    return {name: shared(tmp_path_factory, requirement, *COMPANIONS, UPLOADS) for name, requirement in VERSIONS.items()}


@pytest.fixture(scope="session")
def applications(pythons: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Outcome]:
    """All applications, served; by version and heading."""
    folder = tmp_path_factory.mktemp("applications")
    with ThreadPoolExecutor(4) as pool:
        running = {
            (version, case.heading): pool.submit(
                run, case, pythons[version], folder / str(number), "serve.py.txt", *case.files["ask"].splitlines()
            )
            for number, (version, case) in enumerate(SERVED)
        }
        return {key: future.result() for key, future in running.items()}


@pytest.mark.parametrize("case", PROGRAMS, ids=lambda case: case.heading)
def test_a_program_does_what_its_case_says(case: Case, programs: dict[str, Outcome]) -> None:
    """The exception, the lost task, the hang: on a running loop."""
    outcome = programs[case.heading]
    assert not (found := problems(case, outcome)), f"{found}\n{outcome.output}"


@pytest.mark.parametrize("case", PROGRAMS, ids=lambda case: case.heading)
def test_async_guard_says_so_of_the_program(case: Case) -> None:
    """The rule of the case finds its marks in that very text, and nothing else."""
    report = check_sources(sources_of(case), select=[code_of(case)])
    assert difference(case.expected, actual_marks(report)) == ""


@pytest.mark.parametrize(("version", "case"), SERVED, ids=lambda part: part if isinstance(part, str) else part.heading)
def test_an_application_does_what_its_case_says(
    version: str, case: Case, applications: dict[tuple[str, str], Outcome]
) -> None:
    """The stall, the lost work, the closed file: under a real server."""
    outcome = applications[version, case.heading]
    assert not (found := problems(case, outcome)), f"{found}\n{outcome.output}"


@pytest.mark.parametrize(("version", "case"), SERVED, ids=lambda part: part if isinstance(part, str) else part.heading)
def test_async_guard_says_so_of_the_application(version: str, case: Case, pythons: dict[str, Path]) -> None:
    """Told the version that is installed, the rule finds the marks and nothing else."""
    configuration = f'[tool.async-guard]\nfastapi-version = "{fastapi_version(pythons[version])}"\n'
    report = check_sources({**sources_of(case), "pyproject.toml": configuration}, select=[code_of(case)])
    assert difference(case.expected, actual_marks(report)) == ""


def test_an_outcome_that_is_not_what_the_case_says_is_noticed() -> None:
    """A missing line, one too much, an end and a hang that nobody expects."""
    case = Case("x", "AG304: x", {"seen": "one\ntwo\n", "unseen": "three\n"})
    assert problems(case, Outcome("one two", False)) == []
    assert problems(case, Outcome("one three", True)) == ["not seen: two", "seen: three", "it hangs"]
    hanging = Case("x", "AG304: x", {"hangs": "one\n"})
    assert problems(hanging, Outcome("one", True)) == []
    assert problems(hanging, Outcome("", False)) == ["not seen: one", "it ends"]
