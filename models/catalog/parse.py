"""Which parser reads a row of which table, and what makes its record the only one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.catalog import parse_failures, parse_hardware, parse_services, parse_training
from models.catalog.operators import CollectiveTable, MatrixTable, StepCalibration, StepError
from models.catalog.records import (
    DataPreparation,
    FailureRate,
    FailureReport,
    Instance,
    InstanceStorage,
    MeasuredRate,
    PowerDraw,
    Price,
    Record,
    Region,
    StorageCost,
    StorageService,
)
from models.catalog.rows import Row

PARSERS: Mapping[str, Callable[[Row], Record]] = MappingProxyType(
    {
        "accelerators": parse_hardware.accelerator,
        "instances": parse_hardware.instance,
        "links": parse_hardware.link,
        "disks": parse_hardware.disk,
        "storage_services": parse_services.storage_service,
        "prices": parse_services.price,
        "failure_rates": parse_failures.failure_rate,
        "failure_reports": parse_failures.failure_report,
        "neural_networks": parse_training.neural_network,
        "measured_rates": parse_training.measured_rate,
        "software": parse_training.software,
        "data_preparation": parse_training.data_preparation,
        "regions": parse_services.region,
        "storage_cost_by_year": parse_services.storage_cost,
        "grids": parse_services.grid,
        "power_draws": parse_hardware.power_draw,
        "instance_storage": parse_hardware.instance_storage,
        "matrix_rates": parse_training.matrix_table,
        "collective_times": parse_training.collective_table,
        "step_calibrations": parse_training.step_calibration,
        "step_errors": parse_training.step_error,
    }
)


def key(record: Record) -> tuple[str, ...]:
    """Say what makes a record the only one of its table."""
    match record:
        case Instance() | StorageService() | Region() | InstanceStorage():
            return (record.provider, record.name)
        case Price():
            item = (record.provider, record.service, record.item)
            return (*item, record.region, record.unit, record.purchase)
        case FailureRate() | PowerDraw():
            return (record.component,)
        case FailureReport():
            return (record.fleet,)
        case DataPreparation():
            return (record.sample_unit,)
        case StorageCost():
            return (record.medium, str(record.year))
        case MeasuredRate():
            sizes = (str(record.local_batch), str(record.accelerators))
            setting = (record.precision, record.software)
            return (record.accelerator, record.network, *setting, *sizes)
        case MatrixTable():
            return (record.accelerator, record.precision)
        case CollectiveTable():
            return (record.accelerator, record.operation, str(record.members))
        case StepCalibration():
            return (record.software, record.generation)
        case StepError():
            return (record.software, record.regime)
        case _:
            return (record.name,)
