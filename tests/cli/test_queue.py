"""`windtunnel queue` as people and machines use it."""

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
NETWORKS = Path(__file__).parents[2] / "networks"
SMALL = ("--replications", 4, "--visits", 5000)


def test_law_and_simulation_are_side_by_side(cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "mm1.yaml", *SMALL)
    assert (outcome.code, outcome.err) == (0, "")
    assert "Law: M/M/1; exact" in outcome.out
    assert "Simulation: compiled engine, 4 replications of 5,000 services" in outcome.out
    lines = {line.split("  ")[0]: line for line in outcome.out.splitlines()}
    assert re.search(r"500 ms +\d+ ms +\d+ to \d+ ms +[+-]\d+\.\d+ %", lines["Response time"])
    assert re.search(r"Law +Simulation +95 % interval +Difference", outcome.out)
    assert "The law lies within the interval in " in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "\x1b" not in outcome.out


def test_laws_alone_need_no_simulation(cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "closed-three-jobs.yaml", "--no-simulation")
    assert outcome.code == 0
    assert "4.67/s" in outcome.out
    assert "Simulation" not in outcome.out


def test_a_network_without_a_law_is_simulated(cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "gpu-serving.yaml", *SMALL)
    assert outcome.code == 0
    assert "only the simulation answers: station gpu serves in batches" in outcome.out
    assert "Difference" not in outcome.out
    assert "95 % interval" in outcome.out


def test_an_unstable_network_prints_no_mean_and_is_exit_code_1(cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "overloaded-endpoint.yaml")
    assert outcome.code == 1
    assert "Law: UNSTABLE, more work arrives than can be served\n" in outcome.out
    assert "UNSTABLE: utilization 1.20 at station function" in outcome.out
    assert not re.search(r"\d (ms|s)\b", outcome.out)
    answer = json.loads(cli("queue", NETWORKS / "overloaded-endpoint.yaml", "--json").out)
    assert answer["law"]["stations"] == []
    assert answer["law"]["unstable"] == [{"station": "function", "utilization": pytest.approx(1.2)}]
    assert answer["simulation"] is None


def test_parts_of_no_period_are_refused(cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "mm1.yaml", "--intervals", 4)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--intervals goes with a network that follows one period" in outcome.err


def test_no_figure_at_all_is_exit_code_1(cli: Cli) -> None:
    """A script must not go on as if all were well where neither a law nor a run has said so."""
    path = NETWORKS / "autoscaling.yaml"
    outcome = cli("queue", path, "--no-simulation")
    assert outcome.code == 1
    assert "only the simulation answers" in outcome.out
    longer = ("--set", "stations.replicas.schedule.period=100000 d")
    longer += ("--set", "classes.requests.arrivals.period=100000 d")
    outcome = cli("queue", path, *longer)
    assert outcome.code == 1
    assert "Not simulated: a period of" in outcome.out


def test_a_changed_network_is_another_answer(cli: Cli) -> None:
    change = ("--set", "classes.calls.arrivals.rate=5/s", "--no-simulation")
    outcome = cli("queue", NETWORKS / "overloaded-endpoint.yaml", *change)
    assert outcome.code == 0
    assert "222 ms" in outcome.out


def test_json_is_for_machines_and_the_same_for_the_same_seed(cli: Cli) -> None:
    first = cli("queue", NETWORKS / "priorities.yaml", *SMALL, "--json")
    again = cli("queue", NETWORKS / "priorities.yaml", *SMALL, "--json")
    other = cli("queue", NETWORKS / "priorities.yaml", *SMALL, "--json", "--seed", 2)
    assert first.out == again.out != other.out
    assert not re.search(r"\b(NaN|Infinity)\b", first.out)
    answer = json.loads(first.out)
    assert answer["schema"] == "windtunnel-queue/1"
    assert re.fullmatch(r"[0-9a-f]{64}", answer["network_hash"])
    whole, high, low = answer["law"]["stations"]
    assert (whole["customer_class"], high["customer_class"]) == (None, "interactive")
    assert low["waiting_time_s"]["mean"] == pytest.approx(0.0875 / 0.21)
    assert high["waiting_time_s"]["method"] == "exact"
    simulated = answer["simulation"]["stations"][0]["response_time_s"]
    assert simulated["low"] < simulated["mean"] < simulated["high"]
    assert set(simulated) == {"mean", "low", "high", "confidence", "method"}
    percentiles = answer["simulation"]["classes"][0]["response_time_percentiles_s"]
    assert set(percentiles) == {"50", "95", "99"}


