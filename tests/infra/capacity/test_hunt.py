"""A hunt keeps the first success, deletes the others, and spends no more than it may."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.capacity.cleaning import Remover, clean, resume
from infra.capacity.cloud import Refused
from infra.capacity.hunt import Hunt, Terms
from infra.capacity.journal import Creation, Journal, JournalInUse, State, UnreadableJournal
from models.capacity.refusal import Kind
from models.capacity.search_order import Prospect, SearchOrder
from tests.infra.capacity.clouds import Answer, Cloud, Time, places

OPENED: list[Journal] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def opened(path: Path) -> Journal:
    OPENED.append(Journal(path))
    return OPENED[-1]


def hunt(
    folder: Path,
    answer: Answer = lambda creation: None,
    *,
    terms: Terms | None = None,
    zones: int = 12,
    price: float | None = 2.0,
) -> tuple[Hunt, Cloud]:
    cloud = Cloud(answer)
    order = SearchOrder([Prospect(one, price) for one in places(zones)])
    numbers = itertools.count(1)
    found = Hunt(
        order=order,
        cloud=cloud,
        journal=opened(folder / "hunt.jsonl"),
        terms=terms or Terms(4, 100.0, 3600.0),
        time=Time(),
        names=(f"wt-{k}" for k in numbers),
        price=lambda place: price,
    )
    return found, cloud


def test_first_success_is_kept(tmp_path: Path) -> None:
    found, cloud = hunt(tmp_path)
    found.run()
    assert [one.kept for one in found.tries] == [True]
    assert list(cloud.living) == ["wt-1"]
    assert [one.state for one in found.journal.creations.values()] == [State.KEPT]


def test_goes_on_to_ten_zones_and_deletes_what_is_too_much(tmp_path: Path) -> None:
    found, cloud = hunt(tmp_path, terms=Terms(4, 100.0, 3600.0, zones=10))
    found.run()
    assert len({one.place.zone for one in found.tries}) == 10
    assert [one.kept for one in found.tries] == [True] + [False] * 9
    assert list(cloud.living) == ["wt-1"]


def test_lists_that_are_behind_hide_nothing(tmp_path: Path) -> None:
    """Amazon EC2 API reference, "Eventual consistency": lists show a new instance later."""
    found, cloud = hunt(tmp_path, terms=Terms(4, 100.0, 3600.0, zones=4))
    cloud.behind = 3
    found.run()
    assert list(cloud.living) == ["wt-1"]
    states = [one.state for one in found.journal.creations.values()]
    assert states == [State.KEPT, *[State.GONE] * 3]


def test_what_can_never_be_paid_is_not_waited_for(tmp_path: Path) -> None:
    found, cloud = hunt(tmp_path, terms=Terms(4, 1.0, 3600.0, lasting=6 * 3600.0))
    found.run()
    assert found.time.slept == []  # type: ignore[attr-defined]
    assert len(found.beyond_limit) == 12
    assert cloud.asked == []


def test_a_reservation_counts_until_it_has_ended_for_certain(tmp_path: Path) -> None:
    terms = Terms(4, 3.9, 3600.0, reservation=True)  # 2 USD/h for an hour, and one more
    found, _ = hunt(tmp_path, terms=terms)
    found.run()
    assert found.tries == []


def test_a_journal_that_can_t_be_written_keeps_nothing_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, cloud = hunt(tmp_path, terms=Terms(4, 100.0, 3600.0, zones=3))

    def full(event: object) -> None:
        raise OSError("no space left")

    def last(creation: Creation) -> Kind | None:
        if len(cloud.living) == 1:
            monkeypatch.setattr(found.journal, "_write", full)
        return None

    cloud.answer = last
    with pytest.raises(OSError, match="no space left"):
        found.run()
    assert cloud.living == {}


def test_a_stockout_leads_to_the_next_place(tmp_path: Path) -> None:
    zones = ("region-0a", "region-0b")
    found, cloud = hunt(tmp_path, lambda one: Kind.STOCKOUT if one.place.zone in zones else None)
    found.run()
    assert [one.refusal is None for one in found.tries] == [False, False, True]
    assert len(cloud.living) == 1


def test_quota_is_never_retried(tmp_path: Path) -> None:
    """A quota of a region rules all its zones out, however long the hunt lasts."""
    found, cloud = hunt(
        tmp_path, lambda one: Kind.QUOTA, terms=Terms(4, 100.0, 3600.0, lasting=86_400.0)
    )
    found.run()
    created = [zone for what, zone in cloud.asked if what == "create"]
    assert created == ["region-0a", "region-1a", "region-2a", "region-3a"]


def test_transient_is_backed_off(tmp_path: Path) -> None:
    answers = iter([Kind.TRANSIENT, Kind.TRANSIENT, Kind.TRANSIENT, None])
    found, _ = hunt(tmp_path, lambda one: next(answers), zones=1)
    found.run()
    assert found.tries[-1].kept
    assert len(found.tries) == 1
    assert found.time.slept == [1.0, 2.0, 4.0]  # type: ignore[attr-defined]


def test_a_busy_cloud_is_left_after_a_while(tmp_path: Path) -> None:
    found, cloud = hunt(tmp_path, lambda one: Kind.TRANSIENT, zones=2)
    found.run()
    assert [what for what, _ in cloud.asked].count("create") == 10
    assert len(found.tries) == 2


def test_a_stockout_is_tried_again_later(tmp_path: Path) -> None:
    found, cloud = hunt(tmp_path, zones=2, terms=Terms(4, 100.0, 3600.0, lasting=3600.0))
    start = found.time.now()
    cloud.answer = lambda one: Kind.STOCKOUT if found.time.now() < start + 1000.0 else None
    found.run()
    assert found.tries[-1].kept
    assert found.time.now() < start + 1300.0
    counts = [zone for what, zone in cloud.asked if what == "create"]
    assert 3 <= len(counts) <= 5


def test_what_stops_deletes_what_was_kept(tmp_path: Path) -> None:
    answers = iter([None, Kind.NO_PERMISSION])
    terms = Terms(4, 100.0, 3600.0, zones=5)
    found, cloud = hunt(tmp_path, lambda one: next(answers), terms=terms)
    with pytest.raises(Refused):
        found.run()
    assert cloud.living == {}
    assert not any(one.may_exist for one in found.journal.creations.values())


def test_ctrl_c_deletes_everything(tmp_path: Path) -> None:
    found, cloud = hunt(tmp_path, terms=Terms(4, 100.0, 3600.0, zones=5))

    def interrupt(creation: Creation) -> Kind | None:
        if len(cloud.living) == 1:
            raise KeyboardInterrupt
        return None

    cloud.answer = interrupt
    with pytest.raises(KeyboardInterrupt):
        found.run()
    assert cloud.living == {}
    assert not any(one.may_exist for one in found.journal.creations.values())


def test_limit_is_never_passed(tmp_path: Path) -> None:
    """Everything at its full life costs no more: 2 USD/h for two hours fits twice into 9 USD."""
    terms = Terms(4, 9.0, 7200.0, zones=10)
    found, cloud = hunt(tmp_path, terms=terms)
    found.run()
    assert len(found.tries) > 2  # what is deleted no longer counts whole
    (tmp_path / "small").mkdir()
    small, cloud = hunt(tmp_path / "small", terms=Terms(4, 3.9, 7200.0))
    small.run()
    assert small.tries == []
    assert len(small.beyond_limit) == 12
    assert cloud.asked == []


def test_unknown_price_is_not_zero(tmp_path: Path) -> None:
    found, cloud = hunt(tmp_path, price=None)
    found.run()
    assert cloud.asked == []
    assert len(found.unpriced) == 12


def test_what_a_refused_creation_left_is_deleted(tmp_path: Path) -> None:
    found, cloud = hunt(tmp_path, lambda one: Kind.STOCKOUT, zones=1)
    cloud.partly = 2
    found.run()
    assert ("delete", "region-0a") in cloud.asked
    assert cloud.living == {}


def test_a_lost_answer_is_looked_into(tmp_path: Path) -> None:
    """What was created although no answer came is found, deleted and asked for again."""
    answers = iter([Kind.NO_ANSWER, None])
    found, cloud = hunt(tmp_path, lambda one: next(answers), zones=1)
    cloud.partly = 4
    found.run()
    assert [what for what, _ in cloud.asked] == ["create", "find", "delete", "create"]
    assert list(cloud.living) == ["wt-2"]


def journal(folder: Path, *states: State) -> tuple[Journal, Cloud]:
    cloud, found = Cloud(), opened(folder / "hunt.jsonl")
    for k, state in enumerate(states):
        one = Creation(f"wt-{k}", places(9)[k], 4, 2.0, 1_000_000.0, 1_003_600.0)
        found.begin(one)
        if state is not State.GONE:
            cloud.create(one)
        if state is not State.CREATING:
            found.now(one.name, state)
    return found, cloud


def test_resume_adopts_one_and_deletes_the_rest(tmp_path: Path) -> None:
    written, cloud = journal(tmp_path, State.GONE, State.CREATING, State.EXISTS, State.DELETING)
    written.close()
    read = opened(tmp_path / "hunt.jsonl")
    assert resume(Remover(cloud, read, Time())) == ("wt-1",)
    assert list(cloud.living) == ["wt-1"]


def test_resume_deletes_what_is_not_whole(tmp_path: Path) -> None:
    written, cloud = journal(tmp_path, State.CREATING)
    cloud.living["wt-0"].pop()
    assert resume(Remover(cloud, written, Time())) == ()
    assert cloud.living == {}


def test_resume_sees_that_the_cloud_deleted_what_was_kept(tmp_path: Path) -> None:
    written, cloud = journal(tmp_path, State.KEPT)
    cloud.living.clear()
    assert resume(Remover(cloud, written, Time())) == ()
    assert not any(written.kept())


def test_clean_deletes_what_was_kept_too(tmp_path: Path) -> None:
    written, cloud = journal(tmp_path, State.KEPT, State.CREATING)
    assert clean(Remover(cloud, written, Time())) == ("wt-0", "wt-1")
    assert cloud.living == {}


def test_what_was_just_asked_for_is_looked_for_once_more(tmp_path: Path) -> None:
    """Lists of a cloud are some seconds behind."""
    written, cloud = journal(tmp_path, State.CREATING)
    late, time = cloud.living.pop("wt-0"), Time()

    def sleep(seconds: float) -> None:
        time.slept.append(seconds)
        cloud.living["wt-0"] = late

    time.sleep = sleep  # type: ignore[method-assign]
    assert clean(Remover(cloud, written, time, settled=30.0)) == ("wt-0",)
    assert time.slept == [1.0]
    assert cloud.living == {}


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    written, _ = journal(tmp_path, State.KEPT)
    written.close()
    path = tmp_path / "hunt.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"name": "wt-9", "pla')
    with Journal(path) as read:
        assert list(read.creations) == ["wt-0"]
    assert path.read_bytes() == whole


def test_another_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("one line without an end")
    with pytest.raises(UnreadableJournal, match="no journal"):
        Journal(path)
    assert path.read_text() == "one line without an end"


def test_one_hunt_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path / "hunt.jsonl"), pytest.raises(JournalInUse):
        Journal(tmp_path / "hunt.jsonl")


@pytest.mark.parametrize("line", ["{}", "[]", "3", "name: x", '{"name": "a", "state": "odd"}'])
def test_another_file_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "hunt.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(UnreadableJournal, match=":1:"):
        Journal(path)
