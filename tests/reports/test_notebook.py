"""What a notebook shows of a prediction."""

import json
from pathlib import Path

import pytest

import windtunnel
from models.prediction import Prediction
from reports import json_report, notebook

STACKS = Path(__file__).parents[2] / "stacks"


@pytest.fixture(scope="module")
def prediction() -> Prediction:
    return windtunnel.predict(windtunnel.load(STACKS / "flask-endpoint.yaml"), replications=20)


def test_a_table_has_the_figures_of_the_json_with_their_units(prediction: Prediction) -> None:
    table = windtunnel.frame(prediction).set_index(["of", "figure"])
    tree = json.loads(json_report.as_json(prediction))
    [shop] = tree["workloads"]
    p95 = table.loc[("shop", "p95")]
    assert p95[["value", "low", "high"]].tolist() == [
        shop["p95_s"][k] for k in ("mean", "low", "high")
    ]
    assert (p95["unit"], p95["method"]) == ("s", "simulation")
    assert table.loc[("cost", "monthly")]["value"] == tree["cost"]["monthly_usd_per_month"]
    assert table.loc[("cost", "run_p95")]["value"] == tree["cost"]["run_usd"]["p95"]["mean"]


def test_a_cell_that_ends_with_a_prediction_shows_it(
    prediction: Prediction, monkeypatch: pytest.MonkeyPatch
) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    # IPython warns where another environment is active than the one that it runs in.
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    shell = InteractiveShell.instance()
    try:
        notebook.show_in_notebooks()
        shown, _ = shell.display_formatter.format(prediction)
    finally:
        InteractiveShell.clear_instance()
    assert "<b>flask-endpoint</b>" in shown["text/html"]
    assert "latency: met" in shown["text/html"]
    assert "<td>p95</td>" in shown["text/html"]
