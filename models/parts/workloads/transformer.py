"""A transformer and its layout over accelerators, as users describe them."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import FileName, Part
from models.laws.transformers.dimensions import Transformer
from models.laws.transformers.low_rank import LowRank, Target

Dimension = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
Few = Annotated[int, Field(strict=True, ge=1, le=100_000)]
TargetName = Literal["query", "key", "value", "qkv", "output", "gate", "up", "down"]
_NEEDED = ("layers", "hidden", "heads", "vocabulary", "sequence")


class LowRankDescription(Part):
    """Low-rank adaptation (LoRA): all is frozen but narrow matrices beside those of each layer."""

    rank: Annotated[int, Field(strict=True, ge=1, le=16384)] = Field(
        description="columns of the first narrow matrix, rows of the second"
    )
    targets: Annotated[tuple[TargetName, ...], Field(min_length=1, max_length=len(Target))] = Field(
        ("query", "value"),
        description="matrices of each layer that are adapted; qkv are query, key and value in one",
    )

    @model_validator(mode="after")
    def _each_once(self) -> "LowRankDescription":
        if len(set(self.targets)) < len(self.targets):
            raise ValueError("names a target twice")
        parts = {"query", "key", "value"} & set(self.targets)
        if "qkv" in self.targets and parts:
            raise ValueError(f"names qkv and {sorted(parts)[0]}, which is a part of it")
        return self


class TransformerDimensions(Part):
    """A transformer by its dimensions, or by a config.json of Hugging Face that gives them."""

    config: FileName | None = Field(
        None,
        description="config.json of Hugging Face, in the folder of the stack file or below: it"
        " gives every dimension that is not given here",
    )
    layers: Few | None = Field(
        None, description="blocks of attention and feed-forward network; without a config needed"
    )
    hidden: Dimension | None = Field(
        None, description="width of the residual stream; without a config needed"
    )
    heads: Few | None = Field(
        None, description="heads of attention that ask; without a config needed"
    )
    kv_heads: Few | None = Field(
        None, description="heads of keys and values; as many as heads without grouped queries"
    )
    head_size: Few | None = Field(
        None, description="width of one head; hidden / heads if not given"
    )
    feed_forward: Dimension | None = Field(
        None, description="inner width of the feed-forward network; 4 x hidden if not given"
    )
    gated: bool = Field(
        False, strict=True, description="whether it multiplies two projections, as in Llama"
    )
    vocabulary: Dimension | None = Field(
        None, description="tokens that it knows; without a config needed"
    )
    sequence: Dimension | None = Field(
        None, description="tokens of one sample; without a config needed, which gives the most"
    )
    packed: Dimension | None = Field(
        None,
        description="tokens of those that a sample is packed of, the mean weighed by tokens, where"
        " attention sees one of them at a time",
    )
    experts: Few = Field(1, description="feed-forward networks of a layer; 1 without a mixture")
    active_experts: Few = Field(1, description="through how many of them a token goes")
    causal: bool = Field(
        True, strict=True, description="whether a token sees only those before it; BERT: no"
    )
    tied: bool = Field(
        True, strict=True, description="whether one table embeds tokens and tells the next"
    )
    learned_positions: bool = Field(
        False, strict=True, description="whether every place has a learnt vector; else rotations"
    )
    positions: Dimension | None = Field(
        None, description="places that have a learnt vector; as many as sequence if not given"
    )
    biases: bool = Field(False, strict=True, description="whether projections and norms have them")
    other_parameters: Annotated[int, Field(strict=True, ge=0, le=10**14)] = Field(
        0, description="parameters beside these: kinds of tokens, heads of classes"
    )

    dropout: bool | None = Field(
        None,
        strict=True,
        description="whether it is trained with dropout, whose masks take memory; not gated"
        " networks are, if not given",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "TransformerDimensions":
        missing = [key for key in _NEEDED if getattr(self, key) is None]
        if missing and self.config is None:
            raise ValueError(f"needs {' and '.join(missing)}, or a config that gives them")
        if self.hidden is None or self.heads is None:
            return self  # the config says, and this is asked again
        if self.learned_positions and (self.positions or math.inf) < (self.sequence or 0):
            raise ValueError(
                f"has sequences of {self.sequence} tokens, and vectors of {self.positions} places"
            )
        if self.head_size is None and self.hidden % self.heads:
            raise ValueError(
                f"has {self.heads} heads, which don't divide its hidden {self.hidden};"
                " give 'head_size'"
            )
        if self.heads % (self.kv_heads or self.heads):
            raise ValueError(f"has {self.kv_heads} kv_heads, which don't divide {self.heads} heads")
        if self.packed is not None and self.packed > (self.sequence or math.inf):
            raise ValueError(f"packs {self.packed} tokens into sequences of {self.sequence}")
        if self.active_experts > self.experts:
            raise ValueError(f"sends tokens to {self.active_experts} of {self.experts} experts")
        return self

    def dimensions(self, adapted: LowRankDescription | None = None) -> Transformer:
        """As the laws take them.

        Arguments:
            adapted: what is trained of it while the rest is frozen; None where all is.
        """
        hidden, heads, sequence = map(_known, (self.hidden, self.heads, self.sequence))
        return Transformer(
            layers=_known(self.layers),
            hidden=hidden,
            heads=heads,
            kv_heads=self.kv_heads or heads,
            head_size=self.head_size or hidden // heads,
            feed_forward=self.feed_forward or 4 * hidden,
            gated=self.gated,
            vocabulary=_known(self.vocabulary),
            sequence=sequence,
            experts=self.experts,
            active_experts=self.active_experts,
            causal=self.causal,
            tied=self.tied,
            positions=(self.positions or sequence) if self.learned_positions else 0,
            biases=self.biases,
            other_parameters=self.other_parameters,
            dropout=self.dropout,
            packed=self.packed,
            adapted=LowRank(adapted.rank, tuple(map(Target, adapted.targets))) if adapted else None,
        )


def _known(value: int | None) -> int:
    assert value is not None  # given, or read of the config
    return value


class LayoutDescription(Part):
    """How a transformer is laid out over the accelerators; data parallel is what is left."""

    tensor: Few = Field(1, description="accelerators that share every matrix")
    pipeline: Few = Field(1, description="stages, one after the other")
    context: Few = Field(1, description="accelerators that share every sequence")
    expert: Few = Field(1, description="replicas that share the experts")
    interleave: Few = Field(1, description="parts of the model that one stage has")
    sequence_parallel: bool = Field(
        False, strict=True, description="whether what is no matrix is shared by tokens"
    )
    zero: Literal[0, 1, 2, 3] = Field(
        0, description="what replicas share: 1 the optimizer, 2 gradients too, 3 all (FSDP)"
    )
    copies: Few = Field(
        1, description="of what is sharded with zero 3, each over as many replicas (HSDP)"
    )
    recompute: Literal["none", "selective", "full"] = Field(
        "none", description="activations computed again: none, selective or full"
    )
    micro_batch: Few = Field(1, description="sequences that go through the stages together")
