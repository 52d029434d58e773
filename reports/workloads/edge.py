"""Frames at the edge and in a cloud, in reports."""

import math
from collections.abc import Mapping

from models.description.quantities import (
    format_percentile,
    format_rate,
    format_scaled,
    rate_unit,
)
from models.description.stack import Stack
from models.parts.workloads.edge import Edge
from models.prediction import Estimate
from models.prediction.edge_answer import EdgePrediction, PlacePrediction, PlaceStation, Turn
from models.prediction.rate_unit import RateUnit
from reports.edge_figure import bandwidth, response_against_bandwidth
from reports.table import Cell, Table, columns, row
from reports.tile import Tile
from reports.wording import NONE, bound, count, duration, interval, many, money, percent
from reports.workload_report import Answers, Picture, Side

_KWH = 3.6e6  # J
_NAMES = {"edge": "the edge", "cloud": "the cloud"}


def _frames(value: float, one: EdgePrediction) -> str:
    return format_rate(value, one.rate_unit, "frames", 4)


def _time(estimate: Estimate | None) -> str:
    return NONE if estimate is None else duration(estimate.mean)


def lines(one: EdgePrediction, workload: Edge) -> list[tuple[str, str]]:
    """Names and values for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    here = one.here
    of = many(workload.sensors.count, "sensors")
    worked = _frames(one.throughput.mean, one)
    shown = [
        ("Frames", f"{_frames(one.frame_rate, one)} come of {of}; {worked} are worked on"),
        ("Computation", _computation(one)),
        ("Works", f"in {_NAMES[one.place]}" if one.place == "cloud" else "at the edge"),
    ]
    if here.unstable:
        shown.append(("UNSTABLE", f"{here.bottleneck}: frames wait ever longer"))
    shown += [("Sooner" if turn is one.turns[0] else "", _turn(turn)) for turn in one.turns]
    shown += [("It turns" if k == 0 else "", text) for k, text in enumerate(_turning(one))]
    if here.within_target is not None and one.target is not None:
        share = percent(here.within_target.mean)
        shown.append(("Within target", f"{share} of the frames within {duration(one.target)}"))
    if here.law_response is not None:
        shown.append(("By the law", f"mean {duration(here.law_response)}; {here.law}"))
    shown.append(("Lost", _lost(here)))
    if one.link is not None and workload.cloud is not None:
        shown.append(("Link away", _outage(one)))
    shown += [("Bottleneck", _bottleneck(here)), ("Remedy", one.remedy)]
    available = f"{percent(1 - one.unavailability)} of the time by the laws"
    if one.never_available:
        available = "never: frames wait ever longer, whatever is up"
    shown.append(("Available", available))
    return shown


def _computation(one: EdgePrediction) -> str:
    return (
        f"{format_scaled(one.of_frame, 'op')} a frame, {format_scaled(one.of_sensor, 'op/s')} a"
        f" sensor, {format_scaled(one.operations, 'op/s')} in all"
    )


def _turn(turn: Turn) -> str:
    """Which place is sooner, of one frame alone and with queueing."""
    what = "with queueing" if turn.queueing else "one frame alone"
    known = [("edge", turn.edge), ("cloud", turn.cloud)]
    times = ", ".join(
        f"{name} {'in overload' if time is None else duration(time)}" for name, time in known
    )
    return f"{what}: {turn.winner or 'neither'}; {times}"


def _turning(one: EdgePrediction) -> list[str]:
    """Where another link would change which place is sooner, with queueing."""
    found = [turn for turn in one.turns if turn.queueing]
    if not found or one.link is None:
        return []
    [turn] = found
    if not turn.winner:  # in overload both, and how long the link takes changes nothing
        least = bandwidth(turn.bandwidth)
        return [
            "neither keeps up, by any link"
            if math.isinf(turn.bandwidth)
            else f"the cloud keeps up from {least} on (it is {bandwidth(one.link.bandwidth)})"
        ]
    if math.isinf(turn.bandwidth):
        by_link = "the edge is sooner by any bandwidth"
    else:
        by_link = f"the cloud is sooner from {bandwidth(turn.bandwidth)} on"
    by_link += f" (it is {bandwidth(one.link.bandwidth)})"
    if math.isinf(turn.round_trip):
        return [by_link, "the cloud is sooner by any round trip"]
    if turn.round_trip == 0:
        return [by_link, "the edge is sooner by any round trip"]
    text = f"the cloud is sooner with a round trip below {duration(turn.round_trip)}"
    return [by_link, f"{text} (it is {duration(one.link.round_trip)})"]


def _lost(place: PlacePrediction) -> str:
    if place.lost is None or place.dropped is None:
        return "not known in overload"
    what = "devices are down" if place.place == "edge" else "the link is away"
    return (
        f"{percent(place.lost.mean)} of the frames: {percent(place.dropped.mean)} find a queue"
        f" full, {percent(place.away)} come while {what}"
    )


def _outage(one: EdgePrediction) -> str:
    link, far = one.link, _far(one)
    assert link is not None  # whoever asks has one
    text = f"{percent(link.unavailability)} of the time"
    if link.kept > 0 and math.isfinite(link.kept):
        text += f"; the buffer takes the frames of {duration(link.kept)}"
        if math.isfinite(link.drains):
            text += f", and is sent {duration(link.drains)} after a mean outage"
    if far is not None and far.simulated_away is not None:
        law, seen = percent(far.away), percent(far.simulated_away.mean)
        text += f"; in the cloud {law} of the frames are lost ({seen} simulated)"
    return text


def _far(one: EdgePrediction) -> PlacePrediction | None:
    return next((place for place in one.places if place.place == "cloud"), None)


def _bottleneck(place: PlacePrediction) -> str:
    busiest = next(one for one in place.stations if one.name == place.bottleneck)
    busy = busiest.utilization
    if busy is None:
        return busiest.name
    if busy > 1:
        return f"{busiest.name}, asked for {percent(busy)} of what it can serve"
    return f"{busiest.name}, busy {percent(busy)} of the time"


def tables(one: EdgePrediction, workload: Edge) -> tuple[Table, ...]:
    """Tables for the terminal.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    return (_times(one), _takes(one))


