"""Keys of events: how often each comes, and which partition or instance it goes to."""

import numpy as np
from numpy.typing import NDArray

MOST_KEYS = 1_000_000
_MASK = (1 << 64) - 1
_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def zipf_shares(keys: int, skew: float) -> Floats:
    """Share of the events that each key has, the most frequent first: p_k = k^-s / sum of i^-s.

    Arguments:
        keys: how many there are.
        skew: s, 0 or more; 0 where all are equally frequent.

    Raises:
        ValueError: an argument out of range.

    Source: Zipf (1949), Human Behavior and the Principle of Least Effort.
    """
    if not 1 <= keys <= MOST_KEYS or skew < 0:
        raise ValueError(f"keys is {keys}, skew {skew}; 1 to {MOST_KEYS:,}, and 0 or more")
    weights = np.arange(1, keys + 1, dtype=float) ** -skew
    shares: Floats = weights / weights.sum()
    return shares


def places_of_keys(keys: int, places: int) -> Integers:
    """Where each key goes, partition, shard or instance from 0 on: always the same for a key.

    A hash of the key modulo the number of places, as producers of Kafka and key groups of Flink do.

    Arguments:
        keys: how many there are.
        places: partitions, shards or instances.

    Source: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators: the
        finaliser of SplitMix64 as the hash.
    """
    word = (np.arange(1, keys + 1, dtype=np.uint64) * np.uint64(_GOLDEN)) & np.uint64(_MASK)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(_FIRST)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(_SECOND)
    word = word ^ (word >> np.uint64(31))
    found: Integers = (word % np.uint64(places)).astype(np.int64)
    return found


def shares_of_places(shares: Floats, placed: Integers, places: int) -> Floats:
    """Share of the events that each partition, shard or instance gets.

    Arguments:
        shares: of each key.
        placed: where each key goes.
        places: how many there are.
    """
    found = np.bincount(placed, weights=shares, minlength=places)
    return found.astype(np.float64)
