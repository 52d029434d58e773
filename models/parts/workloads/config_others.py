"""Dimensions of BERT, GPT and their kin from their config.json."""

from models.parts.workloads.config_values import ConfigValues, Dimensions
from models.reading.files_beside import UnusableFile


def gpt2(config: ConfigValues) -> Dimensions:
    hidden, places = config.count("n_embd"), config.count("n_positions", "n_ctx")
    return {
        "layers": config.count("n_layer"),
        "hidden": hidden,
        "heads": config.count("n_head"),
        "feed_forward": config.maybe("n_inner") or 4 * hidden,
        "vocabulary": config.count("vocab_size"),
        "sequence": places,
        "positions": places,
        "learned_positions": True,
        "biases": True,
        "tied": config.flag("tie_word_embeddings", True),
    }


def bert(config: ConfigValues) -> Dimensions:
    """BERT as it is trained: with its pooler and the heads of both of its tasks."""
    hidden, words = config.count("hidden_size"), config.count("vocab_size")
    places = config.count("max_position_embeddings")
    kinds = config.maybe("type_vocab_size") or 2
    dense = hidden * hidden + hidden
    tokens_masked = dense + 2 * hidden + words  # a dense layer, its norm, a bias for each token
    next_sentence = 2 * hidden + 2
    return {
        "layers": config.count("num_hidden_layers"),
        "hidden": hidden,
        "heads": config.count("num_attention_heads"),
        "feed_forward": config.count("intermediate_size"),
        "vocabulary": words,
        "sequence": places,
        "positions": places,
        "learned_positions": True,
        "biases": True,
        "causal": False,
        "tied": config.flag("tie_word_embeddings", True),
        "other_parameters": kinds * hidden + dense + tokens_masked + next_sentence,
    }


def roberta(config: ConfigValues) -> Dimensions:
    """As BERT, with the head of one task and no pooler; of its places the first two pad."""
    found = bert(config)
    hidden, words = found["hidden"], found["vocabulary"]
    kinds = config.maybe("type_vocab_size") or 2
    head = hidden * hidden + 3 * hidden + words  # a dense layer, its norm, a bias for each token
    beside = kinds * hidden + head
    return found | {"sequence": found["positions"] - 2, "other_parameters": beside}


def falcon(config: ConfigValues) -> Dimensions:
    """Falcon, whose attention and network stand side by side, with no biases but those of norms."""
    if not config.flag("parallel_attn", True) or config.flag("bias", False):
        raise UnusableFile("has biases or no 'parallel_attn', which Falcon is not known with")
    later = config.flag("new_decoder_architecture", False)
    hidden, layers = config.count("hidden_size"), config.count("num_hidden_layers", "n_layer")
    heads = config.count("num_attention_heads", "n_head")
    keeping = 1 if config.flag("multi_query", True) else heads
    # One norm a layer with its bias counts as two without; later ones have two, and all a last one.
    return {
        "layers": layers,
        "hidden": hidden,
        "heads": heads,
        "kv_heads": config.count("num_kv_heads", "n_head_kv") if later else keeping,
        "feed_forward": config.maybe("ffn_hidden_size") or 4 * hidden,
        "vocabulary": config.count("vocab_size"),
        "sequence": config.maybe("max_position_embeddings") or 2048,
        "tied": config.flag("tie_word_embeddings", True),
        "other_parameters": hidden + (2 * hidden * layers if later else 0),
    }


def gpt_neox(config: ConfigValues) -> Dimensions:
    return {
        "layers": config.count("num_hidden_layers"),
        "hidden": config.count("hidden_size"),
        "heads": config.count("num_attention_heads"),
        "feed_forward": config.count("intermediate_size"),
        "vocabulary": config.count("vocab_size"),
        "sequence": config.count("max_position_embeddings"),
        "biases": True,
        "tied": config.flag("tie_word_embeddings", False),
    }


def opt(config: ConfigValues) -> Dimensions:
    hidden, places = config.count("hidden_size"), config.count("max_position_embeddings")
    if (config.maybe("word_embed_proj_dim") or hidden) != hidden:
        raise UnusableFile("projects its embedding, which this architecture is not known with")
    return {
        "layers": config.count("num_hidden_layers"),
        "hidden": hidden,
        "heads": config.count("num_attention_heads"),
        "feed_forward": config.count("ffn_dim"),
        "vocabulary": config.count("vocab_size"),
        "sequence": places,
        "positions": places + 2,  # of which the first two pad
        "learned_positions": True,
        "biases": True,
        "tied": config.flag("tie_word_embeddings", True),
    }


def distilbert(config: ConfigValues) -> Dimensions:
    """As BERT, with the head of one task, no pooler and no kinds of tokens."""
    hidden, words = config.count("dim"), config.count("vocab_size")
    places = config.count("max_position_embeddings")
    return {
        "layers": config.count("n_layers"),
        "hidden": hidden,
        "heads": config.count("n_heads"),
        "feed_forward": config.count("hidden_dim"),
        "vocabulary": words,
        "sequence": places,
        "positions": places,
        "learned_positions": True,
        "biases": True,
        "causal": False,
        "tied": config.flag("tie_word_embeddings", True),
        "other_parameters": hidden * hidden + 3 * hidden + words,
    }


