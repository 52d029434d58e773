"""The page of formulas beside their curves: each curve is drawn by the law that predictions use."""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

from models.description.quantities import DAY, HOUR, YEAR
from models.laws import checkpointing, collectives, scaling
from models.laws.queueing import general, markovian
from models.laws.storage.data_loss import DiskGroup, mds_mttdl
from reports.figures import SMALL, WIDTH, canvas, panel
from reports.palette import ACCENT, INK, LINE, MUTED

FOLDER = Path(__file__).parent / "images" / "formulas"
_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 250.0, 62.0, 92.0, 12.0, 44.0
_COLOURS = (ACCENT, INK, MUTED)

Curve = Callable[[float], float]


@dataclass(frozen=True)
class Formula:
    """A formula and the curves that belong to it.

    Arguments:
        key: of its picture.
        title: of its section.
        formula: as it is written, a line each.
        symbols: what its letters are, and where it is from.
        across: what the curves are over, with its unit.
        up: what they show, with its unit.
        places: of the horizontal axis.
        curves: by name.
        shown: places of which the page gives the figures.
        logarithmic: the vertical axis is.
        asked: a command that asks the law.
        reading: what the curve says.
    """

    key: str
    title: str
    formula: str
    symbols: str
    across: str
    up: str
    places: tuple[float, ...]
    curves: dict[str, Curve]
    shown: tuple[float, ...]
    asked: str
    reading: str
    logarithmic: bool = False


def _between(first: float, last: float, count: int = 80) -> tuple[float, ...]:
    return tuple(first + (last - first) * k / (count - 1) for k in range(count))


def _step_time(workers: float) -> float:
    """A step of 100 ms, and gradients of 100 MB between nodes by a ring of 10 GB/s, not hidden."""
    return 0.1 + collectives.ring_all_reduce(int(workers), 100e6, 10e9, 20e-6)


def _mttdl(parities: int) -> Curve:
    def years(hours: float) -> float:
        group = DiskGroup(8, parities, 1e6 * HOUR, hours * HOUR, 1.0, "serial")
        return mds_mttdl(group) / YEAR

    return years


def _lost(interval: float) -> float:
    """Share of a long run of 30 days that checkpoints and failures take: 30 s, one in 20 h."""
    work = 30 * DAY
    return 1 - work / checkpointing.expected_time(work, interval * HOUR, 30.0, 120.0, 20 * HOUR)


FORMULAS: tuple[Formula, ...] = (
    Formula(
        key="response",
        title="Response against utilization",
        formula="M/M/1: R = S / (1 - U)\nM/D/1: R = S + S U / (2 (1 - U))",
        symbols="S service time, U utilization. Kleinrock (1975), Queueing Systems 1, sections 3.2"
        " and 5.6 (Pollaczek and Khinchine). With four servers and one queue, by Erlang C.",
        across="utilization",
        up="response time over service time",
        places=_between(0.02, 0.95),
        curves={
            "M/M/1": lambda u: markovian.m_m_1(u, 1.0).response_time,
            "M/D/1": lambda u: general.m_g_1(u, 1.0, 1.0).response_time,
            "M/M/4": lambda u: markovian.m_m_c(4 * u, 1.0, 4).response_time,
        },
        shown=(0.5, 0.8, 0.9),
        asked="m_m_1 arrival_rate=8 service_rate=10",
        reading="At 50 % a response takes twice the service, at 90 % ten times. More servers behind"
        " one queue, or services that are alike, keep it short for longer.",
    ),
    Formula(
        key="staffing",
        title="How many servers answer in time",
        formula="P(W <= t) = 1 - C(c, a) e^(-(c - a) t / S)",
        symbols="C(c, a) Erlang's probability of a wait with c servers and a load of a Erlang, S"
        " service time. Here 250 calls an hour of 330 s, a = 22.9.",
        across="servers",
        up="share that waits 30 s or less",
        places=tuple(float(c) for c in range(23, 41)),
        curves={"250/h": lambda c: _in_time(int(c), 250 / HOUR, 330.0, 30.0)},
        shown=(24.0, 27.0, 28.0, 32.0),
        asked="servers_for_waiting_time arrival_rate=250/h service_rate=0.1818181818/min p=80%"
        " longest=30s",
        reading="27 answer 78 % in time and 28 answer 86 %: near the load, one more counts most.",
    ),
    Formula(
        key="speedup",
        title="Speedup of many workers",
        formula="speedup(n) = n T(1) / T(n), T(n) = compute + 2 (n - 1) / n G / B + 2 (n - 1) L",
        symbols="Each worker has the same batch; G gradients, B bandwidth and L latency of a ring."
        " Patarasuk and Yuan (2009). Here 100 ms, 100 MB, 10 GB/s, 20 us, nothing hidden.",
        across="workers",
        up="speedup",
        places=tuple(float(n) for n in range(1, 257, 5)),
        curves={
            "ring": lambda n: n * scaling.speedup(_step_time(1), _step_time(n)),
            "linear": lambda n: n,
        },
        shown=(16.0, 64.0, 256.0),
        asked="ring_all_reduce members=64 size='100 MB' bandwidth='10 GB/s' latency='20 us'",
        reading="The size costs nearly the same for any number, the latency of the ring more with"
        " each.",
    ),
    Formula(
        key="mttdl",
        title="Mean time to data loss",
        formula="RAID 5: MTTF^2 / (N (N - 1) MTTR)\nRAID 6: MTTF^3 / (N (N - 1) (N - 2) MTTR^2)",
        symbols="N disks; nearly, where MTTR is short. Patterson, Gibson and Katz (1988); Chen et"
        " al. (1994). The curves are of the exact chain, for eight disks of 1,000,000 h.",
        across="time to repair, h",
        up="mean time to data loss, years",
        places=_between(2, 96),
        curves={"RAID 6": _mttdl(2), "RAID 5": _mttdl(1)},
        shown=(6.0, 24.0, 72.0),
        asked="patterson_1988 data_disks=7 group_data=7 group_checks=1 mttf=1000000h mttr=24h",
        reading="Twice the time to repair halves the one and quarters the other.",
        logarithmic=True,
    ),
    Formula(
        key="checkpoints",
        title="What checkpoints and failures cost",
        formula="best interval: nearly sqrt(2 D M)",
        symbols="D time of a checkpoint, M mean time between failures. Young (1974); Daly (2006)."
        " Here 30 s, a failure in 20 h, 2 min to restart.",
        across="productive time between two checkpoints, h",
        up="share of the time that is lost",
        places=_between(0.08, 3),
        curves={"lost": _lost},
        shown=(0.25, 0.58, 2.0),
        asked="young_interval write_time=30s mttf=20h",
        reading="Around the best interval, 35 min here, the curve is flat: half or double costs"
        " little.",
    ),
)


