"""Names of the blocks of a building, as availability tables, remedies and simulations have them."""

POWER_SUPPLY = "power supply"
POWER_FEEDS = "power feeds"
POWER_PATHS = "power paths"
COOLING_UNITS = "cooling units"
COOLING_SYSTEMS = "cooling systems"
