"""MapReduce on words: which reducer counts which, and how many pairs are sent to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.laws.arguments import whole

_WORD = 2**32  # an int of Java


@dataclass(frozen=True)
class WordCount:
    """What a word count has made.

    Arguments:
        pairs: that mappers have sent to reducers.
        reducers: words that each has counted, with how often they occur.
    """

    pairs: int
    reducers: tuple[Mapping[str, int], ...]


def reducer_of(key: str, reducers: int) -> int:
    """The reducer that all pairs of a key are sent to, from 0 on: its hash modulo how many.

    Arguments:
        key: any text.
        reducers: how many.

    Raises:
        ValueError: no reducer.

    Source: Apache Spark, HashPartitioner; Dean and Ghemawat (2004), MapReduce, section 4.1. The
        hash is that of Java's strings, 31 times itself and the next unit of UTF-16.
    """
    count, hashed = whole("reducers", reducers, 1), 0
    units = key.encode("utf-16-be", "surrogatepass")
    for place in range(0, len(units), 2):
        hashed = (31 * hashed + int.from_bytes(units[place : place + 2], "big")) % _WORD
    signed = hashed - _WORD if hashed >= _WORD // 2 else hashed
    return signed % count


def word_count(texts: Sequence[str], reducers: int, combined: bool = True) -> WordCount:
    """Count the words of texts, a mapper for each.

    A mapper sends a pair for each word, or with a combiner one for each that differs.

    Arguments:
        texts: what each mapper reads, words between blanks.
        reducers: how many.
        combined: each mapper adds up its own, as a combiner, reduceByKey and combineByKey do;
            without, as with groupByKey, it sends one for each word.

    Raises:
        ValueError: no reducer.

    Source: Dean and Ghemawat (2004), MapReduce, sections 2.1 and 4.3.
    """
    found: list[Counter[str]] = [Counter() for _ in range(whole("reducers", reducers, 1))]
    pairs = 0
    for text in texts:
        own = Counter(text.split())
        pairs += len(own) if combined else own.total()
        for word, times in own.items():
            found[reducer_of(word, reducers)][word] += times
    return WordCount(pairs, tuple(dict(one) for one in found))
