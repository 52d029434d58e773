"""Broken descriptions are refused with words, or predicted and simulated; none is a traceback.

Ten thousand of them are in `benchmarks/mutants.py`.
"""

from benchmarks.mutants import fate, mutant, sources
from models.catalog.records import Catalog

SOURCES = sources()


def test_a_mutant_is_refused_or_has_figures(catalog: Catalog) -> None:
    seen = set()
    for seed in range(60):
        source, tree = mutant(SOURCES, seed)
        found = fate(source, tree, catalog)
        assert found.outcome not in ("crashed", "not a figure"), f"{seed}: {found.detail}"
        seen.add(found.outcome)
    assert {"refused", "predicted", "simulated"} <= seen
