"""Failures of several equal components by one cause, in groups where each is as likely as any."""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from models.laws.arguments import probability, whole
from models.laws.arrays import Floats
from models.laws.reliability.blocks import k_of_n

MOST_COMPONENTS = 12


def beta_factor(unavailability: float, beta: float, components: int) -> list[float]:
    """Probability of each basic event by the beta factor: one component fails, or all do.

    Arguments:
        unavailability: of one component, from all causes.
        beta: share of it that all components have in common.
        components: in the group, 2 or more.

    Returns the probabilities of the events that fail 1, 2, ... given components.

    Raises:
        ValueError: an argument is out of range.

    Source: Fleming (1975), A reliability model for common mode failures; Mosleh et al. (1988),
        NUREG/CR-4780, chapter 3.
    """
    components = whole("components", components, 2)
    common = probability("beta", beta) * probability("unavailability", unavailability)
    return [(1 - beta) * unavailability] + [0.0] * (components - 2) + [common]


def multiple_greek_letters(unavailability: float, letters: Sequence[float]) -> list[float]:
    """Probability of each basic event by the multiple Greek letters.

    Arguments:
        unavailability: of one component, from all causes.
        letters: beta, gamma, delta, ...: the share of what fails at least 1, 2, 3, ... components
            that fails one more; one letter fewer than components.

    Returns the probabilities of the events that fail 1, 2, ... given components.

    Raises:
        ValueError: an argument is out of range.

    Source: Mosleh et al. (1988), NUREG/CR-4780, chapter 3.
    """
    probability("unavailability", unavailability)
    if not letters:
        raise ValueError("letters is empty; a group of 2 components needs beta")
    components = len(letters) + 1
    events, share = [], unavailability
    for size, letter in enumerate([*letters, 0.0], start=1):
        ways = math.comb(components - 1, size - 1)
        events.append((1 - probability("letters", letter)) * share / ways)
        share *= letter
    return events


def failed_sets(events: Sequence[float]) -> Floats:
    """Probability of each set of failed components of a group.

    Arguments:
        events: probability that one given set of 1, 2, ... components fails by one cause; as many
            as components, 1 to 12.

    Returns an array over the sets as binary numbers: component i failed is bit i; shape (2^n,).

    Raises:
        ValueError: an argument is out of range.

    Source: all basic events are independent, Mosleh et al. (1988), chapter 3. Only sums of
        products, so that the rarest set keeps its digits.
    """
    if not 1 <= len(events) <= MOST_COMPONENTS:
        raise ValueError(f"events has {len(events)} sizes; it must have 1 to {MOST_COMPONENTS}")
    chances = np.zeros(2 ** len(events))
    chances[0] = 1.0
    numbers = np.arange(len(chances))
    for size, event in enumerate(events, start=1):
        if probability("events", event) == 0:
            continue
        for members in combinations(range(len(events)), size):
            cause = sum(1 << member for member in members)
            happening = event * chances
            chances *= 1 - event
            np.add.at(chances, numbers | cause, happening)
    return chances


def k_of_n_common(required: int, events: Sequence[float]) -> float:
    """Unavailability of a group of which some must work, with common causes.

    Arguments:
        required: how many components must work, k.
        events: probability that one given set of 1, 2, ... components fails by one cause; as many
            as components. More than 12 where those between 1 and all are 0 (the beta factor).

    Raises:
        ValueError: an argument is out of range.

    Source: Mosleh et al. (1988), chapter 3, without the rare-event approximation.
    """
    components = len(events)
    if not 1 <= whole("required", required, 1) <= components:
        raise ValueError(f"required is {required}; it must be between 1 and {components}")
    if components > 1 and not any(events[1:-1]):
        common = probability("events", events[-1])
        return common + (1 - common) * k_of_n(required, [events[0]] * components)
    chances = failed_sets(events)
    failed = np.array([number.bit_count() for number in range(len(chances))])
    return float(chances[failed > components - required].sum())
