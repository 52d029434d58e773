"""Every key is at one reducer, whoever sends it; words are counted exactly."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.word_count import reducer_of, word_count

TEXTS = st.lists(st.text("ab \N{GREEK SMALL LETTER ALPHA}", max_size=30), max_size=6)


@given(TEXTS, st.integers(1, 5), st.booleans())
def test_every_key_is_at_one_reducer_and_counted_exactly(
    texts: list[str], reducers: int, combined: bool
) -> None:
    found = word_count(texts, reducers, combined)
    words = [word for text in texts for word in text.split()]
    merged: Counter[str] = Counter()
    for number, counts in enumerate(found.reducers):
        assert all(reducer_of(word, reducers) == number for word in counts)
        assert not merged.keys() & counts.keys()
        merged.update(counts)
    assert merged == Counter(words)
    assert found.pairs == (sum(len({*text.split()}) for text in texts) if combined else len(words))


def test_a_combiner_sends_a_pair_for_each_word_of_a_mapper() -> None:
    texts = [" ".join(f"k{k % 100}" for k in range(1000))] * 10
    assert word_count(texts, 4).pairs == 1_000
    assert word_count(texts, 4, combined=False).pairs == 10_000


@pytest.mark.parametrize(
    # "polygenelubricants" has the hash -2^31 of Java's strings, and "hello" 99,162,322.
    ("key", "reducers", "reducer"),
    [("hello", 1000, 322), ("polygenelubricants", 10, -(2**31) % 10), ("", 3, 0)],
)
def test_the_reducer_of_a_key_is_that_of_spark(key: str, reducers: int, reducer: int) -> None:
    assert reducer_of(key, reducers) == reducer
    with pytest.raises(ValueError, match="reducers is 0"):
        reducer_of(key, 0)
