"""Keys of an object store: flat names, of which a folder is only how some begin."""

from collections.abc import Sequence


def listed(
    keys: Sequence[str], prefix: str = "", delimiter: str = ""
) -> tuple[list[str], list[str]]:
    """Keys that a list shows, and the common beginnings that it shows in place of others.

    A beginning is shown while an object has it. It is no object: it can't be deleted, and is gone
    with the last object that has it.

    Arguments:
        keys: of all objects.
        prefix: with which those that are asked for begin.
        delimiter: keys that have it after the prefix are shown as one, up to it; empty for none.

    Source: Amazon S3 API Reference, ListObjectsV2.
    """
    contents, beginnings = [], dict[str, None]()
    for key in sorted(set(keys), key=str.encode):
        if not key.startswith(prefix):
            continue
        head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        if found:
            beginnings[f"{prefix}{head}{delimiter}"] = None
        else:
            contents.append(key)
    return contents, list(beginnings)


def deleted(keys: Sequence[str], key: str) -> list[str]:
    """Keys that are left when one is deleted: all others, whatever they begin with.

    Arguments:
        keys: of all objects.
        key: of the one that is deleted; that it is not there is no error.

    Source: Amazon S3 API Reference, DeleteObject.
    """
    return [one for one in keys if one != key]
