"""Published runs and invoices beside ours, and which lie inside our interval.

python -m benchmarks.published [SECTION ...]
"""

import sys
from collections.abc import Callable, Mapping, Sequence

from benchmarks.published import bills, borrowed_prices, failures, storage
from benchmarks.published.comparison import Comparison
from benchmarks.verdicts import Verdicts
from models.catalog.load import load_catalog
from models.catalog.records import Catalog

# Every section is a file: a function that compares, by its name on the command line.
SECTIONS: Mapping[str, Callable[[Catalog], Sequence[Comparison]]] = {
    "bills": bills.comparisons,
    "borrowed_prices": borrowed_prices.comparisons,
    "failures": failures.comparisons,
    "storage": storage.comparisons,
}


def main(wanted: Sequence[str]) -> int:
    """Print the sections; 1 where a published figure lies outside our interval.

    Arguments:
        wanted: names of sections; all where none is given.
    """
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        print(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    catalog, verdicts = load_catalog(), Verdicts()
    for name in wanted or SECTIONS:
        print(f"{name:40} {'published':>12} {'ours':>12} {'interval':>26}  inside")
        for row in SECTIONS[name](catalog):
            interval = f"[{row.low:,.5g}, {row.high:,.5g}]"
            print(
                f"{row.what:40} {row.published:>12,.5g} {row.predicted:>12,.5g} {interval:>26}"
                f"  {verdicts.of(row.inside)}\n    {row.unit}; {row.source}"
            )
        print()
    return int(verdicts.missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
