"""Changes of tags where the API takes them as a map."""

from provider.kinds import Action, Change


def retag_map(owner: str = "ResourceArn", tags: str = "Tags", keys: str = "TagKeys") -> Action:
    """A change of tags by tag_resource and untag_resource; the names of their parameters."""

    def retag(change: Change) -> None:
        identity = {owner: change.state["arn"]}
        old, new = change.old.get("tags", {}), change.new.get("tags", {})
        if gone := sorted(old.keys() - new.keys()):
            change.call("untag_resource", **identity, **{keys: gone})
        if new:
            change.call("tag_resource", **identity, **{tags: new})

    return retag