def test_a_period_is_told_by_interval(cli: Cli) -> None:
    path = NETWORKS / "reactive-scaling.yaml"
    outcome = cli("queue", path, *SMALL, "--intervals", 4)
    assert outcome.code == 0
    assert "Station replicas, by interval" in outcome.out
    assert "Within 500 ms" in outcome.out
    assert "which takes 4 replicas" in outcome.out.replace("\n", " ")
    assert max(map(len, outcome.out.splitlines())) <= 80
    told = json.loads(cli("queue", path, *SMALL, "--json").out)["simulation"]["intervals"]
    assert [one["start_s"] for one in told] == [0, 1200, 3000]
    [station], [customers] = told[1]["stations"], told[1]["classes"]
    assert station["servers"]["mean"] > 4.5
    assert 0 < customers["within_target"]["mean"] < 1
    assert set(customers["response_time_percentiles_s"]) == {"50", "95", "99"}


@pytest.mark.parametrize("path", sorted(NETWORKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_network_runs(path: Path, cli: Cli) -> None:
    outcome = cli("queue", path, "--replications", 2, "--visits", 2000)
    assert outcome.code == (1 if path.stem == "overloaded-endpoint" else 0)
    assert outcome.err == ""


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("compiled", [True, False])
def test_a_terminal_is_told_that_the_simulator_is_compiled_first(
    terminal: bool, compiled: bool, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.kernels.sources import kept_code
    from sim.queueing import simulate_network

    simulate = simulate_network.simulate

    def first_run(*arguments: Any, **options: Any) -> Any:
        if not compiled:
            assert kept_code(tmp_path).read("loop") is None
        return simulate(*arguments, **options)

    monkeypatch.setattr(simulate_network, "simulate", first_run)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    outcome = cli("queue", NETWORKS / "mm1.yaml", *SMALL)
    assert outcome.code == 0
    assert ("compiling the simulator, once" in outcome.err) == (terminal and not compiled)
    assert ("simulating runs" in outcome.err) == terminal
    if not terminal:
        assert outcome.err == ""


def test_check_knows_a_network_from_a_stack(stacks: Path, tmp_path: Path, cli: Cli) -> None:
    files = [*sorted(NETWORKS.glob("*.yaml")), *sorted(stacks.glob("*.yaml"))]
    outcome = cli("check", *files)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.count(": fine") == len(files)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: x\nstations: {a: {servers: 0}}\nclasses: {}\n", encoding="utf-8")
    outcome = cli("check", wrong, NETWORKS / "mm1.yaml")
    assert outcome.code == 2
    assert outcome.out.count(": fine") == 1
    assert f"{wrong}:2: stations.a.servers: must be at least 1" in outcome.err
    assert "workloads" not in outcome.err


def test_the_reference_engine_answers_as_well(cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "mm1.yaml", *SMALL, "--engine", "simpy")
    assert outcome.code == 0
    assert "simpy engine" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--half-width", "1"), "--half-width: "),
        (("--half-width", "1"), "has no unit"),
        (("--half-width", "0 %"), "--half-width is 0; it must be above 0"),
        (("--half-width", "wide"), "is not a fraction"),
        (("--antithetic", "--replications", 3), "--antithetic needs an even"),
        (("--replications", 1, "--half-width", "1 %"), "--half-width needs 2 or more"),
        (("--scheduler", "tcp://localhost:1"), "goes with --backend dask or ray"),
        (("--engine", "steam"), "steam"),
        (("--visits", 1), "visits"),
        (("--set", "stations.server.servers=0"), "must be at least 1"),
        (("--set", "stations.sever.servers=1"), "does not exist"),
        (("--set", "servers"), "is not PATH=VALUE"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[object, ...], says: str, cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "mm1.yaml", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert "Traceback" not in outcome.err


def test_a_cluster_that_is_not_named_is_exit_code_3(cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "mm1.yaml", "--backend", "dask")
    assert outcome.code == 3
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"- 1\n", "is not a mapping"),
        (b"name: x\n", "stations: is required"),
        (b"name: x\nstations: {a: {}}\nclasses: {}\n", "classes: must have at least one entry"),
        (bytes(range(256)), "is not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_network_is_refused(
    content: bytes, says: str, tmp_path: Path, cli: Cli
) -> None:
    path = tmp_path / "network.yaml"
    path.write_bytes(content)
    outcome = cli("queue", path)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err
    assert all(line.startswith(f"{path}") for line in outcome.err.splitlines())


def test_a_missing_file_names_the_nearest(cli: Cli) -> None:
    outcome = cli("queue", NETWORKS / "mm11.yaml")
    assert outcome.code == 2
    assert "did you mean" in outcome.err


def test_the_schema_of_a_network(cli: Cli) -> None:
    schema = json.loads(cli("schema", "network").out)
    assert set(schema["required"]) == {"name", "stations", "classes"}
    assert schema["additionalProperties"] is False
    parts = [schema, *schema["$defs"].values()]
    keys = [(key, value) for part in parts for key, value in part["properties"].items()]
    assert [key for key, value in keys if not value.get("description")] == []


def test_the_compiler_is_not_loaded_where_nothing_is_simulated() -> None:
    program = (
        "import sys, windtunnel\n"
        f"file = windtunnel.load_network({str(NETWORKS / 'mm1.yaml')!r})\n"
        "assert windtunnel.solve(file).method == 'exact'\n"
        "import models.parts.read_stack, sim.predict, reports.terminal\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_notebook_has_both_answers() -> None:
    import windtunnel

    file = windtunnel.load_network(NETWORKS / "mm1.yaml")
    law = windtunnel.solve(file)
    simulated = windtunnel.simulate(file, seed=3, replications=4, visits=5000)
    assert law.network == simulated.network == "mm1"
    assert simulated.method == "simulation"


def test_shares_percentiles_and_servers_are_told_when_asked(cli: Cli) -> None:
    """Erlang C for 250 calls an hour of 330 s: 28 agents answer 85.7 % within 30 s, 27 78.2 %."""
    asked = ("--within", "30 s", "--percentile", "80", "--servers-for", "80 %")
    path = NETWORKS / "call-center.yaml"
    outcome = cli("queue", path, "--no-simulation", *asked)
    assert outcome.code == 0
    assert re.search(r"Waiting ≤ 30 s +85.7 %", outcome.out)
    assert re.search(r"agents +80.0 % within 30 s +28 +85.7 % +— +78.2 %", outcome.out)
    assert "Waiting P80" in outcome.out
    several = cli("queue", path, "--no-simulation", "--percentile", "99.5 %", "--percentile", "P80")
    waits = re.findall(r"Waiting (P[\d.]+)", several.out)
    assert waits == ["P80", "P95", "P99.5"]
    both = cli("queue", path, *SMALL, *asked, "--json")
    tree = json.loads(both.out)
    assert tree["simulation"]["stations"][0]["waiting_within"]["30"]["mean"] > 0.8
    assert tree["enough_servers"][0]["servers"] == 28
    assert max(map(len, cli("queue", path, *SMALL, *asked).out.splitlines())) <= 80


def test_a_percentile_near_100_keeps_its_name_and_says_that_few_are_beyond_it(cli: Cli) -> None:
    path, asked = NETWORKS / "mm1.yaml", ("--percentile", "99.99999")
    outcome = cli("queue", path, *SMALL, *asked)
    assert "Response P99.99999" in outcome.out
    assert "P100" not in outcome.out
    assert "beyond their P99.99999" in " ".join(outcome.out.split())
    tree = json.loads(cli("queue", path, *SMALL, *asked, "--json").out)
    [station] = tree["law"]["stations"]
    # M/M/1: exponential with a mean of 1 / (10 - 8) s.
    assert station["response_time_percentiles_s"]["99.99999"]["mean"] == pytest.approx(
        0.5 * math.log(1e7), rel=1e-6
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--within", "30"), "--within: '30' has no unit; a duration is written like '12 h'"),
        (("--percentile", "100"), "--percentile is 100; it must be above 0 and below 100"),
        (("--percentile", "most"), "--percentile: 'most' is no percentile; write 80, 99.9 or P80"),
        (("--servers-for", "80 %"), "--servers-for goes with --within, such as --within '30 s'"),
        (("--servers-for", "80", "--within", "1 s"), "--servers-for: '80' has no unit"),
    ],
)
def test_questions_out_of_range_are_refused(cli: Cli, options: Any, message: str) -> None:
    outcome = cli("queue", NETWORKS / "mm1.yaml", *options)
    assert outcome.code == 2
    assert outcome.err.startswith(message)
