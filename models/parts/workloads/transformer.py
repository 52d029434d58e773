"""A transformer and its layout over accelerators, as users describe them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import Part
from models.laws.transformers.dimensions import Transformer

Dimension = Annotated[int, Field(strict=True, ge=1, le=10_000_000)]
Few = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class TransformerDimensions(Part):
    """A transformer by its dimensions, as a config.json of Hugging Face gives them."""

    layers: Few = Field(description="blocks of attention and feed-forward network")
    hidden: Dimension = Field(description="width of the residual stream")
    heads: Few = Field(description="heads of attention that ask")
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
    vocabulary: Dimension = Field(description="tokens that it knows")
    sequence: Dimension = Field(description="tokens of one sample")
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
    biases: bool = Field(False, strict=True, description="whether projections and norms have them")

    @model_validator(mode="after")
    def _fits_together(self) -> "TransformerDimensions":
        if self.head_size is None and self.hidden % self.heads:
            raise ValueError(
                f"has {self.heads} heads, which don't divide its hidden {self.hidden};"
                " give 'head_size'"
            )
        if self.heads % (self.kv_heads or self.heads):
            raise ValueError(f"has {self.kv_heads} kv_heads, which don't divide {self.heads} heads")
        if self.active_experts > self.experts:
            raise ValueError(f"sends tokens to {self.active_experts} of {self.experts} experts")
        return self

    @property
    def dimensions(self) -> Transformer:
        """As the laws take them."""
        return Transformer(
            layers=self.layers,
            hidden=self.hidden,
            heads=self.heads,
            kv_heads=self.kv_heads or self.heads,
            head_size=self.head_size or self.hidden // self.heads,
            feed_forward=self.feed_forward or 4 * self.hidden,
            gated=self.gated,
            vocabulary=self.vocabulary,
            sequence=self.sequence,
            experts=self.experts,
            active_experts=self.active_experts,
            causal=self.causal,
            tied=self.tied,
            positions=self.sequence if self.learned_positions else 0,
            biases=self.biases,
        )


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
    recompute: Literal["none", "selective", "full"] = Field(
        "none", description="activations computed again: none, selective or full"
    )
    micro_batch: Few = Field(1, description="sequences that go through the stages together")
