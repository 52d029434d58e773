"""Each resource is refused once: the message is clear, and the next update goes on from there."""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ReadTimeoutError
from engine import EngineError
from examples import ROOT, Example, examples
from meddling import Meddling, Unfinished, refusal

# Together they have every type of resource that any example has.
FAULTY = (
    "ecs-endpoint",
    "eks-endpoint",
    "emr-spark",
    "grid-search",
    "iam-example",
    "kafka-clickstream",
    "kinesis-sensors",
    "llama3-8b-finetune-aws",
    "msk-clickstream",
    "sagemaker-endpoint",
    "sagemaker-training",
)
# Which comes after the group is there, so that it must not be made again.
NO_NODES = "autoscaling/group:Group"
MOST_UPDATES = 20
CAPACITY = "We currently do not have sufficient p4d.24xlarge capacity"


def faults() -> Iterator[Exception]:
    """What AWS answers, in turn."""
    while True:
        yield refusal("RequestLimitExceeded", "Request limit exceeded", "Create")
        yield ReadTimeoutError(endpoint_url="https://aws")
        yield refusal("InsufficientCapacity", CAPACITY, "Create")


@pytest.mark.parametrize("stem", FAULTY)
def test_what_is_refused_once_is_built_by_the_next_update(
    stem: str, example: Callable[[Path], Example], meddling: Meddling
) -> None:
    engine = example(ROOT / "stacks" / f"{stem}.yaml").engine
    lock, refused, answers = threading.Lock(), dict[str, str](), faults()

    def refuse(operation: str, urn: str) -> None:
        with lock:
            if operation == "create" and urn not in refused and NO_NODES not in urn:
                answer = next(answers)
                refused[urn] = str(answer)
                raise answer

    def no_capacity(operation: str, urn: str) -> None:
        if operation == "create" and NO_NODES in urn:
            refused[urn] = CAPACITY
            raise Unfinished(CAPACITY)

    meddling.before, meddling.after = refuse, no_capacity
    for _ in range(MOST_UPDATES):
        known = set(refused)
        try:
            engine.up("--continue-on-error")
            break
        except EngineError as error:
            told = " ".join(str(error).split())
            new = refused.keys() - known
            assert new, told  # something else went wrong
            for urn in new:
                assert urn in told
                assert refused[urn] in told
            assert "Traceback" not in told
    else:
        pytest.fail("it is never complete")
    state = engine.export()["deployment"]
    made = {one["urn"] for one in state["resources"] if one.get("custom")}
    assert refused.keys() == {one for one in made if "pulumi:providers" not in one}
    assert not state.get("pending_operations")
    assert set(engine.up()) == {"same"}
    engine.destroy()


def test_every_type_of_every_example_is_refused_once() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.infra.example_graphs import graph_of, refusal_of

    def types(stems: tuple[str, ...]) -> set[str]:
        paths = [ROOT / "stacks" / f"{stem}.yaml" for stem in stems]
        return {one.type for path in paths if not refusal_of(path) for one in graph_of(path).clouds}

    assert types(FAULTY) == types(tuple(path.stem for path in examples("aws")))
