"""Units of time, s."""

HOUR, DAY, YEAR = 3600.0, 86_400.0, 365.0 * 86_400.0
