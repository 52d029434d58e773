"""The JSON Schema of the network file knows what the reader takes beside the model."""

from pydantic import TypeAdapter

from models.queueing.network import CustomerClass


def test_a_service_may_be_recorded_beside_the_arrivals() -> None:
    schema = TypeAdapter(CustomerClass).json_schema()
    recorded = schema["$defs"]["Recorded"]
    assert recorded["properties"]["distribution"]["const"] == "trace"
    assert "Recorded" in str(schema["properties"]["service"])
    assert "Recorded" not in str(schema["properties"]["patience"])
