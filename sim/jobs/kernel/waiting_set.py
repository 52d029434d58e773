"""The waiting jobs: a set of ranks as bits, in levels of which each says where the next has any.

The next rank of the queue is found in a few steps however long the queue is, and a pass over all
of it reads memory in order.

Source: van Emde Boas (1977), Preserving order in a forest in less than logarithmic time and linear
space; here with a word of 64 bits at each level.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from sim.jobs.arrays.job_records import NONE
from sim.jobs.kernel.jobs_access import level_at, word_at, world
from sim.jobs.kernel.jobs_compilation import inlined, inner


def _trailing_zeros(typing_context: Any, bits: Any) -> Any:
    """The place of the lowest bit that is set, in a word that has one."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


_lowest: Any = intrinsic(_trailing_zeros)


@inlined
def _bit(place):
    return np.uint64(1) << np.uint64(place & 63)


@inner
def add_waiting(run, rank):
    """A rank joins the queue."""
    place = rank
    for level in range(world(run).level_count):
        word = word_at(run, level_at(run, level).value + (place >> 6))
        word.bits = word.bits | _bit(place)
        place >>= 6


@inner
def take_waiting(run, rank):
    """A rank leaves the queue."""
    place = rank
    for level in range(world(run).level_count):
        word = word_at(run, level_at(run, level).value + (place >> 6))
        word.bits = word.bits & ~_bit(place)
        if word.bits != np.uint64(0):
            return
        place >>= 6


@inner
def next_waiting(run, rank):
    """The first rank of the queue from one on; NONE where there is none."""
    level, place = 0, rank
    while level < world(run).level_count:
        bits = word_at(run, level_at(run, level).value + (place >> 6)).bits
        bits = bits >> np.uint64(place & 63)
        if bits != np.uint64(0):
            place += _lowest(bits)
            while level > 0:
                level -= 1
                below = word_at(run, level_at(run, level).value + place).bits
                place = (place << 6) + _lowest(below)
            return place
        place = (place >> 6) + 1
        level += 1
    return NONE