def _times(one: EdgePrediction) -> Table:
    """From a frame to its result at each place."""
    extra = [] if one.latency is None else [one.latency.percentage]
    extra = [percentage for percentage in extra if percentage not in (50.0, 95.0, 99.0)]
    heads = ["Place", "Alone>", "Mean>", "P50>", "P95>", "P99>"]
    heads += [f"{format_percentile(percentage)}>" for percentage in extra]
    rows = []
    for place in one.places:
        times = [place.response, place.p50, place.p95, place.p99, *([place.wanted] * len(extra))]
        rows.append(
            row(
                _place_cell(place),
                Cell(duration(place.alone), note=f"{duration(place.computing)} computing"),
                *(Cell(_time(time), note=_note(time)) for time in times),
            )
        )
    note = "Alone: where a frame waits for nothing. The others are simulated."
    return Table("From a frame to its result", columns(*heads), tuple(rows), note=note)


def _place_cell(place: PlacePrediction) -> Cell:
    return Cell(place.place, "strong" if place.chosen else "", "chosen" if place.chosen else "")


def _note(time: Estimate | None) -> str:
    return "" if time is None or time.low == time.high else interval(time, duration)


def _takes(one: EdgePrediction) -> Table:
    """What each place takes and loses."""
    heads = columns("Place", "Busy>", "Lost>", "Available>", "Energy a month>", "Cost a month>")
    rows = tuple(
        row(
            _place_cell(place),
            Cell(percent(place.utilization), "bad" if place.utilization >= 1 else ""),
            NONE if place.lost is None else percent(place.lost.mean),
            Cell(percent(1 - place.unavailability), note=_up(place)),
            _energy(place),
            f"{bound(place.cost_at_least)}{money(place.cost)}",
        )
        for place in one.places
    )
    return Table("What each place takes", heads, rows)