def _in_time(servers: int, rate: float, service: float, longest: float) -> float:
    load = rate * service
    waits = markovian.erlang_c(servers, load)
    return 1 - waits * math.exp(-(servers - load) * longest / service)


def page() -> str:
    """The page, Markdown."""
    parts = [
        "<!-- Generated by `make docs` from docs/formulas.py. -->\n\n"
        "# Formulas and their curves\n\n"
        "Each curve is drawn, and each figure computed, by the law that predictions use."
        " `windtunnel law NAME` asks it with figures\nof your own ([laws.md](laws.md)).\n"
    ]
    return "".join([*parts, *map(_section, FORMULAS)])


def _section(one: Formula) -> str:
    names = list(one.curves)
    rows = [
        f"| {place:g} | " + " | ".join(f"{one.curves[name](place):.4g}" for name in names) + " |"
        for place in one.shown
    ]
    table = [
        f"| {one.across} | {' | '.join(names)} |",
        "|---:|" + "---:|" * len(names),
        *rows,
    ]
    return (
        f"\n## {one.title}\n\n```\n{one.formula}\n```\n\n{fill(one.symbols, 120)}\n\n"
        f"![{one.up} over {one.across}](images/formulas/{one.key}.svg)\n\n"
        + "\n".join(table)
        + f"\n\n{fill(one.reading, 120)}\n\n```console\n$ windtunnel law {one.asked}\n```\n"
    )


def pictures() -> dict[Path, str]:
    """The pictures of the page, SVG by path."""
    return {FOLDER / f"{one.key}.svg": _drawn(one) for one in FORMULAS}


def _drawn(one: Formula) -> str:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    with canvas(_HEIGHT) as figure:
        figure.set_facecolor("white")  # it stands alone, whatever is behind it
        size = WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        axes = panel(figure, _LEFT, _TOP, *size)
        axes.set_xlabel(one.across, size=SMALL)
        axes.set_ylabel(one.up, size=SMALL)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.grid(axis="y", color=LINE, linewidth=0.6)
        if one.logarithmic:
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0e}".replace("e+", "e"))
        for (name, curve), colour in zip(one.curves.items(), _COLOURS, strict=False):
            values = [curve(place) for place in one.places]
            axes.plot(one.places, values, color=colour, linewidth=1.6)
            axes.text(one.places[-1], values[-1], f" {name}", size=SMALL, color=colour, va="center")
        axes.set_xlim(one.places[0], one.places[-1])
        text = io.StringIO()
        paper: Any = FigureCanvasSVG(figure)
        paper.print_svg(text, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
