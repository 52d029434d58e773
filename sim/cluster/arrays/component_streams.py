"""The random streams of a replication: one a component, the same for both engines."""

import functools
import hashlib

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from sim.cluster.arrays.year_records import STREAM


def component_streams(components: tuple[Component, ...], seed: bytes) -> NDArray[np.void]:
    """A stream for each component, seeded by the year and by its name.

    So another component, or another order of them, leaves the failures of all others as they were.

    Arguments:
        components: with names of their own.
        seed: of the year, 32 bytes.

    Source of the mixing: Steele, Lea and Flood (2014), Fast Splittable Pseudorandom Number
        Generators, figure 14 (SplitMix64).
    """
    return _streams(tuple(one.name for one in components), seed).copy()


@functools.lru_cache(maxsize=4)  # jobs and what they need live through one year, one at a time
def _streams(names: tuple[str, ...], seed: bytes) -> NDArray[np.void]:
    mixed = _words(names) + np.frombuffer(seed, dtype="<u8")
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    streams = np.zeros(len(names), STREAM)
    for position, name in enumerate(("s0", "s1", "s2", "s3")):
        streams[name] = mixed[:, position]
    return streams


@functools.lru_cache(maxsize=16)  # of a stack, for all of its years
def _words(names: tuple[str, ...]) -> NDArray[np.uint64]:
    digests = b"".join(hashlib.sha256(name.encode()).digest() for name in names)
    return np.frombuffer(digests, dtype="<u8").reshape(-1, 4)
