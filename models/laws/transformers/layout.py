"""How a transformer is laid out over accelerators."""

from dataclasses import dataclass
from enum import StrEnum


class Recompute(StrEnum):
    """Which activations are computed again instead of kept."""

    NONE = "none"
    SELECTIVE = "selective"  # of the scores of attention
    FULL = "full"  # of all layers, from what enters them


@dataclass(frozen=True)
class Layout:
    """How a transformer is laid out over accelerators.

    Arguments:
        data: replicas, over which the batch is spread.
        tensor: accelerators that share every matrix.
        pipeline: stages, one after the other.
        context: accelerators that share every sequence.
        expert: of the replicas, those that share the experts.
        micro_batch: sequences that go through the stages together.
        micro_batches: of one step, one after the other in every replica.
        interleave: parts of the model that one stage has.
        sequence_parallel: whether what is not shared as matrices is shared by tokens.
        zero: stage of sharding over the replicas: 0, 1 the optimizer, 2 gradients too, 3
            parameters too.
        copies: of what is sharded, each shared by as many replicas; 1 where all share one.
        recompute: activations.
    """

    data: int = 1
    tensor: int = 1
    pipeline: int = 1
    context: int = 1
    expert: int = 1
    micro_batch: int = 1
    micro_batches: int = 1
    interleave: int = 1
    sequence_parallel: bool = False
    zero: int = 0
    copies: int = 1
    recompute: Recompute = Recompute.NONE

    @property
    def accelerators(self) -> int:
        """That it takes."""
        return self.data * self.tensor * self.pipeline * self.context

    @property
    def batch(self) -> int:
        """Sequences of one step, of all replicas."""
        return self.data * self.micro_batch * self.micro_batches

    @property
    def replicas(self) -> int:
        """Accelerators that hold the same parameters, over which gradients are summed."""
        return self.data * self.context

    @property
    def expert_replicas(self) -> int:
        """Accelerators that hold the same experts, over which their gradients are summed."""
        return self.replicas // self.expert

    @property
    def sharing(self) -> int:
        """Accelerators that share one copy of the same parameters where those are sharded."""
        return self.replicas // self.copies

    @property
    def expert_sharing(self) -> int:
        """Accelerators that share one copy of the same experts where those are sharded."""
        return self.expert_replicas // self.copies

    def __str__(self) -> str:
        parts = [f"data {self.data}"]
        for name in ("tensor", "pipeline", "context", "expert"):
            if getattr(self, name) > 1:
                parts.append(f"{name} {getattr(self, name)}")
        if self.interleave > 1:
            parts.append(f"interleaved {self.interleave}")
        if self.sequence_parallel:
            parts.append("sequence parallel")
        if self.zero:
            parts.append(f"ZeRO {self.zero}")
        if self.copies > 1:
            parts.append(f"in {self.copies:,} copies")
        batches = "micro-batch" if self.micro_batches == 1 else "micro-batches"
        parts.append(f"{self.micro_batches:,} {batches} of {self.micro_batch}")
        if self.recompute is not Recompute.NONE:
            parts.append(f"{self.recompute} recompute")
        return ", ".join(parts)
