"""How fast stacks are compared and chosen: python -m benchmarks.choosing."""

import sys
import time
from pathlib import Path

from models.catalog.load import load_catalog
from models.reading.document import read_document
from models.reading.variations import parse_variations
from sim.choosing.compare import compare
from sim.choosing.optimise import optimise

STACK = Path(__file__).parents[1] / "stacks" / "resnet50-imagenet-aws.yaml"
LIMIT = 10.0  # s, of a hundred variants, and of the example over the whole catalog
RATE = 2000.0  # candidates/s that are settled


def main() -> int:
    """Print how long it takes; exit code 1 where it takes longer than it should."""
    catalog, document = load_catalog(), read_document(STACK)
    varied = ["nodes.trainers.count=1..50", "nodes.trainers.purchase=on_demand,spot"]
    start = time.perf_counter()
    compared = compare([document], catalog, parse_variations(varied))
    took = time.perf_counter() - start
    print(f"{len(compared.variants)} variants of {compared.replications} years: {took:.1f} s")
    start = time.perf_counter()
    choice = optimise(document, catalog)
    chosen = time.perf_counter() - start
    rate = choice.candidates / chosen
    print(
        f"{choice.candidates:,} candidates: {chosen:.1f} s, {rate:,.0f} settled a second;"
        f" the laws were asked {choice.solved:,} times, {choice.simulated} were simulated"
    )
    return int(took > LIMIT or chosen > LIMIT or rate < RATE)


if __name__ == "__main__":
    sys.exit(main())
