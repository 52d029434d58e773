"""How rows of what is bought, where, and what it costs become records in SI base units."""

from models.catalog.history import MEDIA
from models.catalog.providers import CLOUDS
from models.catalog.records import BilledBeside, Grid, Price, Region, StorageCost, StorageService
from models.catalog.rows import Row
from models.catalog.scales import GIB, GRAMS_PER_KWH, KIB, MBPS_PER_TIB, TERA, TIB

PURCHASES = ("on_demand", "spot", "reserved", "capacity_block", "flex_start")


def storage_service(row: Row) -> StorageService:
    """Read a row of `storage_services.csv`."""
    provider = row.choice("provider", tuple(CLOUDS))
    parts = CLOUDS[provider].implementations
    return StorageService(
        provider=provider,
        name=row.text("name"),
        kind=row.choice("kind", ("object", "nas", "block")),
        implementation=parts(row.choice("implementation", tuple(parts))),
        type=row.text("type"),
        billed_as=row.choice("billed_as", CLOUDS[provider].storage),
        base_bandwidth=row.limit("base_mb_per_s", 1e6),
        bandwidth_per_byte=row.amount("mb_per_s_per_tib", MBPS_PER_TIB),
        client_bandwidth=row.limit("client_mb_per_s", 1e6),
        write_bandwidth=row.limit("write_mb_per_s", 1e6),
        latency=row.positive("latency_ms", 1e-3),
        get_rate_limit=row.limit("get_per_s"),
        put_rate_limit=row.limit("put_per_s"),
        minimum_capacity=row.amount("minimum_gib", GIB),
        capacity_step=row.amount("step_gib", GIB),
        availability=row.fraction("availability"),
        durability=row.fraction_or_none("durability"),
        burst_per_byte=row.amount("burst_mb_per_s_per_tib", MBPS_PER_TIB),
        credit_per_byte=row.amount("credit_tib_per_tib"),
        write_share=row.fraction_or_none("write_share") or 1.0,
        least_bandwidth=row.positive_or_none("least_mb_per_s", 1e6) or 0.0,
        least_burst=row.positive_or_none("least_burst_mb_per_s", 1e6) or 0.0,
        least_credit=row.positive_or_none("least_credit_tib", TIB) or 0.0,
        rate_per_byte=row.positive_or_none("get_per_s_per_gib", 1 / GIB) or 0.0,
        least_rate=row.positive_or_none("least_get_per_s") or 0.0,
        burst_rate=row.positive_or_none("burst_get_per_s") or 0.0,
        credit_requests=row.positive_or_none("credit_requests") or 0.0,
        most_rate=row.positive_or_none("most_get_per_s") or 0.0,
        request_size=row.positive_or_none("request_kib", KIB) or 0.0,
        bills=tuple(map(BilledBeside, row.some_of("bills", tuple(BilledBeside)))),
        included_iops=row.amount("included_iops"),
        included_bandwidth=row.amount("included_mb_per_s", 1e6),
        iops_per_byte=row.amount("iops_per_gib", 1 / GIB),
        iops_tiers=row.numbers("iops_tiers"),
        least_iops=row.amount("least_iops"),
        least_iops_per_byte=row.amount("least_iops_per_gib", 1 / GIB),
        flat_bandwidth=row.amount("flat_mb_per_s", 1e6),
        flat_rate=row.amount("flat_get_per_s"),
        **row.cited(),
    )


def price(row: Row) -> Price:
    """Read a row of `prices.csv`; an empty `low_usd` or `high_usd` means that it is `usd`."""
    usd = row.positive("usd")
    return Price(
        provider=row.choice("provider", tuple(CLOUDS)),
        service=row.text("service"),
        item=row.text("item"),
        region=row.text("region"),
        unit=row.text("unit"),
        purchase=row.choice("purchase", PURCHASES),
        usd=usd,
        low=row.positive_or_none("low_usd") or usd,
        high=row.positive_or_none("high_usd") or usd,
        **row.cited(),
    )


def storage_cost(row: Row) -> StorageCost:
    """Read a row of `storage_cost_by_year.csv`."""
    return StorageCost(
        medium=row.choice("medium", MEDIA),
        year=row.count("year"),
        usd_per_byte=row.positive("usd_per_tb", 1 / TERA),
        **row.cited(),
    )


def region(row: Row) -> Region:
    """Read a row of `regions.csv`; zones are written by the ending that follows the region."""
    provider, name = row.choice("provider", tuple(CLOUDS)), row.text("name")
    joint = CLOUDS[provider].zone_joint
    return Region(
        provider=provider,
        name=name,
        zones=tuple(f"{name}{joint}{ending}" for ending in row.words("zones")),
        grid=row.text("grid"),
        pue=row.positive("pue"),
        latitude=row.number("latitude", -90.0, 90.0),
        longitude=row.number("longitude", -180.0, 180.0),
        **row.cited(),
    )


def grid(row: Row) -> Grid:
    """Read a row of `grids.csv`."""
    return Grid(
        name=row.text("name"),
        carbon_intensity=row.positive("carbon_g_per_kwh", GRAMS_PER_KWH),
        **row.cited(),
    )
