"""A config.json of Hugging Face as the dimensions of a transformer."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, change_stack, read_stack
from models.parts.workloads.hugging_face import MOST_BYTES
from models.reading.faults import InvalidDescription

STACK = "gpt3-175b-on-1024.yaml"

# Values as the published config.json of each model gives them.
GPT2: dict[str, Any] = {
    "model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "n_positions": 1024,
    "vocab_size": 50257, "n_inner": None, "activation_function": "gelu_new",
}  # fmt: skip
GPT2_XL = GPT2 | {"n_layer": 48, "n_embd": 1600, "n_head": 25}
LLAMA: dict[str, Any] = {
    "model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
    "max_position_embeddings": 8192, "tie_word_embeddings": False, "attention_bias": False,
    "torch_dtype": "bfloat16",
}  # fmt: skip
LLAMA_3_2_1B = LLAMA | {
    "num_hidden_layers": 16, "hidden_size": 2048, "intermediate_size": 8192, "head_dim": 64,
    "tie_word_embeddings": True, "max_position_embeddings": 131072,
}  # fmt: skip
MIXTRAL = LLAMA | {
    "model_type": "mixtral", "vocab_size": 32000, "num_local_experts": 8, "num_experts_per_tok": 2,
    "max_position_embeddings": 32768,
}  # fmt: skip
BERT: dict[str, Any] = {
    "model_type": "bert", "num_hidden_layers": 24, "hidden_size": 1024, "num_attention_heads": 16,
    "intermediate_size": 4096, "vocab_size": 30522, "max_position_embeddings": 512,
    "type_vocab_size": 2,
}  # fmt: skip
BERT_BASE = BERT | {
    "num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12,
    "intermediate_size": 3072,
}  # fmt: skip
PYTHIA: dict[str, Any] = {
    "model_type": "gpt_neox", "num_hidden_layers": 32, "hidden_size": 4096,
    "num_attention_heads": 32, "intermediate_size": 16384, "vocab_size": 50432,
    "max_position_embeddings": 2048, "tie_word_embeddings": False,
}  # fmt: skip
OPT: dict[str, Any] = {
    "model_type": "opt", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
    "ffn_dim": 16384, "vocab_size": 50272, "max_position_embeddings": 2048,
    "word_embed_proj_dim": 4096,
}  # fmt: skip
QWEN2 = LLAMA | {
    "model_type": "qwen2", "num_hidden_layers": 28, "hidden_size": 3584, "num_attention_heads": 28,
    "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064,
}  # fmt: skip
QWEN3 = LLAMA | {
    "model_type": "qwen3", "num_hidden_layers": 36, "intermediate_size": 12288,
    "vocab_size": 151936, "head_dim": 128,
}  # fmt: skip

FALCON: dict[str, Any] = {
    "model_type": "falcon", "num_hidden_layers": 32, "hidden_size": 4544,
    "num_attention_heads": 71, "multi_query": True, "parallel_attn": True, "bias": False,
    "vocab_size": 65024,
}  # fmt: skip
FALCON_40B = FALCON | {
    "num_hidden_layers": 60, "hidden_size": 8192, "num_attention_heads": 128, "num_kv_heads": 8,
    "new_decoder_architecture": True,
}  # fmt: skip
PHI3 = LLAMA | {
    "model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192,
    "num_key_value_heads": 32, "vocab_size": 32064,
}  # fmt: skip
GEMMA: dict[str, Any] = {
    "model_type": "gemma", "num_hidden_layers": 18, "hidden_size": 2048, "num_attention_heads": 8,
    "num_key_value_heads": 1, "head_dim": 256, "intermediate_size": 16384, "vocab_size": 256000,
    "max_position_embeddings": 8192,
}  # fmt: skip
GEMMA2 = GEMMA | {
    "model_type": "gemma2", "num_hidden_layers": 42, "hidden_size": 3584,
    "num_attention_heads": 16, "num_key_value_heads": 8, "intermediate_size": 14336,
}  # fmt: skip
QWEN3_MOE = QWEN3 | {
    "model_type": "qwen3_moe", "num_hidden_layers": 48, "hidden_size": 2048,
    "num_key_value_heads": 4, "moe_intermediate_size": 768, "num_experts": 128,
    "num_experts_per_tok": 8,
}  # fmt: skip
ROBERTA = BERT_BASE | {
    "model_type": "roberta", "vocab_size": 50265, "max_position_embeddings": 514,
    "type_vocab_size": 1,
}  # fmt: skip
BLOOM: dict[str, Any] = {
    "model_type": "bloom", "n_layer": 24, "hidden_size": 1024, "n_head": 16, "vocab_size": 250880,
}  # fmt: skip
GPT_J = GPT2 | {
    "model_type": "gptj", "n_layer": 28, "n_embd": 4096, "n_head": 16, "n_positions": 2048,
    "vocab_size": 50400, "tie_word_embeddings": False,
}  # fmt: skip
STARCODER = GPT2 | {
    "model_type": "gpt_bigcode", "n_layer": 40, "n_embd": 6144, "n_head": 48, "n_inner": 24576,
    "n_positions": 8192, "vocab_size": 49152, "multi_query": True,
}  # fmt: skip
STARCODER2: dict[str, Any] = {
    "model_type": "starcoder2", "num_hidden_layers": 30, "hidden_size": 3072,
    "num_attention_heads": 24, "num_key_value_heads": 2, "intermediate_size": 12288,
    "vocab_size": 49152, "max_position_embeddings": 16384, "use_bias": True,
}  # fmt: skip
PHI2: dict[str, Any] = {
    "model_type": "phi", "num_hidden_layers": 32, "hidden_size": 2560, "num_attention_heads": 32,
    "intermediate_size": 10240, "vocab_size": 51200, "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}  # fmt: skip
STABLELM = LLAMA | {
    "model_type": "stablelm", "num_hidden_layers": 24, "hidden_size": 2048,
    "num_key_value_heads": 32, "intermediate_size": 5632, "vocab_size": 100352,
    "use_qkv_bias": True,
}  # fmt: skip
GRANITE = LLAMA | {
    "model_type": "granite", "num_hidden_layers": 40, "intermediate_size": 12800,
    "vocab_size": 49155, "tie_word_embeddings": True,
}  # fmt: skip
OLMO2 = LLAMA | {
    "model_type": "olmo2", "num_key_value_heads": 32, "intermediate_size": 11008,
    "vocab_size": 100352,
}  # fmt: skip
OLMOE = LLAMA | {
    "model_type": "olmoe", "num_hidden_layers": 16, "hidden_size": 2048,
    "num_attention_heads": 16, "num_key_value_heads": 16, "intermediate_size": 1024,
    "vocab_size": 50304, "num_experts": 64, "num_experts_per_tok": 8,
}  # fmt: skip
GEMMA3 = GEMMA | {
    "model_type": "gemma3_text", "num_hidden_layers": 26, "hidden_size": 1152,
    "num_attention_heads": 4, "intermediate_size": 6912, "vocab_size": 262144,
}  # fmt: skip
DISTILBERT: dict[str, Any] = {
    "model_type": "distilbert", "n_layers": 6, "dim": 768, "n_heads": 12, "hidden_dim": 3072,
    "vocab_size": 30522, "max_position_embeddings": 512,
}  # fmt: skip
MPT: dict[str, Any] = {
    "model_type": "mpt", "n_layers": 32, "d_model": 4096, "n_heads": 32, "expansion_ratio": 4,
    "vocab_size": 50432, "max_seq_len": 2048, "no_bias": True,
}  # fmt: skip
MINITRON: dict[str, Any] = {
    "model_type": "nemotron", "num_hidden_layers": 32, "hidden_size": 3072,
    "num_attention_heads": 24, "num_key_value_heads": 8, "head_dim": 128,
    "intermediate_size": 9216, "vocab_size": 256000, "max_position_embeddings": 4096,
}  # fmt: skip


def read(
    folder: Path, stacks: Path, catalog: Catalog, config: object, **given: object
) -> StackFile:
    """The example with a config.json instead of dimensions."""
    shutil.copy(stacks / STACK, folder / STACK)
    text = config if isinstance(config, str) else json.dumps(config)
    (folder / "config.json").write_text(text, encoding="utf-8")
    changes = {
        "workloads.train.transformer": {"config": "config.json"} | given,
        "workloads.train.global_batch": 1024,
    }
    return read_stack(folder / STACK, catalog, changes)


def parameters(file: StackFile) -> int:
    found: int = file.solved.workloads["train"].answer.transformer.model.parameters
    return found


@pytest.mark.parametrize(
    ("config", "published"),
    [
        (GPT2, 124_439_808),  # huggingface.co/openai-community/gpt2
        (GPT2_XL, 1_557_611_200),  # huggingface.co/openai-community/gpt2-xl
        (LLAMA, 8_030_261_248),  # huggingface.co/meta-llama/Meta-Llama-3-8B
        (LLAMA_3_2_1B, 1_235_814_400),  # huggingface.co/meta-llama/Llama-3.2-1B
        (MIXTRAL, 46_702_792_704),  # huggingface.co/mistralai/Mixtral-8x7B-v0.1
        (PYTHIA, 6_857_302_016),  # huggingface.co/EleutherAI/pythia-6.9b
        (OPT, 6_658_473_984),  # huggingface.co/facebook/opt-6.7b
        (QWEN2, 7_615_616_512),  # huggingface.co/Qwen/Qwen2-7B
        (QWEN3, 8_190_735_360),  # huggingface.co/Qwen/Qwen3-8B
        (FALCON, 6_921_720_704),  # huggingface.co/tiiuae/falcon-7b, its last table not twice
        (PHI3, 3_821_079_552),  # huggingface.co/microsoft/Phi-3-mini-4k-instruct
        (GEMMA, 2_506_172_416),  # huggingface.co/google/gemma-2b
        (GEMMA2, 9_241_705_984),  # huggingface.co/google/gemma-2-9b
        (QWEN3_MOE, 30_532_122_624),  # huggingface.co/Qwen/Qwen3-30B-A3B
        (BLOOM, 559_214_592),  # huggingface.co/bigscience/bloom-560m
        (GPT_J, 6_050_882_784),  # huggingface.co/EleutherAI/gpt-j-6b
        (STARCODER, 15_517_456_384),  # huggingface.co/bigcode/starcoder
        (STARCODER2, 3_030_371_328),  # huggingface.co/bigcode/starcoder2-3b
        (PHI2, 2_779_683_840),  # huggingface.co/microsoft/phi-2
        (STABLELM, 1_644_515_328),  # huggingface.co/stabilityai/stablelm-2-1_6b
        (GRANITE, 8_170_848_256),  # huggingface.co/ibm-granite/granite-3.0-8b-base
        (OLMO2, 7_298_617_344),  # huggingface.co/allenai/OLMo-2-1124-7B
        (OLMOE, 6_919_161_856),  # huggingface.co/allenai/OLMoE-1B-7B-0924
        (GEMMA3, 999_885_952),  # huggingface.co/google/gemma-3-1b-pt
        (MPT, 6_649_286_656),  # huggingface.co/mosaicml/mpt-7b
        (DISTILBERT, 66_985_530),  # DistilBertForMaskedLM of distilbert-base-uncased
        # By hand: two tables, 32 layers of 25,165,824 + 56,623,104 with four norms' vectors.
        (MINITRON, 2 * 256000 * 3072 + 32 * (25_165_824 + 56_623_104 + 4 * 3072) + 2 * 3072),
        (ROBERTA, 124_697_433),  # RobertaForMaskedLM of roberta-base
        (BERT, 336_226_108),  # BertForPreTraining of bert-large-uncased
        (BERT_BASE, 110_106_428),  # BertForPreTraining of bert-base-uncased
    ],
)
def test_parameters_are_those_of_the_published_weights(
    tmp_path: Path, stacks: Path, catalog: Catalog, config: dict[str, Any], published: int
) -> None:
    file = read(tmp_path, stacks, catalog, config, sequence=512)
    assert parameters(file) == published


def test_what_is_given_beside_goes_before_the_config(
    tmp_path: Path, stacks: Path, catalog: Catalog
) -> None:
    usual = read(tmp_path, stacks, catalog, GPT2)
    model = usual.solved.workloads["train"].answer.transformer.model
    assert model.sequence == 1024
    given = read(tmp_path, stacks, catalog, GPT2, sequence=256, vocabulary=50304)
    other = given.solved.workloads["train"].answer.transformer.model
    assert (other.sequence, other.vocabulary, other.positions) == (256, 50304, 1024)


def test_a_change_of_the_file_is_another_stack(
    tmp_path: Path, stacks: Path, catalog: Catalog
) -> None:
    one = read(tmp_path, stacks, catalog, GPT2)
    again = read(tmp_path, stacks, catalog, GPT2)
    other = read(tmp_path, stacks, catalog, GPT2_XL)
    assert one.digest == again.digest != other.digest


def test_another_config_by_a_change_takes_the_place_of_the_first(
    tmp_path: Path, stacks: Path, catalog: Catalog
) -> None:
    file = read(tmp_path, stacks, catalog, GPT2)
    (tmp_path / "xl.json").write_text(json.dumps(GPT2_XL), encoding="utf-8")
    changed = change_stack(file, {"workloads.train.transformer.config": "xl.json"}, catalog)
    assert parameters(changed) == 1_557_611_200


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({**GPT2, "model_type": "t5"}, r"'t5'; known are bert, bloom, distilbert, falcon, gemma"),
        ({**MPT, "no_bias": False}, "has biases"),
        ({**PHI2, "qk_layernorm": True}, "has a 'qk_layernorm'"),
        ({**STABLELM, "use_parallel_residual": True}, "has a 'use_parallel_residual'"),
        ({**MINITRON, "mlp_bias": True}, "has a 'mlp_bias'"),
        ({**FALCON, "bias": True}, "has biases or no 'parallel_attn'"),
        ({**QWEN3_MOE, "decoder_sparse_step": 2}, "has layers without experts"),
        ({"n_layer": 12}, r"has no 'model_type'; known are bert"),
        ({"model_type": "llama"}, "has no 'num_hidden_layers'"),
        ({**LLAMA, "vocab_size": "many"}, "'vocab_size' that is no whole number"),
        ({**LLAMA, "vocab_size": True}, "'vocab_size' that is no whole number"),
        ({**LLAMA, "hidden_size": -1}, "'hidden_size' that is no whole number"),
        ({**LLAMA, "tie_word_embeddings": "no"}, "neither true nor false"),
        ({**LLAMA, "attention_bias": True}, "not known with"),
        ({**OPT, "word_embed_proj_dim": 512}, "projects its embedding"),
        ({**LLAMA, "num_key_value_heads": 7}, "don't divide 32 heads"),
        ({**LLAMA, "num_hidden_layers": 10**9}, "layers"),
        ([1, 2], "is no JSON object"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ('{"model_type": "gpt2", "n_layer": ' + "9" * 5000 + "}", "is no JSON"),
        (" " * (MOST_BYTES + 1), "is larger than 1,000,000 bytes"),
    ],
    ids=range(22),
)
def test_what_is_no_config_is_refused_in_one_message(
    tmp_path: Path, stacks: Path, catalog: Catalog, config: object, said: str
) -> None:
    with pytest.raises(InvalidDescription, match=said) as refused:
        read(tmp_path, stacks, catalog, config)
    assert "workloads.train.transformer.config" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("confg.json", "did you mean 'config.json'"),
        ("../config.json", "is not in the folder of the description"),
        ("/etc/passwd", "is not in the folder of the description"),
        (".", "cannot be read|is not a file"),
        ("a\0b", "is not the name of a file"),
    ],
)
def test_a_file_elsewhere_is_refused(
    tmp_path: Path, stacks: Path, catalog: Catalog, name: str, said: str
) -> None:
    file = read(tmp_path, stacks, catalog, GPT2)
    with pytest.raises(InvalidDescription, match=said):
        change_stack(file, {"workloads.train.transformer.config": name}, catalog)


def test_dimensions_without_a_config_are_all_needed(stacks: Path, catalog: Catalog) -> None:
    file = read_stack(stacks / STACK, catalog)
    with pytest.raises(InvalidDescription, match="needs layers and sequence, or a config"):
        change_stack(
            file,
            {"workloads.train.transformer": {"hidden": 64, "heads": 8, "vocabulary": 100}},
            catalog,
        )


def test_more_tokens_than_places_are_refused(
    tmp_path: Path, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match="2048 tokens, and vectors of 1024 places"):
        read(tmp_path, stacks, catalog, GPT2, sequence=2048)
