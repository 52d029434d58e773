"""Random streams in compiled code: a generator and a distribution each, drawn by number.

Every purpose in a network has its own stream (the service times of one visit, the routing from
it, the failures of a station), seeded by the name of the purpose. So a change to one part of a
network leaves the draws of all others as they were, and both engines draw the same values.

Source of the generator: Blackman and Vigna (2021), Scrambled Linear Pseudorandom Number
Generators, xoshiro256++. Source of the exponential and normal draws: Marsaglia and Tsang (2000),
The Ziggurat Method, and Wichura (1988), Algorithm AS 241. Source of the gamma draws: Marsaglia and
Tsang (2000), A Simple Method for Generating Gamma Variables.
"""

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

from models.queueing.distributions import (
    AnyDistribution,
    Deterministic,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    HyperExponential,
    Lognormal,
    Pareto,
    Triangular,
    TwoMoments,
    Uniform,
    Weibull,
)
from sim.kernels.compilation import compiled, compiled_inline, inner
from sim.kernels.rows import row_of

STREAM = np.dtype(
    [
        ("s0", "u8"),
        ("s1", "u8"),
        ("s2", "u8"),
        ("s3", "u8"),
        ("kind", "i8"),
        ("a", "f8"),
        ("b", "f8"),
        ("offset", "i8"),  # into the table of values and cumulative probabilities
        ("count", "i8"),
        ("table", "i8"),  # address of the table
        ("mirrored", "i8"),  # how uniforms become values: one of the three below
    ],
    align=True,
)
BY_REJECTION, BY_INVERSION, MIRRORED = range(3)  # the last takes 1 - u for every u
VALUE = np.dtype([("value", "f8")])
value_at = row_of(VALUE)
(
    EXPONENTIAL,
    DETERMINISTIC,
    ERLANG,
    HYPER_EXPONENTIAL,
    GAMMA,
    LOGNORMAL,
    WEIBULL,
    PARETO,
    UNIFORM,
    EMPIRICAL,
    ERLANG_MIXTURE,
    TRIANGULAR,
) = range(12)


