"""What watermarks keep a stream to the loss, or the latency of results, that is wanted of it."""

import math

from models.description.quantities import format_duration, format_percent
from models.parts.site import Site
from models.parts.workloads.stream import Operator, Windows
from models.parts.workloads.stream_flows import late_of
from models.parts.workloads.stream_job import StageLaw, StreamJob

_DOUBLINGS = 60
_KNOWN_TO = 1e-3


def later_watermark(job: StreamJob, site: Site) -> str:
    """What keeps to a loss that is missed by the law; empty where none is.

    Arguments:
        job: the stream, which keeps up with its load.
        site: that it runs on.
    """
    wanted = site.stack.objectives.loss
    if wanted is None or wanted.workload != job.name:
        return ""
    known = [(law.flow.late, law) for law in job.highest if law.flow.late is not None]
    worst, law = max(known, key=lambda one: one[0], default=(0.0, None))
    if law is None or worst <= wanted.at_most:
        return ""
    window = _window(law)
    more = _more(job, law, wanted.at_most)
    key = f"operators.{law.place.name}.window"
    kept = f"a loss of {format_percent(wanted.at_most, 2)}"
    if more is None:
        return f"no `{key}.watermark` keeps to {kept}: its delays are too long"
    told = format_duration(_rounded_up(window.watermark + more))
    return (
        f"a `{key}.watermark` of {told}, instead of {format_duration(window.watermark)}, keeps to"
        f" {kept}, and so does as much more `allowed_lateness`, which gives results again"
    )


def sooner_watermark(job: StreamJob, site: Site) -> str:
    """Which watermark alone is longer than a latency that is wanted; empty where none is.

    Arguments:
        job: the stream, which keeps up with its load.
        site: that it runs on.
    """
    wanted = job.at_most
    if wanted is None:
        return ""
    for law in job.highest:
        step, name = law.place.step, law.place.name
        if not isinstance(step, Operator) or step.window is None:
            continue
        window, before = step.window, law.place.hold + min(map(job.least, step.inputs))
        if window.watermark + before <= wanted:
            continue
        most = wanted - before
        key, kept = f"operators.{name}.window.watermark", f"a latency of {format_duration(wanted)}"
        if most <= 0:
            return f"nothing: events come to `operators.{name}` no sooner than {kept}"
        told = _rounded_down(most)
        text = f"a `{key}` below {format_duration(told)}, instead of"
        text += f" {format_duration(window.watermark)}: results wait for it, and else miss {kept}"
        late = _late(job, law, window.model_copy(update={"watermark": told}))
        if late is not None:
            text += f"; {format_percent(late, 2)} of its events are late then"
        return text
    return ""


def _window(law: StageLaw) -> Windows:
    step = law.place.step
    assert isinstance(step, Operator)  # it has a share of late events
    assert step.window is not None
    return step.window


def _late(job: StreamJob, law: StageLaw, window: Windows) -> float | None:
    """Share of its events that are late with other windows; None where no law says."""
    if window.session is not None:
        return None
    rate = float(law.flow.rates.mean())
    return late_of(law.place.name, window, job.described, rate)


def _more(job: StreamJob, law: StageLaw, most: float) -> float | None:
    """How much longer a window must wait so that no more is late, s; None where none suffices."""
    window = _window(law)

    def enough(more: float) -> bool:
        late = _late(job, law, window.model_copy(update={"watermark": window.watermark + more}))
        return late is not None and late <= most

    low, high = 0.0, max(window.size, window.watermark) / 16
    for _ in range(_DOUBLINGS):
        if enough(high):
            break
        low, high = high, 2 * high
    else:
        return None
    while high - low > _KNOWN_TO * high:
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _rounded_up(time: float) -> float:
    """To three digits, as they are told."""
    unit = _unit(time)
    return math.ceil(time / unit) * unit


def _rounded_down(time: float) -> float:
    unit = _unit(time)
    return math.floor(time / unit) * unit


def _unit(time: float) -> float:
    return 10.0 ** (math.floor(math.log10(time)) - 2)
