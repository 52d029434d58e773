"""Whether targets are reached: a word for the table, and a count for the exit status."""


class Verdicts:
    """What was judged in one run of a benchmark; `missed` is the number of targets not reached."""

    def __init__(self) -> None:
        self.missed = 0

    def of(self, reached: bool) -> str:
        """The word for a target, which is remembered.

        Arguments:
            reached: whether it is.
        """
        self.missed += not reached
        return "yes" if reached else "NO"
