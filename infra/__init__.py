"""The same stack in a cloud: Pulumi components, one a kind of part."""
