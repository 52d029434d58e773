"""Units that the fields of records are in."""

from typing import Annotated

# The unit rides in the type, so that a table can be printed without a second list of units.
Bytes = Annotated[float, "bytes"]
BytesPerSecond = Annotated[float, "bytes/s"]
Flop = Annotated[float, "FLOP"]
FlopPerSecond = Annotated[float, "FLOP/s"]
PerSecond = Annotated[float, "1/s"]
Seconds = Annotated[float, "s"]
Watts = Annotated[float, "W"]
Usd = Annotated[float, "USD"]
UsdPerByte = Annotated[float, "USD/byte"]
KilogramsPerJoule = Annotated[float, "kg/J"]
