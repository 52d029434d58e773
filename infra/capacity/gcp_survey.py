"""What Google Cloud says it has: zones, types, quotas, Advice, capacity history, reservations."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from infra.capacity.gcp_client import GoogleClients, ask, patient
from infra.capacity.survey import Seen, Survey, Wanted, Zone, at_once, each_once
from infra.gcp.quota_metrics import ALL_GPUS, quota_metric
from models.capacity.place import Place
from models.catalog.records import Instance

_Question = Callable[[], tuple[Place, dict[str, float | None]]]
_NANOS = 1e9
_UP = "UP"


@dataclass
class _Answers:
    """What the first questions brought; None where there was no answer."""

    zones: list[Zone] | None = None
    machines: set[tuple[str, str]] | None = None  # zone and machine type
    accelerators: set[tuple[str, str]] | None = None  # zone and accelerator type
    quotas: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    # Zone, machine type and accelerators attached to it.
    reserved: dict[tuple[str, str, frozenset[tuple[str, int]]], int] = field(default_factory=dict)


class GoogleSurveyor:
    """Google Cloud tells what it has."""

    def __init__(self, clients: GoogleClients) -> None:
        self._clients = clients
        self._types = clients.types

    def survey(self, wanted: Wanted, show: Callable[[int, int], None] | None = None) -> Survey:
        """See `Surveyor.survey`."""
        has = _Answers()
        has.zones = self._zones(wanted)
        questions = [
            lambda: self._machines(has, wanted),
            lambda: self._quotas(has),
            lambda: self._all_regions(has),
            lambda: self._reservations(has),
        ]
        if any(one.accelerator_type for one in wanted.shapes.values()):
            questions.append(lambda: self._accelerators(has))
        _, refusals = at_once(questions, show)
        seen = [
            self._seen(has, zone, name, instance, wanted)
            for zone in has.zones
            for name, instance in wanted.shapes.items()
        ]
        more = [
            question
            for one in seen
            if one.offered
            for question in self._asked_of(one.place, wanted)
        ]
        answers, others = at_once(more, show)
        found: dict[Place, dict[str, float | None]] = defaultdict(dict)
        for answer in answers:
            if answer is not None:
                found[answer[0]] |= answer[1]
        seen = [replace(one, **found.get(one.place, {})) for one in seen]  # type: ignore[arg-type]
        return Survey(tuple(has.zones), tuple(seen), each_once([*refusals, *others]))

    def _zones(self, wanted: Wanted) -> list[Zone]:
        client = self._clients.client(self._types.ZonesClient)
        found = ask(lambda: list(client.list(project=self._clients.project, **patient())))
        zones = [Zone(_last(one.region), one.name, one.status == _UP) for one in found]
        return sorted(
            (
                one
                for one in zones
                if (not wanted.regions or one.region in wanted.regions)
                and (not wanted.zones or one.name in wanted.zones)
            ),
            key=lambda one: one.name,
        )

    def _machines(self, has: _Answers, wanted: Wanted) -> None:
        names = sorted({one.machine_type for one in wanted.shapes.values()})
        request = self._types.AggregatedListMachineTypesRequest(
            project=self._clients.project,
            filter=" OR ".join(f'(name = "{name}")' for name in names),
        )
        client = self._clients.client(self._types.MachineTypesClient)
        has.machines = {
            (_last(scope), one.name)
            for scope, found in ask(lambda: list(client.aggregated_list(request, **patient())))
            for one in found.machine_types
        }

    def _accelerators(self, has: _Answers) -> None:
        request = self._types.AggregatedListAcceleratorTypesRequest(project=self._clients.project)
        client = self._clients.client(self._types.AcceleratorTypesClient)
        has.accelerators = {
            (_last(scope), one.name)
            for scope, found in ask(lambda: list(client.aggregated_list(request, **patient())))
            for one in found.accelerator_types
        }

    def _quotas(self, has: _Answers) -> None:
        client = self._clients.client(self._types.RegionsClient)
        found = ask(lambda: list(client.list(project=self._clients.project, **patient())))
        for region in found:
            for one in region.quotas:
                has.quotas[region.name, one.metric] = (one.limit, one.usage)

    def _all_regions(self, has: _Answers) -> None:
        client = self._clients.client(self._types.ProjectsClient)
        found = ask(lambda: client.get(project=self._clients.project, **patient()))
        for one in found.quotas:
            has.quotas["", one.metric] = (one.limit, one.usage)

    def _reservations(self, has: _Answers) -> None:
        request = self._types.AggregatedListReservationsRequest(project=self._clients.project)
        client = self._clients.client(self._types.ReservationsClient)
        free: dict[tuple[str, str, frozenset[tuple[str, int]]], int] = defaultdict(int)
        for scope, found in ask(lambda: list(client.aggregated_list(request, **patient()))):
            for one in found.reservations:
                if one.specific_reservation_required:
                    continue  # only what names it starts in it
                sku = one.specific_reservation
                inside = sku.instance_properties
                attached = frozenset(
                    (_last(each.accelerator_type), each.accelerator_count)
                    for each in inside.guest_accelerators
                )
                free[_last(scope), inside.machine_type, attached] += sku.count - sku.in_use_count
        has.reserved = dict(free)

    def _seen(
        self, has: _Answers, zone: Zone, name: str, instance: Instance, wanted: Wanted
    ) -> Seen:
        metric, each = quota_metric(instance, wanted.purchase)
        place = Place(zone.region, zone.name, name, wanted.purchase, metric)
        offered = None
        if has.machines is not None:
            offered = (zone.name, instance.machine_type) in has.machines
        if offered and instance.accelerator_type:
            offered = None
            if has.accelerators is not None:
                offered = (zone.name, instance.accelerator_type) in has.accelerators
        limit, used = has.quotas.get((zone.region, metric), (None, 0.0))
        if instance.accelerators and ("", ALL_GPUS) in has.quotas:
            everywhere, taken = has.quotas["", ALL_GPUS]
            if limit is None or everywhere - taken < limit - used:
                limit, used = everywhere, taken
        return Seen(
            place,
            offered=offered,
            quota=limit,
            quota_used=used,
            quota_needed=float(each * wanted.nodes),
            reserved=_reserved(has, zone.name, instance),
        )

    def _asked_of(self, place: Place, wanted: Wanted) -> Iterator[_Question]:
        instance = wanted.shapes[place.shape]
        yield lambda: (place, {"chance": self._chance(place, instance, wanted.nodes)})
        if place.purchase == "spot":
            yield lambda: (place, self._history(place, instance))

    def _chance(self, place: Place, instance: Instance, nodes: int) -> float | None:
        """Obtainability of spot nodes: that of others is not published."""
        types = self._types
        selection = types.CapacityAdviceRequestInstanceFlexibilityPolicyInstanceSelection(
            machine_types=[instance.machine_type], guest_accelerators=self._attached(instance)
        )
        policy = types.CapacityAdviceRequestInstanceFlexibilityPolicy(
            instance_selections={"nodes": selection}
        )
        zone = types.CapacityAdviceRequestDistributionPolicyZoneConfiguration(
            zone=f"zones/{place.zone}"
        )
        request = types.CapacityAdviceRequest(
            size=nodes,
            instance_flexibility_policy=policy,
            distribution_policy=types.CapacityAdviceRequestDistributionPolicy(
                target_shape="ANY_SINGLE_ZONE", zones=[zone]
            ),
            instance_properties=types.CapacityAdviceRequestInstanceProperties(
                scheduling=types.CapacityAdviceRequestInstancePropertiesScheduling(
                    provisioning_model="SPOT"
                )
            ),
        )
        client = self._clients.client(types.AdviceClient)
        found = ask(
            lambda: client.capacity(
                project=self._clients.project,
                region=place.region,
                capacity_advice_request_resource=request,
                **patient(),
            ),
            place,
        )
        scores = [one.scores for one in found.recommendations if "obtainability" in one.scores]
        return scores[0].obtainability if scores else None

    def _history(self, place: Place, instance: Instance) -> dict[str, float | None]:
        """The list price of a spot node, USD/h, and the share of them that was taken back."""
        types = self._types
        request = types.CapacityHistoryRequest(
            types=["PRICE", "PREEMPTION"],
            location_policy=types.CapacityHistoryRequestLocationPolicy(
                location=f"zones/{place.zone}"
            ),
            instance_properties=types.CapacityHistoryRequestInstanceProperties(
                machine_type=instance.machine_type,
                guest_accelerators=self._attached(instance),
                scheduling=types.CapacityHistoryRequestInstancePropertiesScheduling(
                    provisioning_model="SPOT"
                ),
            ),
        )
        client = self._clients.client(types.AdviceClient)
        found = ask(
            lambda: client.capacity_history(
                project=self._clients.project,
                region=place.region,
                capacity_history_request_resource=request,
                **patient(),
            ),
            place,
        )
        price, taken = _newest(found.price_history), _newest(found.preemption_history)
        usd = None
        if price is not None and price.list_price.currency_code == "USD":
            usd = price.list_price.units + price.list_price.nanos / _NANOS
        rate = None if taken is None else taken.preemption_rate
        return {"spot_price": usd, "pre_empted": rate}

    def _attached(self, instance: Instance) -> list[Any]:
        """Accelerators that are no part of the machine type."""
        if instance.name == instance.machine_type or not instance.accelerators:
            return []
        return [
            self._types.AcceleratorConfig(
                accelerator_type=instance.accelerator_type, accelerator_count=instance.accelerators
            )
        ]


def _reserved(has: _Answers, zone: str, instance: Instance) -> int:
    """Free nodes of reservations with the same accelerators, written with the type or without."""
    own = frozenset({(str(instance.accelerator_type), instance.accelerators)})
    part_of_type = instance.name == instance.machine_type
    wanted = {frozenset(), own} if part_of_type or not instance.accelerators else {own}
    return sum(has.reserved.get((zone, instance.machine_type, one), 0) for one in wanted)


def _last(url: str) -> str:
    return url.rpartition("/")[2]


def _newest(records: Any) -> Any:
    return max(records, key=lambda one: one.interval.start_time, default=None)
