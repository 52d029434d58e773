"""What moto lacks of SageMaker: training jobs that are taken away, and names that AWS refuses."""

import re
from typing import Any

from moto.core.responses import EmptyResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.responses import SageMakerResponse

# SageMaker API reference: names of jobs and notebooks (2026-11-28).
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def _named(responses: Any, operation: str, parameter: str) -> None:
    create = getattr(responses, operation)

    def checked(self: Any) -> Any:
        name = self._get_param(parameter)
        if not _NAME.fullmatch(name):
            raise ValidationError(f"{parameter} '{name}' failed to satisfy the pattern of names")
        return create(self)

    setattr(responses, operation, checked)


def _delete_training_job(response: SageMakerResponse) -> EmptyResult:
    name = response._get_param("TrainingJobName")
    response.sagemaker_backend.describe_training_job(name)
    del response.sagemaker_backend.training_jobs[name]
    return EmptyResult()


def fill_gaps_of_sagemaker() -> None:
    """Adds what is lacking to the moto of this process, once."""
    setattr(SageMakerResponse, "delete_training_job", _delete_training_job)  # noqa: B010
    _named(SageMakerResponse, "create_training_job", "TrainingJobName")
    _named(SageMakerResponse, "create_notebook_instance", "NotebookInstanceName")
