"""An endpoint whose figures a test says."""

from typing import Any

from models.description.quantities import rate_unit
from models.prediction import Distribution, Estimate
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.endpoint_answer import EndpointPrediction, LoadPoint, WantedLatency

ONE = Estimate.exact(1.0)


def predicted(latency: WantedLatency | None, **keys: Any) -> EndpointPrediction:
    """Of which P95 is three times the mean, and what is wanted five times."""
    points = tuple(
        LoadPoint(rate, 0.1 * rate, 0.3 * rate, 0.5 * rate if latency else None, rate / 5)
        for rate in (1.0, 2.0, 3.0, 4.0)
    )
    known: dict[str, Any] = {
        "completion": None,
        "cost": Distribution(ONE, ONE, ONE, samples=(1.0,)),
        "unavailability": 0.0,
        "available": ONE,
        "throughput": ONE,
        "arrival_rate": 2.0,
        "highest_rate": 2.0,
        "rate_unit": rate_unit(2.0),
        "unstable": (),
        "serves_highest_load": True,
        "stages": (),
        "law": "",
        "law_response": None,
        "law_loss": None,
        "response": ONE,
        "p50": ONE,
        "p95": ONE,
        "p99": ONE,
        "latency": latency,
        "target": None,
        "within_target": None,
        "loss": None,
        "hours": (),
        "bottleneck": "web",
        "remedy": "",
        "capacity": 5.0,
        "highest_load_keeps": "",
        "highest_load": None,
        "load": points,
        "load_source": "by the law",
        "cases": (),
        "hourly": 1.0,
        "hourly_is_mean": False,
        "monthly": 730.0,
        "per_thousand": None,
        "simulation": "",
        "independent": 8,
    }
    return EndpointPrediction(
        name="api", kind="endpoint", mode=DeploymentMode.MODEL_SERVER, **known | keys
    )


def wanted(percentage: float, at_most: float, of_objective: bool = True) -> WantedLatency:
    """A latency that is asked for, and reached in 1 s."""
    return WantedLatency(percentage, at_most, of_objective, ONE)
