"""Dimensions of Llama and its kin from their config.json: gated networks and no biases."""

from models.parts.workloads.config_values import ConfigValues, Dimensions
from models.reading.files_beside import UnusableFile


def llama(config: ConfigValues) -> Dimensions:
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


def gemma(config: ConfigValues) -> Dimensions:
    """As Llama, of which one table embeds tokens and tells the next."""
    return llama(config) | {"tied": config.flag("tie_word_embeddings", True)}


def gemma2(config: ConfigValues) -> Dimensions:
    """As Gemma, with a norm after attention and network too."""
    found = gemma(config)
    return found | {"other_parameters": 2 * found["layers"] * found["hidden"]}


def mixtral(config: ConfigValues) -> Dimensions:
    return llama(config) | {
        "experts": config.count("num_local_experts"),
        "active_experts": config.count("num_experts_per_tok"),
    }


def _head_size(found: Dimensions) -> int:
    return int(found.get("head_size") or found["hidden"] // found["heads"])


def qwen2(config: ConfigValues) -> Dimensions:
    """As Llama, with biases where queries, keys and values are made, and nowhere else."""
    found = llama(config)
    size = _head_size(found)
    keeping = found["kv_heads"] if "kv_heads" in found else found["heads"]
    made = (found["heads"] + 2 * keeping) * size
    return found | {"other_parameters": found["layers"] * made}


def qwen3(config: ConfigValues) -> Dimensions:
    """As Llama, with a norm for queries and one for keys in each layer."""
    found = llama(config)
    size = _head_size(found)
    return found | {"other_parameters": 2 * found["layers"] * size}


def qwen3_moe(config: ConfigValues) -> Dimensions:
    """As Qwen3, with experts in every layer."""
    if (config.maybe("decoder_sparse_step") or 1) > 1:
        raise UnusableFile("has layers without experts, which this architecture is not known with")
    return qwen3(config) | {
        "feed_forward": config.count("moe_intermediate_size"),
        "experts": config.count("num_experts"),
        "active_experts": config.count("num_experts_per_tok"),
    }


def olmo2(config: ConfigValues) -> Dimensions:
    """As Llama, with a norm of all queries and one of all keys in each layer."""
    found = llama(config)
    size = _head_size(found)
    kept = found["kv_heads"] if "kv_heads" in found else found["heads"]
    return found | {"other_parameters": found["layers"] * (found["heads"] + kept) * size}


def olmoe(config: ConfigValues) -> Dimensions:
    """As OLMo 2, with experts in every layer."""
    return olmo2(config) | {
        "experts": config.count("num_experts"),
        "active_experts": config.count("num_experts_per_tok"),
    }


def stablelm(config: ConfigValues) -> Dimensions:
    """As Llama, with biases of norms and, if it says so, of queries, keys and values."""
    for name in ("use_parallel_residual", "qk_layernorm"):
        if config.flag(name, False):
            raise UnusableFile(f"has a '{name}', which this architecture is not known with")
    biased = qwen2(config) if config.flag("use_qkv_bias", False) else llama(config)
    norms = (2 * biased["layers"] + 1) * biased["hidden"]
    return biased | {"other_parameters": biased.get("other_parameters", 0) + norms}


def gemma3(config: ConfigValues) -> Dimensions:
    """As Gemma 2, with a norm for queries and one for keys in each layer."""
    found = gemma2(config)
    beside = 2 * found["layers"] * _head_size(found)
    return found | {"other_parameters": found["other_parameters"] + beside}
