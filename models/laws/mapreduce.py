"""What MapReduce and Spark move and keep: pairs that are shuffled, what spills, what is cached."""

import math
from dataclasses import dataclass

from models.laws.arguments import non_negative, positive, whole

FLOAT64 = 8  # bytes
SPARK_RESERVED = 300 * 2**20  # bytes of a heap that Spark keeps for itself
SPARK_MEMORY_FRACTION = 0.6
SPARK_OVERHEAD = 0.1  # of the heap, beside it
SPARK_LEAST_OVERHEAD = 384 * 2**20  # bytes
MERGE_FACTOR = 10  # streams that Hadoop merges at once
SORT_MEMORY = 100 * 2**20  # bytes in which a mapper of Hadoop sorts


def combined_pairs(mappers: int, records: float, keys: int) -> float:
    """Pairs that are shuffled where each mapper combines those of one key, in the mean.

    Each mapper sends a pair for every key that it has met, mappers times keys at the most. Without
    a combiner, as with groupByKey, each record is a pair that is shuffled.

    Arguments:
        mappers: how many.
        records: of each mapper, with keys that are equally likely.
        keys: how many there are.

    Raises:
        ValueError: an argument out of range.

    Source: Dean and Ghemawat (2004), MapReduce, section 4.3; expected number of occupied cells,
        Feller (1968), volume 1, section IV.2.
    """
    count, cells = whole("mappers", mappers, 0), whole("keys", keys, 1)
    thrown = non_negative("records", records)
    if cells == 1:
        return count * min(1.0, thrown)
    return count * cells * -math.expm1(thrown * math.log1p(-1 / cells))


def merge_passes(size: float, memory: float, fan_in: int = MERGE_FACTOR) -> int:
    """Times that sorting writes all of its data to disk and reads them again; 0 if they fit.

    Arguments:
        size: of what is sorted, bytes.
        memory: in which it is, bytes.
        fan_in: sorted runs that are merged at once.

    Raises:
        ValueError: an argument out of range.

    Source: Knuth (1998), The Art of Computer Programming 3, section 5.4: ceil(log_k(runs)); the
        last merge is streamed into what comes next, so that it writes nothing.
    """
    runs = math.ceil(non_negative("size", size) / positive("memory", memory) - 1e-12)
    factor, passes = whole("fan_in", fan_in, 2), 0
    while runs > 1:
        passes += 1
        runs = -(-runs // factor)
    return passes


def executor_memory(container: float) -> float:
    """Memory of a Spark executor in which it caches, sorts and joins, bytes.

    Arguments:
        container: memory of its container, bytes.

    Raises:
        ValueError: an argument out of range.

    Source: Apache Spark, Tuning: (heap - 300 MiB) * spark.memory.fraction of 0.6; Running Spark on
        YARN: beside the heap, a tenth of it, 384 MiB at least.
    """
    whole_of_it = positive("container", container)
    heap = min(whole_of_it / (1 + SPARK_OVERHEAD), whole_of_it - SPARK_LEAST_OVERHEAD)
    return max(0.0, (heap - SPARK_RESERVED) * SPARK_MEMORY_FRACTION)


def bytes_read(size: float, iterations: int, cached: float = 0.0) -> float:
    """Bytes that iterations over the same data read from where they are stored.

    Hadoop reads all of them each time; Spark reads once what stays in memory.

    Arguments:
        size: of the data, bytes.
        iterations: over all of them.
        cached: share that stays in memory, 0 to 1.

    Raises:
        ValueError: an argument out of range.

    Source: Zaharia et al. (2012), Resilient Distributed Datasets, sections 2 and 6.1.
    """
    if not 0 <= cached <= 1:
        raise ValueError(f"cached is {cached}; it must be 0 to 1")
    again = whole("iterations", iterations, 1) - 1
    return non_negative("size", size) * (1 + again * (1 - cached))


@dataclass(frozen=True)
class KMeans:
    """What an iteration of K-Means holds, computes and sends.

    Arguments:
        points: bytes of all points.
        centroids: bytes of all centroids.
        operations: floating-point operations of an iteration.
        sums: bytes that each task sends, a sum of points and their number by centroid.
    """

    points: float
    centroids: float
    operations: float
    sums: float


def k_means(points: int, attributes: int, centroids: int) -> KMeans:
    """What an iteration of K-Means in double precision holds, computes and sends.

    Arguments:
        points: how many.
        attributes: of each.
        centroids: how many.

    Raises:
        ValueError: an argument out of range.

    Source: Lloyd (1982), Least squares quantization in PCM: each point against each centroid, a
        subtraction, a product and a sum an attribute.
    """
    n, d = whole("points", points, 1), whole("attributes", attributes, 1)
    k = whole("centroids", centroids, 1)
    return KMeans(
        float(n * d * FLOAT64),
        float(k * d * FLOAT64),
        3.0 * n * k * d,
        float(k * (d + 1) * FLOAT64),
    )