def _up(place: PlacePrediction) -> str:
    return "all that are needed up" if place.place == "edge" else "link, zone and nodes up"


def _energy(place: PlacePrediction) -> Cell:
    if place.energy is None or place.per_frame is None:
        return Cell("not known")
    each = f"{format_scaled(place.per_frame, 'J')} a frame"
    return Cell(format_scaled(place.energy / _KWH * 1e3, "Wh"), note=each)


def rate(one: EdgePrediction) -> str:
    """Its throughput in words.

    Arguments:
        one: the prediction.
    """
    return _frames(one.throughput.mean, one)


def limited_by(one: EdgePrediction) -> str:
    """What holds it back, in a word or two.

    Arguments:
        one: the prediction.
    """
    return one.held_back_by


def answers(one: EdgePrediction, workload: Edge) -> Answers:
    """To the questions of whoever pays for it.

    Arguments:
        one: the prediction.
        workload: the description.
    """
    here = one.here
    finish = "in overload no mean exists: frames wait ever longer"
    if here.response is not None:
        finish = f"a result takes {_time(here.response)} on average, P95 {_time(here.p95)}"
    failure = _lost(here)
    if one.link is not None and workload.cloud is not None:
        failure += f"; the link is away {_outage(one)}"
    sooner = "; ".join(_turn(turn) for turn in one.turns)
    return Answers(
        speed=f"{rate(one)} are worked on of {_frames(one.frame_rate, one)}",
        limit=f"limited by {_bottleneck(here)}",
        finish=finish,
        failure=failure,
        ideal=f"alone a frame takes {duration(here.alone)}" + (f"; {sooner}" if sooner else ""),
    )


def tiles(one: EdgePrediction) -> tuple[Tile, ...]:
    """Its big figures, where it is alone.

    Arguments:
        one: the prediction.
    """
    here = one.here
    first = Tile("Frames", rate(one), f"{here.bottleneck} is busiest")
    if here.p95 is None:
        return (first, Tile("Result", "UNSTABLE", here.bottleneck))
    found = [first, Tile("Result, P95", duration(here.p95.mean), interval(here.p95, duration))]
    for turn in one.turns:
        if turn.queueing and turn.winner:
            found.append(Tile("Sooner", turn.winner, "with queueing"))
    return tuple(found)


def application(name: str, workload: Edge) -> str:
    """What it does, in words.

    Arguments:
        name: of the workload.
        workload: the description.
    """
    networks = ", ".join(workload.networks)
    where = "at the edge" if workload.place == "edge" else "in a cloud"
    return f"{name}: runs {networks} on frames of {many(workload.sensors.count, 'sensors')} {where}"


def platform(workload: Edge) -> str:
    """The software that it runs on.

    Arguments:
        workload: the description.
    """
    if workload.place == "edge":
        return f"{many(workload.device.count, 'devices')} beside the sensors"
    assert workload.cloud is not None  # the description demands it
    return many(workload.cloud.replicas, "replicas")


def described(workloads: Mapping[str, Edge]) -> Table:
    """All of its kind as they are described.

    Arguments:
        workloads: by name.
    """
    rows = tuple(
        row(
            name,
            f"{count(one.sensors.count)} at {format_rate(one.sensors.rate, _unit(one))}",
            ", ".join(one.networks),
            format_scaled(one.computation, "op"),
            platform(one),
        )
        for name, one in workloads.items()
    )
    heads = columns("Workload", "Sensors", "Networks", "A frame>", "On")
    return Table("Frames", heads, rows)


def _unit(workload: Edge) -> RateUnit:
    return rate_unit(workload.sensors.rate)


def performance(one: EdgePrediction, workload: Edge, key: str) -> Side:
    """Where the time goes.

    Arguments:
        one: the prediction.
        workload: the description.
        key: that tells drawings of one page apart.
    """
    rows: list[tuple[Picture | Table, ...]] = []
    loaded = [turn for turn in one.turns if turn.queueing]
    if one.by_bandwidth and loaded:
        drawing = response_against_bandwidth(one, loaded[0], f"{key}-link")
        caption = (
            "Mean from a frame to its result by the law, against the bandwidth of the link;"
            " dotted: the link as it is, and where it turns."
        )
        rows.append((Picture(drawing, caption),))
    rows += [(_times(one),), (_stations(one),), (_takes(one),)]
    if one.turns:
        rows.append((_turns(one),))
    return rows


