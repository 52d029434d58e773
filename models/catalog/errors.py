"""How the catalog refuses: a table it cannot read, a name it does not hold."""

MANY = 30  # more names than this are not listed in a message, only the nearest


class CatalogError(ValueError):
    """A table of the catalog that cannot be read; says the file, the line and the column."""

    def __init__(self, file: str, line: int, column: str, message: str) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        super().__init__(f"{file}:{line}: column '{column}': {message}")


class NoTables(CatalogError):
    """A folder of a user's own tables that has none."""

    def __init__(self, named_by: str, folder: str, tables: tuple[str, ...]) -> None:
        super().__init__(folder, 1, "", "has no table")
        wanted = " or ".join(f"{name}.csv" for name in tables)
        self.args = (f"{named_by}: {folder} has no {wanted}",)


class UnknownName(LookupError):
    """A name the catalog does not hold, with the nearest names that it does."""

    def __init__(self, kind: str, name: str, choices: tuple[str, ...], context: str = "") -> None:
        import difflib  # only a failed lookup needs it

        self.kind = kind
        self.name = name
        self.choices = choices
        self.context = context
        folded = {choice.casefold(): choice for choice in choices}
        close = difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)
        self.nearest = tuple(folded[match] for match in close)
        super().__init__(self._message(context))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """A catalog that remembers it travels to other processes."""
        return UnknownName, (self.kind, self.name, self.choices, self.context)

    def _message(self, context: str) -> str:
        where = f" for {context}" if context else ""
        text = f"unknown {self.kind.replace('_', ' ')} '{self.name}'{where}"
        if self.nearest and len(self.choices) > MANY:
            return f"{text}; nearest: {', '.join(self.nearest)}"
        if self.choices:
            return f"{text}; the catalog has: {', '.join(self.choices)}"
        return f"{text}; the catalog has none"
