"""How large models are by their kind, and what one request of them computes."""

from models.laws.arguments import positive, whole


def nearest_neighbours_size(samples: int, attributes: int, value: float = 8.0) -> float:
    """Bytes of a model of nearest neighbours: all samples that it has seen.

    Arguments:
        samples: that it has seen.
        attributes: of each.
        value: bytes of one attribute.

    Raises:
        ValueError: an argument out of range.

    Source: Cover and Hart (1967), Nearest neighbor pattern classification: the rule keeps its
        samples.
    """
    samples, attributes = whole("samples", samples, 1), whole("attributes", attributes, 1)
    return samples * attributes * positive("value", value)


def nearest_neighbours_computation(samples: int, attributes: int) -> float:
    """Operations of one request: its distance from every sample.

    Arguments:
        samples: that the model has seen.
        attributes: of each.

    Raises:
        ValueError: an argument out of range.

    Source: a squared Euclidean distance subtracts, multiplies and adds once for each attribute.
    """
    return 3.0 * whole("samples", samples, 1) * whole("attributes", attributes, 1)


def linear_size(attributes: int, outputs: int = 1, value: float = 8.0) -> float:
    """Bytes of a linear model: a weight for each attribute and a constant, for each output.

    Arguments:
        attributes: of a sample.
        outputs: of the model.
        value: bytes of one number.

    Raises:
        ValueError: an argument out of range.

    Source: y = w x + b has d + 1 numbers for each output.
    """
    numbers = (whole("attributes", attributes, 1) + 1) * whole("outputs", outputs, 1)
    return numbers * positive("value", value)


def linear_computation(attributes: int, outputs: int = 1) -> float:
    """Operations of one request of a linear model.

    Arguments:
        attributes: of a sample.
        outputs: of the model.

    Raises:
        ValueError: an argument out of range.

    Source: each attribute is multiplied by its weight and added, to the constant.
    """
    return 2.0 * whole("attributes", attributes, 1) * whole("outputs", outputs, 1)
