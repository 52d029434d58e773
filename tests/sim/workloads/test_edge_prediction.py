"""Frames over time: both places simulated beside the law, in answer, terminal and report."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from models.catalog.load import load_catalog
from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.workloads.edge import Edge
from models.prediction import Prediction
from models.prediction.edge_answer import EdgePrediction
from reports.json_report import as_json
from reports.workloads import edge as report
from sim.predict import predict

HERE = "workloads.cameras"
Predicted = Callable[..., tuple[Prediction, EdgePrediction]]


@pytest.fixture
def predicted(catalog: Catalog, stacks: Path) -> Predicted:
    def one(stack: str = "edge-cameras", **changes: object) -> tuple[Prediction, EdgePrediction]:
        paths = {f"{HERE}.{key.replace('__', '.')}": value for key, value in changes.items()}
        file = read_stack(stacks / f"{stack}.yaml", catalog, paths)
        whole = predict(file, catalog, replications=50, jobs=1)
        [answer] = whole.workloads
        assert isinstance(answer, EdgePrediction)
        return whole, answer

    return one


def test_the_simulation_is_near_the_law(predicted: Predicted) -> None:
    _, one = predicted()
    for place in one.places:
        assert place.response is not None
        assert place.law_response == pytest.approx(place.response.mean, rel=0.02)
    away = one.places[1].simulated_away
    assert away is not None
    assert away.mean == pytest.approx(one.places[1].away, rel=0.1)


def test_frames_that_find_a_full_queue_are_dropped(predicted: Predicted) -> None:
    _, one = predicted(sensors__arrivals="random", device__queue_limit=0)
    here = one.here
    assert here.dropped is not None
    assert here.lost is not None
    # M/D/1/1 loses rho / (1 + rho), by Erlang, whatever its service.
    busy = here.stations[0].utilization or 0.0
    assert here.dropped.mean == pytest.approx(busy / (1 + busy), rel=0.02)
    assert here.lost.mean == pytest.approx(1 - (1 - here.dropped.mean) * (1 - here.away))
    assert one.throughput.mean == pytest.approx(360 * (1 - here.lost.mean))


def test_the_energy_of_the_stack_is_that_of_its_devices(predicted: Predicted) -> None:
    whole, one = predicted()
    assert whole.energy is not None
    # Twelve devices between 15 W and 60 W, busy 68.7 % of the time, for a month of 730 h.
    watts = 12 * (15 + 45 * 0.687)
    assert whole.energy.computing == pytest.approx(watts, rel=0.01)
    assert whole.energy.run.mean.mean == pytest.approx(one.here.energy, rel=1e-6)
    assert predicted(device__power=None, device__idle_power=None)[0].energy is None


def test_at_the_edge_nothing_of_the_cloud_is_needed(predicted: Predicted) -> None:
    whole, one = predicted()
    assert [block.block.name for block in whole.availability.blocks] == ["cameras devices"]
    _, far = predicted("cloud-cameras")
    assert far.unavailability < one.unavailability
    assert far.unavailability == pytest.approx(one.places[1].unavailability)


def test_each_place_costs_in_a_month_what_its_lines_say(predicted: Predicted) -> None:
    for stack in ("edge-cameras", "cloud-cameras"):
        _, one = predicted(stack)
        for place in one.places:
            hourly = sum(line.least_hourly for line in place.lines)
            assert place.cost == pytest.approx(730 * hourly)
        assert one.cost.mean.mean == pytest.approx(one.here.cost, rel=0.01)


def test_in_overload_there_is_no_time(predicted: Predicted) -> None:
    whole, one = predicted(device__peak="30 TOPS")
    assert one.overloaded
    assert one.p95 is None
    assert one.loss is None
    assert any("has no steady state" in found.text for found in whole.warnings)
    assert ("UNSTABLE", "device: frames wait ever longer") in report.lines(one, _described(one))


def test_where_neither_keeps_up_no_place_is_said_to_be_sooner(predicted: Predicted) -> None:
    _, one = predicted(device__peak="30 TOPS", link__bandwidth="100 Mbps")
    said = dict(report.lines(one, _described(one)))
    assert said["It turns"] == "the cloud keeps up from 173 Mbps on (it is 100 Mbps)"
    _, one = predicted(device__peak="3 TOPS", cloud__replicas=1)
    said = dict(report.lines(one, _described(one)))
    assert said["It turns"] == "neither keeps up, by any link"
    parts = [part for row in report.performance(one, _described(one), "key") for part in row]
    [turns] = [part for part in parts if getattr(part, "caption", "") == "Which is sooner"]
    assert isinstance(turns, report.Table)
    assert [cell.text for cell in turns.rows[1]][1:] == ["neither", "—", "—", "at none", "—"]


def test_where_one_device_can_not_keep_up_the_others_do(predicted: Predicted) -> None:
    _, one = predicted(device__count=11)  # one of them has two cameras
    assert one.overloaded
    assert one.throughput.mean == pytest.approx(10 * 30 + one.here.stations[0].capacity / 6)


def _described(one: EdgePrediction) -> Edge:
    stacks = Path(__file__).parents[3] / "stacks"
    described = read_stack(stacks / "edge-cameras.yaml", load_catalog()).stack.workloads[one.name]
    assert isinstance(described, Edge)
    return described


def test_json_has_both_places_with_units(predicted: Predicted) -> None:
    whole, _ = predicted()
    [tree] = json.loads(as_json(whole))["workloads"]
    assert tree["operations_operations_per_s"] == pytest.approx(341.5e12, rel=1e-3)
    assert [place["place"] for place in tree["places"]] == ["edge", "cloud"]
    assert tree["places"][0]["cost_usd_per_month"] == pytest.approx(660, abs=1)
    assert tree["turns"][0]["winner"] == "cloud"
    assert tree["turns"][1]["bandwidth_bytes_per_s"] == pytest.approx(28.3e6, rel=0.01)


def test_the_report_draws_the_cloud_by_other_links(predicted: Predicted) -> None:
    _, one = predicted()
    [picture] = report.performance(one, _described(one), "a")[0]
    assert isinstance(picture, report.Picture)
    assert "it turns" in picture.drawing
    assert "as it is" in picture.drawing


def test_a_place_without_a_cloud_stands_alone(predicted: Predicted) -> None:
    _, one = predicted(cloud=None, link=None)
    assert [place.place for place in one.places] == ["edge"]
    assert one.turns == ()
    assert one.link is None
