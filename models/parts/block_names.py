"""Names of blocks of buildings and clouds, as tables, remedies and simulations have them."""

POWER_SUPPLY = "power supply"
POWER_FEEDS = "power feeds"
POWER_PATHS = "power paths"
COOLING_UNITS = "cooling units"
COOLING_SYSTEMS = "cooling systems"
ZONE = "zone"
OTHER_ZONE = "other zone"  # where some zones must be up, and enough of the others
