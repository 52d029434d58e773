"""A transformer by its dimensions: parameters and computation."""

from dataclasses import dataclass

from models.laws.transformers.low_rank import OF_EXPERTS, LowRank, Target


@dataclass(frozen=True)
class Transformer:
    """The dimensions of a transformer.

    Arguments:
        layers: blocks of attention and feed-forward network.
        hidden: width of the residual stream.
        heads: of attention that ask.
        kv_heads: of keys and values; as many as heads without grouped queries.
        head_size: width of one head.
        feed_forward: inner width of the feed-forward network, of one expert.
        gated: whether that network multiplies two projections (SwiGLU), so that it has three.
        vocabulary: tokens that it knows.
        sequence: tokens of one sample.
        experts: feed-forward networks of a layer; 1 without mixture of experts.
        active_experts: of those, through how many a token goes.
        causal: whether a token sees only those before it.
        tied: whether one table serves to embed tokens and to tell the next.
        positions: places that have a learnt vector; 0 where places are rotations.
        biases: whether projections and norms have biases.
        other_parameters: beside all these, of which a step computes next to nothing: kinds of
            tokens, heads of classes.
        adapted: what is trained of it while the rest is frozen; None where all of it is trained.
        dropout: whether it is trained with it; None as is usual, where the network is not gated.
        packed: tokens of those that a sequence is packed of, of which attention sees one at a time;
            None where it is one.
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    feed_forward: int
    gated: bool
    vocabulary: int
    sequence: int
    experts: int = 1
    active_experts: int = 1
    causal: bool = True
    tied: bool = True
    positions: int = 0
    biases: bool = False
    other_parameters: int = 0
    adapted: LowRank | None = None
    dropout: bool | None = None
    packed: int | None = None

    @property
    def seen(self) -> int:
        """Tokens that attention sees at a time."""
        return min(self.sequence, self.packed or self.sequence)

    @property
    def masked(self) -> bool:
        """Whether dropout has masks, which gated networks are trained without as a rule.

        Source: Touvron et al. (2023), Llama, arXiv 2302.13971, section 2.3, which names none.
        """
        return not self.gated if self.dropout is None else self.dropout

    @property
    def size(self) -> str:
        """What makes its products as large as another's: hidden by inner width, in words."""
        return f"{self.hidden}x{(2 if self.gated else 1) * self.feed_forward}"

    @property
    def attention_parameters(self) -> int:
        """Of the attention of one layer."""
        asking, keeping = self.heads * self.head_size, self.kv_heads * self.head_size
        weights = self.hidden * (2 * asking + 2 * keeping)
        return weights + (asking + 2 * keeping + self.hidden if self.biases else 0)

    @property
    def expert_parameters(self) -> int:
        """Of one feed-forward network of one layer."""
        projections = 3 if self.gated else 2
        weights = projections * self.hidden * self.feed_forward
        return weights + (self.feed_forward + self.hidden if self.biases else 0)

    @property
    def routed_parameters(self) -> int:
        """Of the experts of one layer, each of which some tokens meet; 0 without a mixture."""
        return self.experts * self.expert_parameters if self.experts > 1 else 0

    @property
    def common_parameters(self) -> int:
        """Of one layer, what every token meets: attention, router, norms, the only network."""
        router = self.hidden * self.experts if self.experts > 1 else self.expert_parameters
        norms = 2 * self.hidden * (2 if self.biases else 1)
        return self.attention_parameters + router + norms

    @property
    def layer_parameters(self) -> int:
        """Of one layer, all experts, their router and both norms."""
        return self.common_parameters + self.routed_parameters

    @property
    def embedding_parameters(self) -> int:
        """Of the table of tokens, its like at the end where there are two, and learnt places."""
        tables = 1 if self.tied else 2
        return (tables * self.vocabulary + self.positions) * self.hidden

    @property
    def parameters(self) -> int:
        """Of all layers, the embedding, the last norm and what else there is."""
        beside = self.hidden * (2 if self.biases else 1) + self.other_parameters
        return self.layers * self.layer_parameters + self.embedding_parameters + beside

    @property
    def active_parameters(self) -> int:
        """Of all, those that one token meets."""
        idle = self.experts - self.active_experts
        return self.parameters - self.layers * idle * self.expert_parameters

    def sides(self, target: Target) -> tuple[int, int]:
        """What enters and what leaves a matrix of a layer.

        Arguments:
            target: the matrix.
        """
        asking, keeping = self.heads * self.head_size, self.kv_heads * self.head_size
        return {
            Target.QUERY: (self.hidden, asking),
            Target.KEY: (self.hidden, keeping),
            Target.VALUE: (self.hidden, keeping),
            Target.QKV: (self.hidden, asking + 2 * keeping),
            Target.OUTPUT: (asking, self.hidden),
            Target.GATE: (self.hidden, self.feed_forward),
            Target.UP: (self.hidden, self.feed_forward),
            Target.DOWN: (self.feed_forward, self.hidden),
        }[target]

    def adapters(self, experts: int) -> int:
        """Parameters of the narrow matrices of all layers, where they are frozen otherwise.

        Arguments:
            experts: of a layer that are counted.

        Source: Hu et al. (2021), LoRA, arXiv 2106.09685, section 4.2: 2 x L x d x r for square
            matrices.
        """
        if self.adapted is None:
            return 0
        each = sum(
            sum(self.sides(target)) * (experts if target in OF_EXPERTS else 1)
            for target in self.adapted.targets
        )
        return self.layers * self.adapted.rank * each

    @property
    def trained_parameters(self) -> int:
        """Those that have gradients."""
        return self.parameters if self.adapted is None else self.adapters(self.experts)

    def attention_flops(self, sequences: float = 1.0) -> float:
        """Scores and their weighted sums in one forward pass of all layers, the mask not counted.

        Arguments:
            sequences: how many.

        Source: Narayanan et al. (2021), Efficient large-scale language model training on GPU
            clusters, arXiv 2104.04473, appendix: 4 B s^2 h a layer; Krell et al. (2021), Efficient
            sequence packing without cross-contamination, arXiv 2107.02027, for packed sequences.
        """
        width = self.heads * self.head_size
        return 4 * sequences * self.layers * self.sequence * self.seen * width

    def forward_flops(self, sequences: float = 1.0) -> float:
        """Computation of one forward pass, FLOP, the mask of causal attention not counted.

        Arguments:
            sequences: how many.

        Source: Narayanan et al. (2021), arXiv 2104.04473, appendix: 2 FLOP a token and weight of
            every matrix product, of which looking a token up is none.
        """
        looked_up = self.embedding_parameters - self.vocabulary * self.hidden
        weights = self.active_parameters - looked_up - self.other_parameters
        return 2 * weights * self.sequence * sequences + self.attention_flops(sequences)

    def training_flops(self, sequences: float = 1.0) -> float:
        """Computation of a forward and a backward pass, FLOP.

        What is frozen has gradients of what enters it alone, so that its backward pass is as long
        as its forward pass, not twice as long.

        Arguments:
            sequences: how many.

        Source: Hu et al. (2021), LoRA, arXiv 2106.09685, section 4.2: no gradients of most
            parameters; 2 FLOP a token and weight of every product.
        """
        forward = self.forward_flops(sequences)
        if self.adapted is None:
            return 3 * forward
        frozen = forward - self.attention_flops(sequences)
        narrow = 2 * self.adapters(self.active_experts) * self.sequence * sequences
        return 3 * forward - frozen + 3 * narrow

    def recomputed_flops(self, sequences: float, skips_last: bool) -> float:
        """Computation of all layers again, from what enters them, FLOP.

        Arguments:
            sequences: how many.
            skips_last: whether the last product of a layer is left out.
        """
        tokens = self.sequence * sequences
        last = self.hidden * self.feed_forward * self.active_experts if skips_last else 0
        left = self.vocabulary * self.hidden + self.layers * last
        return self.forward_flops(sequences) - 2 * tokens * left
