"""How many tries it takes to have nodes: the order of `windtunnel find` and those of others.

Times of capacity: those of p3.2xlarge on spot in the catalog, from which predictions take reclaims
and the wait for nodes too (SkyPilot spot traces of 2023; Wu et al. 2024, "Can't Be Late", NSDI);
and, assumed, zones that have nodes a fifth and a tenth of the time. Where they have them more than
half of the time, no order needs half the tries of another. The exit status is 1 where ours needs
more than half the tries of the best of the others though hints are truthful and nodes are scarce,
or anywhere more than 1.2 times as many.
"""

import statistics
import sys

from models.catalog.load import load_catalog
from sim.hunting.changing_zones import Scarcity
from sim.hunting.race import OURS, Hints, race

HOUR = 3600.0
TRACED = load_catalog().failure_rates["spot-reclaim-aws-p3.2xlarge"]
CASES = {
    "spot of 2023, 60 %": Scarcity(TRACED.mttf, TRACED.mttr),
    "scarce, 20 %": Scarcity(0.7 * HOUR, 2.8 * HOUR),
    "very scarce, 10 %": Scarcity(0.35 * HOUR, 3.15 * HOUR),
}
HUNTS = 300


def main() -> int:
    """Print tries, time and price of each order; 1 where ours is not as good as it should be."""
    bad = False
    print("zones that have nodes  hints      order      tries    min  USD/h")
    for name, scarcity in CASES.items():
        for hints in Hints:
            found = race(scarcity, hints, HUNTS, seed=1)
            tries = {
                order: statistics.fmean(one.tries for one in hunts)
                for order, hunts in found.items()
            }
            for order, hunts in found.items():
                minutes = statistics.fmean(one.time for one in hunts) / 60.0
                price = statistics.fmean(one.price for one in hunts if one.price is not None)
                print(
                    f"{name:<22} {hints:<10} {order:<9} {tries[order]:>6.2f} {minutes:>6.1f}"
                    f" {price:>6.2f}"
                )
            best = min(value for order, value in tries.items() if order != OURS)
            ratio = best / tries[OURS]
            print(f"{'':<33} fewest of the others / ours {ratio:.2f}")
            scarce = scarcity.on < scarcity.off
            bad |= ratio < (2.0 if scarce and hints is Hints.TRUTHFUL else 1 / 1.2)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
