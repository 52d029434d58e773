"""Decisions on random requests and policies, beside those of other evaluators.

python -m benchmarks.access [CASES] [--iam-simulate FOLDER]

Policies have what AWS has: actions and resources with wildcards, all but some of them, principals,
conditions. moto reads a part of that; of each decision in which it differs the reason is looked
for: without the statements of one kind it must decide as we do. iam-simulate of Cloud Copilot, a
package of npm, reads all of it, and is asked where its folder is given.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

from benchmarks.access_cases import Case, cases
from benchmarks.access_peers import KINDS, iam_simulate, moto, ours, why, without
from benchmarks.verdicts import Verdicts
from models.laws.access.decisions import Outcome

SEED = 1


def main(arguments: list[str] | None = None) -> int:
    """Print agreements and kinds of differences; 1 where one is not explained."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.access")
    parser.add_argument("cases", nargs="?", type=int, default=10_000)
    parser.add_argument("--iam-simulate", type=Path, metavar="FOLDER")
    asked = parser.parse_args(arguments)
    verdicts, drawn = Verdicts(), cases(asked.cases, SEED)
    _told(drawn)
    _beside_moto(drawn, verdicts)
    if asked.iam_simulate:
        _beside_iam_simulate(drawn, asked.iam_simulate, verdicts)
    return 1 if verdicts.missed else 0


def _told(drawn: list[Case]) -> None:
    found = Counter(map(ours, drawn))
    said = ", ".join(f"{number:,} {outcome}" for outcome, number in found.most_common())
    print(f"{len(drawn):,} random requests and policies, seed {SEED}: {said}")


def _beside_moto(drawn: list[Case], verdicts: Verdicts) -> None:
    understood = [without(case, list(KINDS)) for case in drawn]
    same = sum(moto(one) is (ours(one) is Outcome.ALLOWED) for one in understood)
    whole = verdicts.of(same == len(drawn))
    print(f"moto, of what it reads: {same:,} of {len(drawn):,} alike; all: {whole}")
    other = [one for one in drawn if moto(one) is not (ours(one) is Outcome.ALLOWED)]
    print(f"moto, of all of AWS's grammar: {len(drawn) - len(other):,} alike; differences:")
    reasons = Counter(map(why, other))
    for kind, (text, _) in KINDS.items():
        print(f"  {reasons[kind]:>6,}  {kind}: {text}")
    print(f"  {reasons['several of them']:>6,}  several of them at once")
    print(f"  {reasons[None]:>6,}  not explained; none: {verdicts.of(not reasons[None])}")


def _beside_iam_simulate(drawn: list[Case], folder: Path, verdicts: Verdicts) -> None:
    words = {
        "Allowed": Outcome.ALLOWED,
        "ExplicitlyDenied": Outcome.DENIED,
        "ImplicitlyDenied": Outcome.NOT_ALLOWED,
    }
    said = iam_simulate(drawn, folder)
    other = [
        case for case, one in zip(drawn, said, strict=True) if words.get(one) is not ours(case)
    ]
    print(f"iam-simulate: {len(drawn) - len(other):,} of {len(drawn):,} alike; differences:")
    rest = [without(case, ["NotPrincipal"]) for case in other]
    asked = [words.get(one) for one in iam_simulate(rest, folder)]
    explained = sum(one is ours(case) for one, case in zip(asked, rest, strict=True))
    print(f"  {explained:>6,}  NotPrincipal: an account that is left out leaves out all in it;")
    print("          AWS leaves out only whoever is named with it")
    left = len(other) - explained
    print(f"  {left:>6,}  not explained; none: {verdicts.of(not left)}")


if __name__ == "__main__":
    sys.exit(main())
