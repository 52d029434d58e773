"""Values of a config.json of Hugging Face, asked by name."""

from collections.abc import Mapping
from typing import Any

from models.reading.files_beside import UnusableFile

Dimensions = dict[str, Any]  # of a transformer, by their names in a stack file


class ConfigValues:
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
