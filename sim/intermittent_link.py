"""A link that comes and goes, with a buffer before it, over time: what is lost."""

import numpy as np

from models.prediction import Estimate
from sim.experiment import mean_estimate, streams

_OUTAGES = 400  # of one replication
_REPLICATIONS = 40
_STREAM = 20_001  # key of the streams, beyond the number of any workload


def lost_share(
    inflow: float, bandwidth: float, buffer: float, mttf: float, mttr: float, seed: int
) -> Estimate:
    """Share of what flows in that is lost since the buffer is full while the link is away.

    Arguments:
        inflow: bytes/s.
        bandwidth: of the link while it is up, bytes/s.
        buffer: that is kept while it is away, bytes.
        mttf: mean time that the link is up, s.
        mttr: mean time that it is away, s.
        seed: of the experiment.
    """
    shares = []
    for random in streams(seed, _STREAM, count=_REPLICATIONS):
        up, away = random.exponential(mttf, _OUTAGES), random.exponential(mttr, _OUTAGES)
        kept = lost = 0.0
        for on, off in zip(up.tolist(), away.tolist(), strict=True):
            kept = min(buffer, max(0.0, kept - (bandwidth - inflow) * on))
            came = inflow * off
            lost += max(0.0, kept + came - buffer)
            kept = min(buffer, kept + came)
        shares.append(lost / (inflow * float(np.sum(up) + np.sum(away))))
    return mean_estimate(shares)
