"""Texts that follow a pattern, and what they are in words where one does not."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

_SHOWN = 80  # characters of a text that does not


@dataclass(frozen=True)
class Pattern:
    """How a text is written.

    Arguments:
        pattern: regular expression of all of it.
        words: what that is, for people, after "is not".
    """

    pattern: str
    words: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        found = re.compile(self.pattern)

        def held(text: str) -> str:
            if found.fullmatch(text) is None:
                shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
                raise ValueError(f"'{shown}' is not {self.words}")
            return text

        return core_schema.no_info_after_validator_function(held, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^{self.pattern}$"}
