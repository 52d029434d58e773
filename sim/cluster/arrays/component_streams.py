"""The random streams of a replication: one a component, the same for both engines."""

import functools
import hashlib

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from sim.cluster.arrays.year_records import STREAM

_MIXING = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_LAST_SHIFT = np.uint64(31)


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
    for shift, factor in _MIXING:
        mixed ^= mixed >> shift
        mixed *= factor
    mixed ^= mixed >> _LAST_SHIFT
    streams = np.zeros((len(names), len(STREAM.names or ())), np.uint64)
    streams[:, :4] = mixed  # the fields of the state come first
    return streams.view(STREAM)[:, 0]


@functools.lru_cache(maxsize=16)  # of a stack, for all of its years
def _words(names: tuple[str, ...]) -> NDArray[np.uint64]:
    digests = b"".join(hashlib.sha256(name.encode()).digest() for name in names)
    return np.frombuffer(digests, dtype="<u8").reshape(-1, 4)
