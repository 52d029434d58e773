"""Who hears of a stack that is not as it was predicted."""

from typing import Annotated

from pydantic import Field

from models.description.fields import Part
from models.description.text_patterns import Pattern

Email = Annotated[
    str,
    Pattern(
        r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}",
        "an address of email, such as operations@example.com",
    ),
]


class Alerts(Part):
    """Alarms, a dashboard and a budget, where the cloud is AWS."""

    email: Email = Field(description="address that hears of it, once its owner has confirmed it")
