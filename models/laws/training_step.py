"""Arithmetic of data-parallel training: memory, computation and the input pipeline."""

BYTES_OF = {"fp64": 8, "fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2, "fp8": 1}
_OPTIMIZER_VALUES = {"sgd": 0, "momentum": 1, "adam": 2, "adam-bf16": 2}
_HALF_STATE = {"adam-bf16"}  # optimizers whose state is in bf16, without a master copy
BACKWARD_OVER_FORWARD = 2.0  # one pass each for the gradients of weights and of activations


def training_flops(forward_flops: float) -> float:
    """Computation of one training sample, FLOP: one forward and one backward pass.

    Arguments:
        forward_flops: of one forward pass, FLOP.

    Source: Amodei and Hernandez (2018), AI and compute, appendix: backward is twice forward.
    """
    return forward_flops * (1 + BACKWARD_OVER_FORWARD)


def state_bytes(parameters: float, precision: str, optimizer: str) -> float:
    """Weights, gradients and optimizer state that one data-parallel accelerator holds, bytes.

    In half precision and below a 32-bit master copy of the weights is kept too.

    Arguments:
        parameters: trainable parameters.
        precision: of the computation.
        optimizer: sgd, momentum, adam, or adam-bf16, which has its state in bf16 and no copy.

    Source: Rajbhandari et al. (2020), ZeRO, section 3.1: 2 + 2 + 12 bytes for mixed-precision Adam.
    """
    return parameters * (2 * BYTES_OF[precision] + optimizer_bytes(precision, optimizer))


def optimizer_bytes(precision: str, optimizer: str) -> float:
    """The optimizer's state of one parameter, and its 32-bit master copy where there is one, bytes.

    Arguments:
        precision: of the computation.
        optimizer: sgd, momentum, adam or adam-bf16.

    Source: Rajbhandari et al. (2020), ZeRO, section 3.1; NVIDIA/NeMo-Framework-Launcher,
        launcher_scripts/conf/peft/llama/sft.yaml at 0da9ad9, for states in bf16.
    """
    if optimizer in _HALF_STATE:
        return _OPTIMIZER_VALUES[optimizer] * BYTES_OF["bf16"]
    width = BYTES_OF[precision]
    return (4 if width < 4 else 0) + _OPTIMIZER_VALUES[optimizer] * max(4, width)


def checkpoint_bytes(parameters: float, precision: str, optimizer: str) -> float:
    """What a checkpoint must hold to go on exactly: weights and optimizer state, bytes.

    Arguments:
        parameters: trainable parameters.
        precision: of the computation.
        optimizer: sgd, momentum, adam or adam-bf16.

    Source: Rajbhandari et al. (2020), ZeRO, section 3.1, without what is computed anew.
    """
    width = BYTES_OF["bf16"] if optimizer in _HALF_STATE else max(4, BYTES_OF[precision])
    return parameters * width * (1 + _OPTIMIZER_VALUES[optimizer])


def memory_of_model_parallel_worker(model_bytes: float, workers: int) -> float:
    """What one worker holds of a model that is split evenly, bytes.

    Arguments:
        model_bytes: of the whole model.
        workers: over which it is split.

    Source: Dean et al. (2012), Large scale distributed deep networks, section 3.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}; it must be 1 or more")
    return model_bytes / workers


def request_limited_rate(
    bandwidth: float, requests_per_second: float, object_size: float, sample_size: float
) -> float:
    """Samples/s that a store delivers under its bandwidth and its request limit.

    Arguments:
        bandwidth: that the clients get together, bytes/s.
        requests_per_second: that the store serves; may be infinite.
        object_size: bytes fetched by one request.
        sample_size: bytes of one sample.

    Source: the smaller of two capacities, as in Mohan et al. (2021), Analyzing and mitigating
        data stalls in DNN training, section 3.
    """
    if not (object_size > 0 and sample_size > 0):
        raise ValueError(
            f"object_size {object_size} and sample_size {sample_size} must be more than 0"
        )
    samples_per_object = max(1.0, object_size / sample_size)
    return min(bandwidth / sample_size, requests_per_second * samples_per_object)