def _ziggurat() -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Tables of 256 layers of equal area under e^-x: acceptance bounds, widths, heights."""
    edge, area = 7.697117470131487, 3.949659822581572e-3  # of the lowest layer
    x = np.empty(257)
    x[0], x[1] = area / math.exp(-edge), edge
    for layer in range(2, 256):
        x[layer] = -math.log(math.exp(-x[layer - 1]) + area / x[layer - 1])
    x[256] = 0.0
    bounds = (x[1:] / x[:-1] * 2.0**53).astype(np.int64)
    return bounds, x[:-1] * 2.0**-53, np.exp(-x)


_BOUNDS, _WIDTHS, _HEIGHTS = _ziggurat()
_UNIT = 2.0**-53


@inner
def _rotated(x, k):
    return (x << np.uint64(k)) | (x >> np.uint64(64 - k))


@inner
def bits(stream):
    """The next 64 random bits of a stream."""
    s0, s1, s2, s3 = stream.s0, stream.s1, stream.s2, stream.s3
    result = _rotated(s0 + s3, 23) + s0
    t = s1 << np.uint64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    stream.s0, stream.s1, stream.s2, stream.s3 = s0, s1, s2 ^ t, _rotated(s3, 45)
    return result


@inner
def _as_uniform(stream, word):
    u = (np.float64(np.int64(word >> np.uint64(12))) + 0.5) * (2.0 * _UNIT)
    return 1.0 - u if stream.mirrored == MIRRORED else u


@compiled_inline
def uniform(stream):
    """The next uniform of a stream, above 0 and below 1."""
    return _as_uniform(stream, bits(stream))


@compiled_inline
def unit_exponential(stream):
    """The next exponential of mean 1."""
    word = bits(stream)
    layer = word & np.uint64(255)
    fraction = np.int64(word >> np.uint64(11))
    if fraction < _BOUNDS[layer] and stream.mirrored == BY_REJECTION:
        return np.float64(fraction) * _WIDTHS[layer]
    return _outside_layer(stream, word)


@inner
def _outside_layer(stream, word):
    """The one exponential in a hundred that its layer does not decide, and all mirrored ones."""
    if stream.mirrored != BY_REJECTION:
        return -math.log(1.0 - _as_uniform(stream, word))
    while True:
        layer = word & np.uint64(255)
        fraction = np.int64(word >> np.uint64(11))
        x = np.float64(fraction) * _WIDTHS[layer]
        if fraction < _BOUNDS[layer]:
            return x
        if layer == np.uint64(0):
            return _WIDTHS[1] * 2.0**53 - math.log(uniform(stream))
        above = _HEIGHTS[layer + np.uint64(1)] - _HEIGHTS[layer]
        if _HEIGHTS[layer] + uniform(stream) * above < math.exp(-x):
            return x
        word = bits(stream)


@compiled
def standard_normal(stream):
    """The next standard normal, by inversion (PPND16)."""
    return normal_quantile(uniform(stream))


@inner
def normal_quantile(p):
    """Quantile of the standard normal to 1e-16."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2.5090809287301226727e3
        top = top * r + 3.3430575583588128105e4
        top = top * r + 6.7265770927008700853e4
        top = top * r + 4.5921953931549871457e4
        top = top * r + 1.3731693765509461125e4
        top = top * r + 1.9715909503065514427e3
        top = top * r + 1.3314166789178437745e2
        top = top * r + 3.3871328727963666080e0
        low = 5.2264952788528545610e3
        low = low * r + 2.8729085735721942674e4
        low = low * r + 3.9307895800092710610e4
        low = low * r + 2.1213794301586595867e4
        low = low * r + 5.3941960214247511077e3
        low = low * r + 6.8718700749205790830e2
        low = low * r + 4.2313330701600911252e1
        return q * top / (low * r + 1.0)
    r = math.sqrt(-math.log(p if q < 0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = 7.74545014278341407640e-4
        top = top * r + 2.27238449892691845833e-2
        top = top * r + 2.41780725177450611770e-1
        top = top * r + 1.27045825245236838258e0
        top = top * r + 3.64784832476320460504e0
        top = top * r + 5.76949722146069140550e0
        top = top * r + 4.63033784615654529590e0
        top = top * r + 1.42343711074968357734e0
        low = 1.05075007164441684324e-9
        low = low * r + 5.47593808499534494600e-4
        low = low * r + 1.51986665636164571966e-2
        low = low * r + 1.48103976427480074590e-1
        low = low * r + 6.89767334985100004550e-1
        low = low * r + 1.67638483018380384940e0
        low = low * r + 2.05319162663775882187e0
        x = top / (low * r + 1.0)
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7
        top = top * r + 2.71155556874348757815e-5
        top = top * r + 1.24266094738807843860e-3
        top = top * r + 2.65321895265761230930e-2
        top = top * r + 2.96560571828504891230e-1
        top = top * r + 1.78482653991729133580e0
        top = top * r + 5.46378491116411436990e0
        top = top * r + 6.65790464350110377720e0
        low = 2.04426310338993978564e-15
        low = low * r + 1.42151175831644588870e-7
        low = low * r + 1.84631831751005468180e-5
        low = low * r + 7.86869131145613259100e-4
        low = low * r + 1.48753612908506148525e-2
        low = low * r + 1.36929880922735805310e-1
        low = low * r + 5.99832206555887937690e-1
        x = top / (low * r + 1.0)
    return -x if q < 0 else x


@inner
def _unit_gamma(stream, shape):
    """The next gamma of scale 1; below shape 1 by a power of a uniform."""
    boost = 1.0
    if shape < 1.0:
        boost = uniform(stream) ** (1.0 / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = standard_normal(stream)
        v = 1.0 + c * x
        if v > 0.0:
            v = v * v * v
            if math.log(uniform(stream)) < 0.5 * x * x + d - d * v + d * math.log(v):
                return boost * d * v


@inner
def _phases(stream, count):
    """The sum of a number of exponentials of mean 1."""
    if count > 16 and stream.mirrored == BY_REJECTION:
        return _unit_gamma(stream, np.float64(count))
    total = 0.0
    for _ in range(count):
        total += unit_exponential(stream)
    return total


@inner
def position(table, offset, count, u):
    """The first of `count` cumulative probabilities above u."""
    if count <= 8:
        for i in range(count - 1):
            if u < value_at(table, offset + i).value:
                return i
        return count - 1
    low, high = 0, count - 1
    while low < high:
        middle = (low + high) >> 1
        if u < value_at(table, offset + middle).value:
            high = middle
        else:
            low = middle + 1
    return low


@inner
def _triangular(stream):
    """By inversion; the table has low, mode and high."""
    low = value_at(stream.table, stream.offset).value
    mode = value_at(stream.table, stream.offset + 1).value
    high = value_at(stream.table, stream.offset + 2).value
    u = uniform(stream)
    if u * (high - low) < mode - low:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


@inner
def draw_rare(stream):
    """The next value of any distribution but the exponential."""
    kind = stream.kind
    if kind == DETERMINISTIC:
        return stream.a
    if kind == ERLANG:
        return stream.a * _phases(stream, stream.count)
    if kind == LOGNORMAL:
        return math.exp(stream.a + stream.b * standard_normal(stream))
    if kind == GAMMA:
        return stream.a * _unit_gamma(stream, stream.b)
    if kind == WEIBULL:
        return stream.a * unit_exponential(stream) ** stream.b
    if kind == PARETO:
        return stream.a * math.exp(unit_exponential(stream) * stream.b)
    if kind == UNIFORM:
        return stream.a + stream.b * uniform(stream)
    if kind == TRIANGULAR:
        return _triangular(stream)
    if kind == ERLANG_MIXTURE:
        phases = stream.count - (1 if uniform(stream) < stream.b else 0)
        return stream.a * _phases(stream, phases)
    # Empirical or hyper-exponential: cumulative probabilities, then values or means.
    chosen = position(stream.table, stream.offset, stream.count, uniform(stream))
    value = value_at(stream.table, stream.offset + stream.count + chosen).value
    if kind == HYPER_EXPONENTIAL:
        return value * unit_exponential(stream)
    return value


@compiled_inline
def draw(stream):
    """The next value of a stream's distribution.

    Arguments:
        stream: a record of the array of streams; its state moves on.
    """
    if stream.kind == EXPONENTIAL:
        return stream.a * unit_exponential(stream)
    return draw_rare(stream)


@compiled
def fill(stream, values, count):
    """The next values of a stream, many at once: the same as by `draw`, in less time.

    Arguments:
        stream: a record of the array of streams; its state moves on.
        values: where they are put, in order.
        count: how many, at most as many as fit.
    """
    if stream.kind != EXPONENTIAL or stream.mirrored != BY_REJECTION:
        for k in range(count):
            values[k] = draw(stream)
        return
    # As `bits` and `unit_exponential`, with the state in registers for as long as layers decide.
    mean = stream.a
    s0, s1, s2, s3 = stream.s0, stream.s1, stream.s2, stream.s3
    for k in range(count):
        word = _rotated(s0 + s3, 23) + s0
        t = s1 << np.uint64(17)
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = _rotated(s3, 45)
        layer = word & np.uint64(255)
        fraction = np.int64(word >> np.uint64(11))
        if fraction < _BOUNDS[layer]:
            values[k] = mean * (np.float64(fraction) * _WIDTHS[layer])
        else:
            stream.s0, stream.s1, stream.s2, stream.s3 = s0, s1, s2, s3
            values[k] = mean * _outside_layer(stream, word)
            s0, s1, s2, s3 = stream.s0, stream.s1, stream.s2, stream.s3
    stream.s0, stream.s1, stream.s2, stream.s3 = s0, s1, s2, s3


class Streams:
    """The streams of a run, as they are asked for: one a purpose, seeded by its name.

    Arguments:
        seed: of the run; the same seed gives the same draws for a purpose of the same name.
        mirrored: False and True for the two runs of an antithetic pair, which draw by inversion;
            None, the fastest, for a run without a counterpart.
    """

    def __init__(self, seed: np.random.SeedSequence, mirrored: bool | None = None) -> None:
        self._seed = seed
        self._mode = BY_REJECTION if mirrored is None else BY_INVERSION + mirrored
        self._rows: list[tuple[int | float, ...]] = []
        self._table: list[float] = []

    def add(self, purpose: str, distribution: AnyDistribution | None = None) -> int:
        """A new stream; gives its number.

        Arguments:
            purpose: its name, unique in the run.
            distribution: of its values; without one, only uniforms are drawn.
        """
        digest = hashlib.sha256(purpose.encode()).digest()
        words = np.frombuffer(digest[:16], dtype="<u4")
        key = (*self._seed.spawn_key, *map(int, words))
        seed = np.random.SeedSequence(self._seed.entropy, spawn_key=key)
        state = map(int, seed.generate_state(4, np.uint64))
        kind, a, b, values = _parameters(distribution)
        row = (*state, kind, a, b, len(self._table), _count(distribution, values))
        self._rows.append((*row, self._mode))
        self._table += values
        return len(self._rows) - 1

    def arrays(self) -> tuple[NDArray[np.void], NDArray[np.float64]]:
        """The streams and their table, which must live as long as they do."""
        table = np.array(self._table or [0.0])
        streams = np.array([(*row[:-1], 0, row[-1]) for row in self._rows], dtype=STREAM)
        streams["table"] = table.ctypes.data
        return streams, table


def _count(distribution: AnyDistribution | None, values: list[float]) -> int:
    if isinstance(distribution, Erlang):
        return distribution.phases
    if isinstance(distribution, TwoMoments) and 0 < distribution.scv < 1:
        return distribution.erlang_mixture[0]
    return len(values) // 2


def _parameters(d: AnyDistribution | None) -> tuple[int, float, float, list[float]]:
    if d is None:
        return UNIFORM, 0.0, 1.0, []
    if isinstance(d, Exponential):
        return EXPONENTIAL, d.mean, 0.0, []
    if isinstance(d, Deterministic):
        return DETERMINISTIC, d.value, 0.0, []
    if isinstance(d, Erlang):
        return ERLANG, d.mean / d.phases, 0.0, []
    if isinstance(d, HyperExponential):
        return HYPER_EXPONENTIAL, 0.0, 0.0, [*_cumulative(d.probabilities), *d.means]
    if isinstance(d, Gamma):
        return GAMMA, d.mean / d.shape, d.shape, []
    if isinstance(d, Lognormal):
        return LOGNORMAL, d.mu, d.sigma, []
    if isinstance(d, Weibull):
        return WEIBULL, d.scale, 1 / d.shape, []
    if isinstance(d, Pareto):
        return PARETO, d.minimum, 1 / d.shape, []
    if isinstance(d, Uniform):
        return UNIFORM, d.low, d.high - d.low, []
    if isinstance(d, Triangular):
        return TRIANGULAR, 0.0, 0.0, [d.low, d.mode, d.high]
    if isinstance(d, Empirical):
        return EMPIRICAL, 0.0, 0.0, [*_cumulative(d.probabilities), *d.values]
    return _two_moments(d)


def _two_moments(d: TwoMoments) -> tuple[int, float, float, list[float]]:
    if d.scv == 0:
        return DETERMINISTIC, d.mean, 0.0, []
    if d.scv >= 1:
        return _parameters(d.balanced)
    phases, fewer = d.erlang_mixture
    return ERLANG_MIXTURE, d.mean / (phases - fewer), fewer, []


def _cumulative(probabilities: tuple[float, ...]) -> list[float]:
    return [float(value) for value in np.cumsum(probabilities)]
