"""Dimensions of a transformer from a config.json of Hugging Face."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.reading.files_beside import UnusableFile, opened_beside

MOST_BYTES = 1_000_000  # of a config.json, which has a few thousand
_LONGEST_SHOWN = 40  # characters of a name that nobody knows

Dimensions = dict[str, Any]


class _Config:
    """A config.json, whose values are asked by name."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def count(self, *names: str) -> int:
        """A number that must be there, by its first name that is."""
        found = self.maybe(*names)
        if found is None:
            raise UnusableFile(f"has no '{names[0]}'")
        return found

    def maybe(self, *names: str) -> int | None:
        """A number that may be missing or null."""
        for name in names:
            value = self._values.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise UnusableFile(f"has a '{name}' that is no whole number of 1 or more")
            return value
        return None

    def flag(self, name: str, usual: bool) -> bool:
        """Yes or no."""
        value = self._values.get(name)
        if value is None:
            return usual
        if not isinstance(value, bool):
            raise UnusableFile(f"has a '{name}' that is neither true nor false")
        return value


def _gpt2(config: _Config) -> Dimensions:
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


def _bert(config: _Config) -> Dimensions:
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


def _roberta(config: _Config) -> Dimensions:
    """As BERT, with the head of one task and no pooler; of its places the first two pad."""
    found = _bert(config)
    hidden, words = found["hidden"], found["vocabulary"]
    kinds = config.maybe("type_vocab_size") or 2
    head = hidden * hidden + 3 * hidden + words  # a dense layer, its norm, a bias for each token
    beside = kinds * hidden + head
    return found | {"sequence": found["positions"] - 2, "other_parameters": beside}


def _falcon(config: _Config) -> Dimensions:
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


def _gpt_neox(config: _Config) -> Dimensions:
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


def _opt(config: _Config) -> Dimensions:
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


def _llama(config: _Config) -> Dimensions:
    found = {
        "layers": config.count("num_hidden_layers"),
        "hidden": config.count("hidden_size"),
        "heads": config.count("num_attention_heads"),
        "kv_heads": config.maybe("num_key_value_heads"),
        "head_size": config.maybe("head_dim"),
        "feed_forward": config.count("intermediate_size"),
        "vocabulary": config.count("vocab_size"),
        "sequence": config.count("max_position_embeddings"),
        "gated": True,
        "tied": config.flag("tie_word_embeddings", False),
    }
    for name in ("attention_bias", "mlp_bias"):
        if config.flag(name, False):
            raise UnusableFile(f"has a '{name}', which this architecture is not known with")
    return {key: value for key, value in found.items() if value is not None}


def _gemma(config: _Config) -> Dimensions:
    """As Llama, of which one table embeds tokens and tells the next."""
    return _llama(config) | {"tied": config.flag("tie_word_embeddings", True)}


def _gemma2(config: _Config) -> Dimensions:
    """As Gemma, with a norm after attention and network too."""
    found = _gemma(config)
    return found | {"other_parameters": 2 * found["layers"] * found["hidden"]}


def _mixtral(config: _Config) -> Dimensions:
    return _llama(config) | {
        "experts": config.count("num_local_experts"),
        "active_experts": config.count("num_experts_per_tok"),
    }


def _head_size(found: Dimensions) -> int:
    return int(found.get("head_size") or found["hidden"] // found["heads"])


def _qwen2(config: _Config) -> Dimensions:
    """As Llama, with biases where queries, keys and values are made, and nowhere else."""
    found = _llama(config)
    size = _head_size(found)
    keeping = found["kv_heads"] if "kv_heads" in found else found["heads"]
    made = (found["heads"] + 2 * keeping) * size
    return found | {"other_parameters": found["layers"] * made}


def _qwen3(config: _Config) -> Dimensions:
    """As Llama, with a norm for queries and one for keys in each layer."""
    found = _llama(config)
    size = _head_size(found)
    return found | {"other_parameters": 2 * found["layers"] * size}


def _qwen3_moe(config: _Config) -> Dimensions:
    """As Qwen3, with experts in every layer."""
    if (config.maybe("decoder_sparse_step") or 1) > 1:
        raise UnusableFile("has layers without experts, which this architecture is not known with")
    return _qwen3(config) | {
        "feed_forward": config.count("moe_intermediate_size"),
        "experts": config.count("num_experts"),
        "active_experts": config.count("num_experts_per_tok"),
    }


# By `model_type`. Names and defaults of transformers, src/transformers/models/*/configuration_*.py.
ARCHITECTURES: Mapping[str, Callable[[_Config], Dimensions]] = MappingProxyType(
    {
        "bert": _bert,
        "falcon": _falcon,
        "gemma": _gemma,
        "gemma2": _gemma2,
        "gpt2": _gpt2,
        "gpt_neox": _gpt_neox,
        "llama": _llama,
        "mistral": _llama,
        "mixtral": _mixtral,
        "opt": _opt,
        "phi3": _llama,
        "qwen2": _qwen2,
        "qwen3": _qwen3,
        "qwen3_moe": _qwen3_moe,
        "roberta": _roberta,
    }
)


def read_dimensions(name: str, folder: Path) -> tuple[Dimensions, bytes]:
    """Dimensions by their names in a stack file, and the bytes of the file.

    Arguments:
        name: path of the config.json from the folder.
        folder: of the stack file; the config.json is there or below.

    Raises:
        UnusableFile: it can't be read, or no known architecture is in it.
    """

    def read(stream: io.FileIO) -> bytes:
        return stream.read(MOST_BYTES + 1)

    content = opened_beside(name, folder, MOST_BYTES, read)
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        text = "is nested too deeply" if isinstance(error, RecursionError) else f"{error}"
        raise UnusableFile(f"is no JSON: {text}") from None
    if not isinstance(values, dict):
        raise UnusableFile("is no JSON object")
    known = ", ".join(sorted(ARCHITECTURES))
    kind = values.get("model_type")
    if not isinstance(kind, str):
        raise UnusableFile("has no 'model_type'", f"known are {known}")
    if kind not in ARCHITECTURES:
        shown = kind if len(kind) <= _LONGEST_SHOWN else f"{kind[:_LONGEST_SHOWN]}…"
        raise UnusableFile(f"has the model_type '{shown}'", f"known are {known}")
    return ARCHITECTURES[kind](_Config(values)), content
