"""How far predicted rates of images are off where what they follow from is left out, by regime.

python -m benchmarks.image_errors
"""

import dataclasses
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.image_networks import families_left_out
from benchmarks.image_rates import STACK, VERSION, job_of_row, measured_rows, throughput
from benchmarks.validation import FURTHER, TABLE, job_of, relative_error
from models.calibration.step_misses import ENOUGH, standard_error
from models.catalog.load import load_catalog
from models.catalog.operators import Regime
from models.catalog.records import Catalog, MeasuredRate
from models.parts.read_stack import read_stack
from models.parts.workloads.rate_errors import RATE_ERRORS
from models.reading.faults import InvalidDescription

_TWO_SIDED = 1.96  # standard errors of an interval of 95 %
_Knows = Callable[[MeasuredRate], bool]


@dataclass(frozen=True)
class Miss:
    """How far a rate is off that nothing of its own said.

    Arguments:
        group: rows that are alike, which are judged by the others.
        regime: of the prediction.
        ratio: measured over predicted rate.
    """

    group: str
    regime: Regime
    ratio: float

    @property
    def size(self) -> float:
        """Absolute logarithm of the ratio."""
        return abs(math.log(self.ratio))


def misses(catalog: Catalog) -> list[Miss]:
    """Every measured rate of images without its row, its batch, its accelerator, its generation.

    Families of networks are left out as a whole, and published runs are of others than the rates.

    Arguments:
        catalog: the facts.
    """
    stack = read_stack(STACK, catalog)
    found = []
    for row in measured_rows():
        if row["judged"] == VERSION:
            continue
        before = None
        for known in _left_out(row, catalog):
            kept = tuple(rate for rate in catalog.measured_rates if known(rate))
            if kept == before:
                continue
            before = kept
            try:
                less = dataclasses.replace(catalog, measured_rates=kept)
                job = job_of_row(row, stack, less)
            except InvalidDescription:
                continue
            ratio = float(row["images_per_s"]) / throughput(row, job)
            found.append(Miss(group_of(row["set"], row["accelerator"]), job.regime, ratio))
    for one in families_left_out(catalog):
        ratio = one.row.samples_per_second / one.predicted
        found.append(Miss(group_of(one.row.network, one.row.accelerator), one.regime, ratio))
    for run in (*TABLE, *FURTHER):
        ratio = 1 + relative_error(run, catalog)
        regime = job_of(run.stack, run.changes, catalog).regime
        found.append(Miss(run.source, regime, ratio))
    return found


def _left_out(row: Mapping[str, str], catalog: Catalog) -> tuple[_Knows, ...]:
    """What is still known: all but the row itself, its batch, its accelerator, its generation."""
    count = int(row["nodes"]) * int(row["accelerators_per_node"])
    batch = round(float(row["batch"]))
    generation = catalog.accelerators[row["accelerator"]].generation

    def there(rate: MeasuredRate) -> bool:
        return (rate.accelerator, rate.precision) == (row["accelerator"], row["precision"])

    def alike(rate: MeasuredRate) -> bool:
        return there(rate) and rate.local_batch == batch

    return (
        lambda rate: not (alike(rate) and rate.accelerators == count),
        lambda rate: not alike(rate),
        lambda rate: not there(rate),
        lambda rate: generation != catalog.accelerators[rate.accelerator].generation,
    )


def group_of(name: str, accelerator: str) -> str:
    """Rows that are alike.

    Arguments:
        name: of their set, or of their network.
        accelerator: of the catalog.
    """
    return f"{name}, {accelerator}"


def error_of(regime: Regime, known: Iterable[Miss], judged: str = "") -> float:
    """The standard error that misses of a regime say: its interval holds 95 of 100, no fewer.

    Arguments:
        regime: of them.
        known: all of them.
        judged: group that is judged by the others.

    Source: David and Nagaraja (2003), Order Statistics, 3rd edition, section 7.1.
    """
    mine = sorted(one.size for one in known if one.regime is regime and one.group != judged)
    if len(mine) < ENOUGH:
        return standard_error(mine)
    return mine[math.ceil(0.95 * (len(mine) + 1)) - 1] / _TWO_SIDED


def lines(known: Sequence[Miss]) -> list[str]:
    """Lines of a table: what each regime misses by, what is stated, what lies inside of that.

    Arguments:
        known: all misses.
    """
    found = [
        f"{'regime':38} {'rows':>5} {'mean':>7} {'worst':>7} {'error':>7} {'stated':>7}"
        f" {'inside':>7} {'half':>7}"
    ]
    for regime, stated in RATE_ERRORS.items():
        mine = [one for one in known if one.regime is regime]
        off = [abs(1 / one.ratio - 1) for one in mine]
        inside = sum(
            one.size <= 1.96 * error_of(regime, known, judged=one.group) for one in mine
        ) / len(mine)
        found.append(
            f"{regime:38} {len(mine):>5} {statistics.mean(off):>7.1%} {max(off):>7.1%}"
            f" {error_of(regime, known):>7.1%} {stated:>7.1%} {inside:>7.0%}"
            f" {math.expm1(1.96 * stated):>7.1%}"
        )
    return found


def main() -> None:
    """Print the table."""
    print("\n".join(lines(misses(load_catalog()))))


if __name__ == "__main__":
    main()
