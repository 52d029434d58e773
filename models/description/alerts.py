"""Who hears of a stack that is not as it was predicted."""

from typing import Annotated

from pydantic import Field

from models.description.fields import Part

Email = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}$")
]


class Alerts(Part):
    """Alarms, a dashboard and a budget, where the cloud is AWS."""

    email: Email = Field(description="address that hears of it, once its owner has confirmed it")
