"""`windtunnel explore`: the page in a browser, and who may not reach it."""

import asyncio
import contextlib
import itertools
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bokeh.core.properties import value

from models.catalog.records import Catalog
from models.reading.document import read_document
from sim.choosing.what_if import knobs, others, what_if
from tests.commands import chromium

ROOT = Path(__file__).parents[2]
AWS = ROOT / "stacks" / "resnet50-imagenet-aws.yaml"
GPUS = ROOT / "stacks" / "gpu-endpoint.yaml"
LAMBDA = ROOT / "stacks" / "lambda-endpoint.yaml"
VERDICT = "Bokeh.documents[0].get_model_by_name('head').text"


@contextlib.contextmanager
def explored(stack: Path, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The page of a stack, served from a folder by a process of its own; its address."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "windtunnel.py", "explore", stack, "--no-open", "--port", "0"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[0]
        yield address, process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.skipif(chromium.PROGRAM is None, reason="no Chromium is installed")
def test_a_move_in_the_browser_is_followed_and_saved(tmp_path: Path) -> None:
    async def drive() -> None:
        tab = chromium.Chromium(tmp_path / "profile")
        try:
            with explored(AWS, tmp_path) as (address, _):
                await tab.open(address)
                await tab.when(f"{VERDICT}.includes('All 3 objectives are met')")
                model = "Bokeh.documents[0].get_model_by_name"
                await tab.evaluate(f"{model}('nodes.trainers.count').value = 1")
                await tab.when(f"{VERDICT}.includes('deadline')")
                await tab.when(f"!{VERDICT}.includes('All 3 objectives are met')")
                points = f"{model}('frontier').renderers[1].data_source.data.x.length"
                await tab.when(f"{points} > 2")  # which come after the verdict
                # What the page shows is drawn, not only known.
                deep = "[...document.querySelectorAll('*')].some(e => e.shadowRoot)"
                assert await tab.evaluate(deep)
                await tab.evaluate(f"{model}('nodes.trainers.instance').value = 'p9.none'")
                await tab.when(f"{VERDICT}.includes('p9.none')")
                assert not await tab.evaluate(f"{VERDICT}.includes('--set')")
                await tab.evaluate(f"{model}('nodes.trainers.instance').value = 'p5.48xlarge'")
                await tab.when(f"{VERDICT}.includes('All 3 objectives are met')")
                click = "trigger_event(new (Bokeh.require('core/bokeh_events').ButtonClick)())"
                await tab.evaluate(f"{model}('save').{click}")
                await tab.when(f"{model}('said').text.includes('saved')")
                await tab.telephone()  # which shows all of it in its width
                await tab.when("document.documentElement.scrollWidth == 390")
        finally:
            await tab.close()

    asyncio.run(drive())
    saved = (tmp_path / "what-if.yaml").read_text()
    assert "instance: p5.48xlarge" in saved
    assert re.search(r"^    count: 1$", saved, re.MULTILINE)


def test_ctrl_c_ends_it_and_another_name_is_refused(tmp_path: Path) -> None:
    with explored(LAMBDA, tmp_path) as (address, process):
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address) as answered:
            assert b"Bokeh" in answered.read()
        elsewhere = urllib.request.Request(address, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(elsewhere)
        assert refused.value.code == 403
        refused.value.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def test_a_port_in_use(cli: Callable[..., Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = cli("explore", LAMBDA, "--no-open", "--port", port)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith(f"port {port} is in use; take another with --port")


def test_without_bokeh_it_says_what_to_install(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("commands.explore_page", "commands.explore_server"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "bokeh", None)
    monkeypatch.setitem(sys.modules, "bokeh.document", None)
    outcome = cli("explore", LAMBDA)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == "the page needs Bokeh: python -m pip install 'windtunnel[explore]'\n"


def test_what_may_be_moved(catalog: Catalog) -> None:
    found = {one.path: one for one in knobs(read_document(AWS), catalog)}
    assert {"nodes.trainers.count", "nodes.trainers.purchase", "storage.imagenet.service"} <= set(
        found
    )
    assert found["nodes.trainers.count"].counted
    assert found["workloads.train.epochs"].value == 90
    (rate,) = [one for one in knobs(read_document(LAMBDA), catalog) if one.path.endswith(".rate")]
    assert rate.value == "5/s"
    copies = {one.path: one for one in knobs(read_document(LAMBDA), catalog)}
    function = copies["workloads.api.stages.function.function.concurrency"]
    assert (function.value, function.counted) == (1, True)


def test_nothing_is_moved_twice_and_demand_of_a_day_as_a_whole(catalog: Catalog) -> None:
    from commands.explore_page import _value

    found = knobs(read_document(GPUS), catalog)
    paths = [one.path for one in found]
    assert len(paths) == len(set(paths))
    (load,) = [one for one in found if one.hours]
    assert (load.path, load.value) == ("workloads.classify.requests.by_hour", 1.0)
    assert _value(load, 2.5)[:3] == ["2/s", "1.5/s", "1/s"]


def test_what_follows_takes_about_a_second(catalog: Catalog) -> None:
    document, changes = read_document(AWS), {"nodes.trainers.count": 8}
    what_if(document, catalog, {}, 1)  # what is compiled once is not counted
    started = time.process_time()
    shown = what_if(document, catalog, changes, 1)
    found = list(others(shown, document, catalog, changes, 1))
    assert time.process_time() - started < 3.0
    counts = [int(one.name) for one in found]
    assert counts[0] == 8  # the nearest comes first
    assert [abs(one - 8) for one in counts] == sorted(abs(one - 8) for one in counts)
    assert len(counts) > 5


def test_an_endpoint_has_other_numbers_of_replicas(catalog: Catalog) -> None:
    from commands.explore_plots import TimePlot

    document = read_document(LAMBDA)
    shown = what_if(document, catalog, {}, 1)
    assert shown.counted is not None
    assert shown.counted.called == "requests at once in function"
    found = list(itertools.islice(others(shown, document, catalog, {}, 1), 2))
    time = TimePlot()
    time.show(shown, found)
    assert time.title.text == "Cost against time, by requests at once in function"
    assert time.points.data["count"] == ["1", "2"]
    assert time.wanted.label == value("wanted: 1 s")


def test_the_plots_show_what_is_wanted(catalog: Catalog) -> None:
    from commands.explore_plots import LoadPlot, TimePlot

    shown = what_if(read_document(LAMBDA), catalog, {}, 1)
    load = LoadPlot()
    load.show(shown)
    # P95 within 1 s is asked; 5 requests/s come.
    assert load.title.text == "Response of api against load"
    assert load.wanted.label == value("wanted: P95 within 1 s")
    assert load.expected.label == value("expected: 5/s")
    assert load.plot.yaxis.axis_label == "seconds"
    assert load.limit.data["y"] == [1.0, 1.0]
    assert load.comes.data["x"] == [5.0, 5.0]
    shown = what_if(read_document(AWS), catalog, {}, 1)
    load.show(shown)
    assert not load.plot.visible
    time = TimePlot()
    time.show(shown, list(others(shown, read_document(AWS), catalog, {}, 1)))
    assert time.title.text == "Cost against time, by trainers"
    assert time.wanted.label == value("wanted: 1 h")
    assert time.plot.xaxis.axis_label == "P95 of the time, hours"
    assert time.limit.data["x"] == [1.0, 1.0]
    time.show(None)
    assert not time.plot.visible
