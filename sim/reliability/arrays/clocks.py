"""Random durations of one history: a stream a purpose, seeded by the purpose and the history.

So every history can be simulated alone, in any order and by any engine, and draws the same.

Source of the seeding: Steele, Lea and Flood (2014), Fast Splittable Pseudorandom Number
Generators (SplitMix64), which Blackman and Vigna (2021) recommend to fill xoshiro256++.
"""

import hashlib
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.laws.reliability.empirical import Empirical
from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.lifetimes import (
    Deterministic,
    Exponential,
    Gamma,
    LogNormal,
    Weibull,
)
from models.queueing import distributions as durations
from sim.kernels.streams import Streams
from sim.reliability.arrays.system_compilation import compiled, inlined

NONE = -1  # in place of a clock: never

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


class Clocks(NamedTuple):
    """The clocks of a description, by number.

    Arguments:
        streams: of the draws.
        seeds: of each stream, from which that of a history follows.
        shifts: what is added to every draw, s: the location of a distribution.
        table: that streams read; it must live as long as they do.
    """

    streams: NDArray[np.void]
    seeds: NDArray[np.uint64]
    shifts: NDArray[np.float64]
    table: NDArray[np.float64]


@inlined
def _mixed(word):
    word = (word ^ (word >> np.uint64(30))) * _FIRST
    word = (word ^ (word >> np.uint64(27))) * _SECOND
    return word ^ (word >> np.uint64(31))


@inlined
def reseed(stream, seed, history):
    """A stream begins a history.

    Arguments:
        stream: its record.
        seed: of the stream, a uint64.
        history: its number.
    """
    word = seed ^ _mixed(np.uint64(history) * _GOLDEN + _FIRST)
    stream.s0 = _mixed(word + _GOLDEN)
    stream.s1 = _mixed(word + np.uint64(2) * _GOLDEN)
    stream.s2 = _mixed(word + np.uint64(3) * _GOLDEN)
    stream.s3 = _mixed(word + np.uint64(4) * _GOLDEN)


@compiled
def begin(streams, seeds, history):
    """All streams begin a history."""
    for k in range(streams.shape[0]):
        reseed(streams[k], seeds[k], history)


class ClocksOfRun:
    """The clocks as they are asked for: one a purpose, seeded by its name.

    Arguments:
        seed: of the run.
    """

    def __init__(self, seed: np.random.SeedSequence) -> None:
        self._key = seed.generate_state(4, np.uint64).tobytes()
        self._streams = Streams(seed)  # one a law; the clocks of a law have copies of it
        self._numbers: dict[Lifetime | None, int] = {}
        self._laws: list[int] = []
        self._seeds: list[int] = []
        self._shifts: list[float] = []

    def add(self, purpose: str, lifetime: Lifetime | None) -> int:
        """A new clock; gives its number, or that of none where nothing is drawn.

        Arguments:
            purpose: its name, unique in the run.
            lifetime: what it draws; None for never.

        Raises:
            ValueError: a law that can't be drawn from here.
        """
        return NONE if lifetime is None else self._add(purpose, lifetime)

    def add_uniform(self, purpose: str) -> int:
        """A new clock of which only uniforms are drawn; gives its number.

        Arguments:
            purpose: its name, unique in the run.
        """
        return self._add(purpose, None)

    def _add(self, purpose: str, lifetime: Lifetime | None) -> int:
        if lifetime not in self._numbers:
            law = None if lifetime is None else _duration(lifetime)
            self._numbers[lifetime] = self._streams.add(f"law {len(self._numbers)}", law)
        digest = hashlib.sha256(self._key + purpose.encode()).digest()
        self._laws.append(self._numbers[lifetime])
        self._seeds.append(int.from_bytes(digest[:8], "little"))
        self._shifts.append(lifetime.location if isinstance(lifetime, Weibull) else 0.0)
        return len(self._laws) - 1

    def clocks(self) -> Clocks:
        """The clocks so far, at the beginning of history 0."""
        laws, table = self._streams.arrays()
        streams, seeds = laws[self._laws], np.array(self._seeds, np.uint64)
        begin(streams, seeds, 0)
        return Clocks(streams, seeds, np.array(self._shifts), table)


def _duration(lifetime: Lifetime) -> durations.AnyDistribution:
    """The description that streams take; what a law has checked is not checked again."""
    if isinstance(lifetime, Exponential):
        return durations.Exponential.model_construct(mean=lifetime.mttf)
    if isinstance(lifetime, Weibull):
        return durations.Weibull.model_construct(scale=lifetime.scale, shape=lifetime.shape)
    if isinstance(lifetime, LogNormal):
        scv = math.expm1(lifetime.log_deviation**2)
        return durations.Lognormal.model_construct(mean=lifetime.mttf, scv=scv)
    if isinstance(lifetime, Gamma):
        return durations.Gamma.model_construct(mean=lifetime.mttf, shape=lifetime.shape)
    if isinstance(lifetime, Deterministic):
        return durations.Deterministic.model_construct(value=lifetime.life)
    if isinstance(lifetime, Empirical):
        return durations.Empirical.model_construct(
            values=lifetime.times, weights=lifetime.probabilities
        )
    raise ValueError(f"lifetime is {lifetime}; no draws of its law are compiled")