def bloom(config: ConfigValues) -> Dimensions:
    """BLOOM, which tells places by a slope of the scores and norms the embedding, too."""
    hidden = config.count("hidden_size", "n_embed")
    return {
        "layers": config.count("n_layer", "num_hidden_layers"),
        "hidden": hidden,
        "heads": config.count("n_head", "num_attention_heads"),
        "vocabulary": config.count("vocab_size"),
        "sequence": config.maybe("seq_length") or 2048,
        "biases": True,
        "tied": config.flag("tie_word_embeddings", True),
        "other_parameters": 2 * hidden,
    }


def gpt_bigcode(config: ConfigValues) -> Dimensions:
    """As GPT-2, with one head of keys and values for all queries."""
    found = gpt2(config)
    return found | ({"kv_heads": 1} if config.flag("multi_query", True) else {})


def gptj(config: ConfigValues) -> Dimensions:
    """GPT-J, whose attention and network stand side by side behind one norm with its bias."""
    hidden, layers, words = (config.count(name) for name in ("n_embd", "n_layer", "vocab_size"))
    inner = config.maybe("n_inner") or 4 * hidden
    return {
        "layers": layers,
        "hidden": hidden,
        "heads": config.count("n_head"),
        "feed_forward": inner,
        "vocabulary": words,
        "sequence": config.count("n_positions"),
        "tied": config.flag("tie_word_embeddings", False),
        # Biases of the network, of the last norm, and of each token's score.
        "other_parameters": layers * (inner + hidden) + hidden + words,
    }


def phi(config: ConfigValues) -> Dimensions:
    """Phi, whose attention and network stand side by side behind one norm, all with biases."""
    if config.flag("qk_layernorm", False):
        raise UnusableFile("has a 'qk_layernorm', which this architecture is not known with")
    hidden, layers = config.count("hidden_size"), config.count("num_hidden_layers")
    heads, words = config.count("num_attention_heads"), config.count("vocab_size")
    inner, kept = config.count("intermediate_size"), config.maybe("num_key_value_heads") or heads
    made = hidden + 2 * kept * (hidden // heads)
    return {
        "layers": layers,
        "hidden": hidden,
        "heads": heads,
        "kv_heads": kept,
        "feed_forward": inner,
        "vocabulary": words,
        "sequence": config.count("max_position_embeddings"),
        "tied": config.flag("tie_word_embeddings", False),
        "other_parameters": layers * (made + 2 * hidden + inner) + hidden + words,
    }


def starcoder2(config: ConfigValues) -> Dimensions:
    return {
        "layers": config.count("num_hidden_layers"),
        "hidden": config.count("hidden_size"),
        "heads": config.count("num_attention_heads"),
        "kv_heads": config.count("num_key_value_heads"),
        "feed_forward": config.count("intermediate_size"),
        "vocabulary": config.count("vocab_size"),
        "sequence": config.count("max_position_embeddings"),
        "biases": config.flag("use_bias", True),
        "tied": config.flag("tie_word_embeddings", True),
    }


def nemotron(config: ConfigValues) -> Dimensions:
    """Nemotron, with a network that is not gated, no dropout, and no biases but those of norms."""
    for name in ("attention_bias", "mlp_bias"):
        if config.flag(name, False):
            raise UnusableFile(f"has a '{name}', which this architecture is not known with")
    hidden, layers = config.count("hidden_size"), config.count("num_hidden_layers")
    heads = config.count("num_attention_heads")
    return {
        "layers": layers,
        "hidden": hidden,
        "heads": heads,
        "kv_heads": config.maybe("num_key_value_heads") or heads,
        "head_size": config.maybe("head_dim") or hidden // heads,
        "feed_forward": config.count("intermediate_size"),
        "vocabulary": config.count("vocab_size"),
        "sequence": config.count("max_position_embeddings"),
        "tied": config.flag("tie_word_embeddings", False),
        "dropout": False,
        "other_parameters": (2 * layers + 1) * hidden,
    }


def mpt(config: ConfigValues) -> Dimensions:
    """MPT without biases, which tells places by a slope of the scores."""
    if not config.flag("no_bias", False):
        raise UnusableFile("has biases, which this architecture is not known with")
    hidden = config.count("d_model")
    return {
        "layers": config.count("n_layers"),
        "hidden": hidden,
        "heads": config.count("n_heads"),
        "feed_forward": (config.maybe("expansion_ratio") or 4) * hidden,
        "vocabulary": config.count("vocab_size"),
        "sequence": config.count("max_seq_len"),
        "tied": config.flag("tie_word_embeddings", True),
        "dropout": False,
    }
