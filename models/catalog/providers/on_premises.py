"""Hardware of one's own."""

from models.catalog.provider_record import Provider

PROVIDER = Provider(
    name="on-premises", title="on premises", machines="bare metal, no virtual machine manager"
)