def _stations(one: EdgePrediction) -> Table:
    heads = columns("Place", "Passes", "Takes>", "At most>", "Busy>", "Waiting>", "Dropped>")
    rows = tuple(
        _station_row(place, station, one) for place in one.places for station in place.stations
    )
    note = "; ".join(f"{place.place}: {place.source}" for place in one.places)
    return Table("What a frame passes", heads, rows, note=f"Computing: {note}.")


def _station_row(
    place: PlacePrediction, station: PlaceStation, one: EdgePrediction
) -> tuple[Cell, ...]:
    mark = "strong" if station.name == place.bottleneck else ""
    most = "no bound"
    if math.isfinite(station.capacity):
        most = format_rate(station.capacity, one.rate_unit, digits=4)
    return row(
        place.place,
        Cell(station.name, "strong" if mark else ""),
        duration(station.time),
        most,
        NONE if station.utilization is None else percent(station.utilization),
        _time(station.waiting),
        NONE if station.dropped is None else percent(station.dropped.mean),
    )


def _turns(one: EdgePrediction) -> Table:
    rows = tuple(
        row(
            "with queueing" if turn.queueing else "one frame alone",
            turn.winner or "neither",
            NONE if turn.edge is None else duration(turn.edge),
            NONE if turn.cloud is None else duration(turn.cloud),
            "at none" if math.isinf(turn.bandwidth) else bandwidth(turn.bandwidth),
            _below(turn),
        )
        for turn in one.turns
    )
    heads = columns("Of", "Sooner", "Edge>", "Cloud>", "Cloud from>", "Cloud below>")
    note = "Cloud from: the bandwidth, and below: the round trip, with which the cloud is sooner."
    return Table("Which is sooner", heads, rows, note=note)


def _below(turn: Turn) -> str:
    """The round trip below which the cloud is sooner; none where neither keeps up."""
    if not turn.winner:
        return NONE
    return "any" if math.isinf(turn.round_trip) else duration(turn.round_trip)


def spread(one: EdgePrediction, stack: Stack, key: str, runs: str) -> tuple[Picture, ...]:
    """Its replications are long runs; there is no spread of runs to show.

    Arguments:
        one: the prediction.
        stack: the description.
        key: that tells drawings of one page apart.
        runs: how many there are, in words.
    """
    return ()


def quantiles(one: EdgePrediction) -> tuple[tuple[Cell, ...], ...]:
    """Rows of mean, P50 and P95: from a frame to its result.

    Arguments:
        one: the prediction.
    """
    here = one.here
    if here.response is None or here.p50 is None or here.p95 is None:
        return ()
    three = (here.response, here.p50, here.p95)
    return (row(f"Result, {one.name}", *(Cell(duration(e.mean), note=_note(e)) for e in three)),)


def gap(one: EdgePrediction) -> tuple[Table, ...]:
    """The law beside the simulation.

    Arguments:
        one: the prediction.
    """
    rows = []
    for place in one.places:
        for what, law, seen in (
            ("mean", place.law_response, place.response),
            ("P95", place.law_p95, place.p95),
        ):
            written = NONE if law is None else duration(law)
            rows.append(row(f"Result at {_NAMES[place.place]}, {what}", written, _time(seen)))
        if place.simulated_away is not None:
            cells = percent(place.away), percent(place.simulated_away.mean)
            rows.append(row("Lost while the link is away", *cells))
    laws = "; ".join(f"{place.place}: {place.law}" for place in one.places)
    heads = columns("Quantity", "Law>", "Simulated>")
    note = f"Law: {laws}. {one.simulation[:1].upper()}{one.simulation[1:]}."
    return (Table("Law against simulation", heads, tuple(rows), note=note),)
