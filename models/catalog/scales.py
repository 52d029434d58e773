"""What the units of the tables are in SI base units."""

KIB = 2.0**10
GIB = 2.0**30
TIB = 2.0**40
GB = 1e9
GB_PER_S = 1e9
GBPS = 1e9 / 8
MBPS_PER_TIB = 1e6 / 2.0**40
TERA = 1e12
GIGA = 1e9
HOUR = 3600.0
DAY = 24 * HOUR
GRAMS_PER_KWH = 1e-3 / 3.6e6
