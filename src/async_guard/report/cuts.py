"""Where to cut: the functions that take most findings with them once they are asynchronous or run in a worker thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from async_guard.model.findings import Finding


@dataclass(frozen=True)
class Cut:
    """A function below the on-loop code of several findings.

    `ends` counts the findings whose chain runs through it, `causes` the root causes of these.
    """

    function: str
    ends: int
    causes: int

    def advice(self) -> str:
        """What to do with it, as words that follow "best cut:"."""
        name = self.function.rpartition(".")[2]
        if name.startswith("__") and name.endswith("__"):  # Python calls these itself, and awaits none of them
            return f"offload what calls {self.function}"
        return f"make {self.function} async, or offload it"


def best_cut(findings: Sequence[Finding]) -> Cut | None:
    """The one function on most of these chains; of several the one nearest to the loop, for there one hop takes all of it away."""
    found = plan(findings, 1)
    return found[0] if found else None


def plan(findings: Sequence[Finding], most: int) -> list[Cut]:
    """At most so many cuts, each the best for what the ones before it leave; none for what stands in on-loop code itself."""
    below = [(f, {s.function for s in f.chain if s.function and s.function != f.function}) for f in findings]
    left = [(f, functions) for f, functions in below if functions]
    cuts: list[Cut] = []
    while left and len(cuts) < most:
        counts: Counter[str] = Counter()
        far: Counter[str] = Counter()
        for f, functions in left:
            counts.update(functions)
            for number, step in enumerate(reversed(f.chain)):
                far[step.function] = max(far[step.function], number)
        name = min(counts, key=lambda n: (-counts[n], -far[n], n))
        ended = [f for f, functions in left if name in functions]
        causes = {(f.root_cause.place.path, f.root_cause.place.line, f.root_cause.call) for f in ended}
        cuts.append(Cut(name, len(ended), len(causes)))
        left = [(f, functions) for f, functions in left if name not in functions]
    return cuts
