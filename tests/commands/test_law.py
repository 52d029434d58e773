"""`windtunnel law`: the laws by name, asked with figures."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from models.reading import law_book

Cli = Callable[..., Any]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        # 250 calls an hour of 330 s, four in five answered within 30 s (Erlang C): 28 agents.
        (
            [
                *("servers_for_waiting_time", "arrival_rate=250/h", "service_rate=0.18181818/min"),
                *("p=80 %", "longest=30 s"),
            ],
            "28",
        ),
        (["m_m_1", "arrival_rate=8", "service_rate=10"], "response_time 0.5"),
        (["equal_jobs", "jobs=18", "at_once=4", "run_time=1 h"], "18000"),  # ceil(18/4) h
        # Bounds of Muntz and Wong: 2 stations of 0.1 and 0.2 s, 3 customers: at most 1/0.2 = 5/s.
        (["asymptotic_bounds", "demands=[100 ms, 0.2]", "population=3"], "5"),
        # A run that never fails takes its work and its checkpoints; a record of figures.
        (
            ["expected_wall_time", "work=10 h", "interval=.inf", "write_time=0", "mttf=.inf"],
            "36000",
        ),
    ],
)
def test_a_law_answers_with_figures_and_its_source(asked: list[str], answer: str, cli: Cli) -> None:
    outcome = cli("law", *asked)
    assert outcome.code == 0
    assert answer in " ".join(outcome.out.split())
    assert "Source: " in outcome.out


def test_json_has_the_law_what_it_was_asked_and_its_answer(cli: Cli) -> None:
    found = json.loads(cli("law", "erlang_b", "servers=15", "offered_load=10", "--json").out)
    assert found["law"] == "queueing.markovian.erlang_b"
    assert found["arguments"] == {"servers": 15, "offered_load": 10}
    assert found["answer"] == pytest.approx(0.03649694547237079)  # Erlang's table
    assert "Erlang (1917)" in found["source"]


def test_without_figures_topics_laws_and_what_a_law_asks_for_are_listed(cli: Cli) -> None:
    topics = cli("law").out
    assert "queueing.markovian" in topics
    assert "storage.seek" in topics
    assert "erlang_c" in cli("law", "queueing").out
    explained = cli("law", "erlang_c").out
    assert "servers       1 or more." in explained
    assert "Ask it: windtunnel law erlang_c servers=... offered_load=..." in explained


def test_a_law_of_texts_is_asked_with_texts(cli: Cli) -> None:
    assert '["dir/f2"]' in cli("law", "deleted", "keys=[dir/f1, dir/f2]", "key=dir/f1").out
    assert "True" in cli("law", "matches", "pattern=[a]*", "text=[a]b").out
    counted = cli("law", "word_count", "texts=to be or not to be", "reducers=2").out
    assert "pairs     4" in counted


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["erlang_d"], "unknown law 'erlang_d'; did you mean 'erlang_c'?"),
        (["erlang_c", "servers=2"], "erlang_c asks for offered_load too"),
        (["erlang_c", "serves=1"], "did you mean 'servers'?"),
        (["erlang_c", "of=1"], "erlang_c asks for servers, offered_load"),
        (["erlang_c", "servers=many", "offered_load=1"], "servers: 'many': is no figure"),
        (["erlang_c", "servers=2", "servers=3"], "servers is given twice"),
        (["erlang_c", "2"], "'2' is not NAME=FIGURE"),
        (["deleted", "keys=[dir/f1", "key=f"], "keys: '[dir/f1' is no list of texts"),
        (["erlang_c", "servers=[", "offered_load=1"], "servers: '['"),
        (["erlang_c", "servers={a: 1}", "offered_load=1"], "keys and values"),
        (["erlang_c", "servers=[1]", "offered_load=1"], "erlang_c: "),
        (["equal_jobs", "jobs=1.5", "at_once=1", "run_time=1"], "must be a whole number"),
        (
            [
                *("latent_defect_data_loss", "disks=8", "tolerated=1", "mttf=1e6 h", "mttr=12 h"),
                *("disk_bytes=4 TB", "repair=sometimes", "defect_rate=1e-4/h", "scrub_time=1 d"),
                "mission=1 year",
            ],
            "repair is 'sometimes'; it is one of serial, parallel",
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_leaves_with_2(asked: list[str], said: str, cli: Cli) -> None:
    outcome = cli("law", *asked)
    assert outcome.code == 2
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


def test_no_steady_state_leaves_with_1(cli: Cli) -> None:
    outcome = cli("law", "m_m_1", "arrival_rate=3", "service_rate=1")
    assert outcome.code == 1
    assert outcome.out.startswith("UNSTABLE: utilization 3.00")


def test_every_law_in_the_book_says_what_it_wants_and_where_it_is_from() -> None:
    book = law_book.laws()
    assert len(book) > 100
    for name, law in book.items():
        assert law.says.endswith("."), name
        assert law.source, name
        assert all(one.meaning for one in law.arguments), name
