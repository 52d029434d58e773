"""Dimensions of a transformer from a config.json of Hugging Face."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from models.parts.workloads import config_llama, config_others
from models.parts.workloads.config_values import ConfigValues, Dimensions
from models.reading.files_beside import UnusableFile, opened_beside

MOST_BYTES = 1_000_000  # of a config.json, which has a few thousand
_LONGEST_SHOWN = 40  # characters of a name that nobody knows

# By `model_type`. Names and defaults of transformers, src/transformers/models/*/configuration_*.py.
ARCHITECTURES: Mapping[str, Callable[[ConfigValues], Dimensions]] = MappingProxyType(
    {
        "bert": config_others.bert,
        "bloom": config_others.bloom,
        "distilbert": config_others.distilbert,
        "falcon": config_others.falcon,
        "gemma": config_llama.gemma,
        "gemma2": config_llama.gemma2,
        "gemma3_text": config_llama.gemma3,
        "gpt2": config_others.gpt2,
        "gpt_bigcode": config_others.gpt_bigcode,
        "gpt_neox": config_others.gpt_neox,
        "gptj": config_others.gptj,
        "granite": config_llama.llama,
        "llama": config_llama.llama,
        "mistral": config_llama.llama,
        "mixtral": config_llama.mixtral,
        "mpt": config_others.mpt,
        "nemotron": config_others.nemotron,
        "olmo2": config_llama.olmo2,
        "olmoe": config_llama.olmoe,
        "opt": config_others.opt,
        "phi": config_others.phi,
        "phi3": config_llama.llama,
        "qwen2": config_llama.qwen2,
        "qwen3": config_llama.qwen3,
        "qwen3_moe": config_llama.qwen3_moe,
        "roberta": config_others.roberta,
        "stablelm": config_llama.stablelm,
        "starcoder2": config_others.starcoder2,
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
    return ARCHITECTURES[kind](ConfigValues(values)), content
