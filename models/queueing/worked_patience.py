"""The formula of a station whose customers lose patience, with its numbers."""

import math
from collections.abc import Iterator

import numpy as np

from models.queueing.demands import Mixture
from models.queueing.distributions import is_exponential, mean
from models.queueing.worked_steps import Found, number, seconds

_MOST = 1_000_000  # states


def impatient_formula(servers: int, mixed: Mixture) -> Iterator[Found]:
    """Erlang A, where all who come have the same exponential patience.

    Arguments:
        servers: of the station.
        mixed: what comes to it.

    Source: Palm (1957); Mandelbaum and Zeltyn (2007), Service engineering in action, section 3.
    """
    patiences = [demand.patience for demand in mixed.demands]
    first = patiences[0]
    if first is None or any(one != first for one in patiences) or not is_exponential(first):
        return
    patience, service = mean(first), mixed.mean
    # At most those wait who would if no server took any: a Poisson number of this mean.
    waiting = mixed.rate * patience
    states = servers + 100 + int(waiting + 12 * math.sqrt(waiting))
    if states > _MOST:
        return
    numbers = np.arange(1.0, states)
    queue = np.maximum(numbers - servers, 0.0)
    leaving = np.minimum(numbers, servers) / service + queue / patience
    logarithms = np.concatenate([[0.0], np.cumsum(np.log(mixed.rate / leaving))])
    weights = np.exp(logarithms - logarithms.max())
    probabilities = weights / weights.sum()
    waits = float(probabilities[1:] @ queue)
    gone = waits / patience / mixed.rate
    found = probabilities[servers:]  # how many wait already: 0, 1, ...
    rates = servers / service + np.arange(1.0, len(found) + 1) / patience
    reach = servers / service / rates
    of_served = float(found @ (reach * np.cumsum(1 / rates))) / (1 - gone)
    yield Found(
        "M/M/c+M (Erlang A)",
        (
            f"lambda = {number(mixed.rate)}/s, S = {seconds(service)}, c = {servers},"
            f" patience T = {seconds(patience)}",
            "p(n) = p(n - 1) lambda / (min(n, c) / S + max(n - c, 0) / T)",
            f"waiting: Lq = sum of (n - c) p(n) over n > c = {number(waits)}",
            f"give up: Lq / (lambda T) = {number(waits)} / ({number(mixed.rate)} x"
            f" {number(patience)}) = {number(gone)}",
            f"wait of all who come: Lq / lambda = {seconds(waits / mixed.rate)}  (Little)",
            "of those served: W = sum of p(c + j) q(j) v(j) / (1 - give up)"
            f" = {seconds(of_served)}, with r(i) = c / S + (i + 1) / T,"
            " q(j) = c / S / r(j), v(j) = sum over i <= j of 1 / r(i)",
            f"R = W + S = {number(of_served)} + {number(service)} = {seconds(of_served + service)}",
        ),
        of_served + service,
        "Palm (1957); Mandelbaum and Zeltyn (2007), section 3",
    )
