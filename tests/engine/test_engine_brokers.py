"""Brokers of MSK are changed in place, and AWS takes none of them away."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from engine import EngineError
from examples import ROOT, Example


def test_brokers_become_more_and_larger_and_never_fewer(
    example: Callable[[Path], Example], aws: Callable[[str], Any]
) -> None:
    stack = example(ROOT / "stacks" / "msk-clickstream.yaml")
    log = stack.tree["workloads"]["clicks"]["log"]["kafka"]
    made = stack.engine.up()["create"]

    def brokers(**wanted: Any) -> Callable[[dict[str, Any]], Any]:
        return lambda tree: log["brokers"].update(wanted)

    stack.change(brokers(count=6, size="500 GB", instance="kafka.m5.xlarge"))
    stack.change(lambda tree: log.update(retention="48 h"))
    assert stack.engine.up() == {"update": 2, "same": made - 2}
    arn = stack.engine.outputs()["broker_arns"]["clicks"]
    found = aws("kafka").describe_cluster(ClusterArn=arn)["ClusterInfo"]
    group = found["BrokerNodeGroupInfo"]
    assert (found["NumberOfBrokerNodes"], group["InstanceType"]) == (6, "kafka.m5.xlarge")
    assert group["StorageInfo"]["EbsStorageInfo"]["VolumeSize"] == 466  # GiB
    assert found["CurrentBrokerSoftwareInfo"]["ConfigurationRevision"] == 2
    stack.change(brokers(count=3))
    with pytest.raises(EngineError, match="can only grow"):
        stack.engine.up()
    stack.change(brokers(count=6))
    assert stack.engine.up() == {"same": made}
    stack.engine.destroy()
