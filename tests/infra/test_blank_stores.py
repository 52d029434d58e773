"""What is predicted as full and is built blank is said."""

from .example_graphs import ROOT, graph_of

STACK = ROOT / "stacks" / "resnet50-imagenet-aws.yaml"
ROLE = ("identities.trainer.permissions", "[{store: checkpoints, access: read_write}]")
VOLUME = ("storage.imagenet", "{kind: block, service: ebs-gp3, size: 200 GB, nodes: trainers}")
LOCAL = ("storage.imagenet", "{kind: local, nodes: trainers}")
BLANK = "storage.imagenet: each node of 'trainers' starts with a blank one"


def test_what_a_workload_only_reads_is_to_be_put_there() -> None:
    run = graph_of(STACK)
    what = "workloads.train.dataset reads 141 GB from it: put it there first"
    assert run.outputs["to_fill"] == {"imagenet": what}
    assert not any("blank" in one for one in run.warnings)


def test_a_volume_of_each_node_that_is_predicted_as_full_says_that_it_is_blank() -> None:
    for store in (VOLUME, LOCAL):
        run = graph_of(STACK, store, ROLE)
        [said] = [one for one in run.warnings if one.startswith(BLANK)]
        assert "also one that takes the place of another" in said
        assert "nothing fills it but you" in said
        assert set(run.outputs["to_fill"]) == {"imagenet"}


def test_a_volume_that_its_workload_writes_is_to_be_blank() -> None:
    run = graph_of(ROOT / "stacks" / "kafka-clickstream.yaml")
    assert not any("blank" in one for one in run.warnings)
    assert "log" not in run.outputs["to_fill"]
