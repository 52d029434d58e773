"""Commands of docs/operating.md do what they say."""

import re
import shlex
from collections.abc import Callable
from typing import Any

from examples import ROOT, Example

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def test_nodes_stop_and_start_and_all_else_stays(
    example: Callable[[Any], Example], aws: Callable[[str], Any]
) -> None:
    [told] = re.findall(r"^pulumi (destroy --target.*?)\s+#", PAGE, re.MULTILINE)
    [of_one] = re.findall(r"`(--target '\*\*.*::workers')`", PAGE)
    engine = example(ROOT / "stacks" / "kafka-clickstream.yaml").engine  # which has alarms
    engine.up()

    def nodes() -> int:
        groups = aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        return sum(len(one["Instances"]) for one in groups)

    def kept() -> set[str]:
        kinds = ("s3/bucket:", "efs/fileSystem:", "ec2/vpc:", "iam/role:")
        listed = engine.export()["deployment"]["resources"]
        return {one["id"] for one in listed if any(kind in one["type"] for kind in kinds)}

    before = kept()
    for command, left in (
        (told, 0),
        (f"destroy --target-dependents {of_one}", 3),
    ):
        engine.run(*shlex.split(command), "--yes", "--skip-preview")
        assert (nodes(), kept()) == (left, before)
        assert set(engine.up()) == {"same", "create"}
        assert (nodes(), kept()) == (6, before)
    engine.destroy()
