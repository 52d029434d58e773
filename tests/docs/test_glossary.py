"""The glossary: every system that is named has a line, and whatever a line refers to exists."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.main import get_command

import windtunnel
from models.catalog.records import Catalog
from models.parts.kinds import STACK, STORES, WORKLOADS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "glossary.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| what ")
]
QUOTED = sorted({name for row in ROWS for name in re.findall(r"`([^`]+)`", row[2])})
LINKS = sorted(set(re.findall(r"\]\(([^)]+)\)", TEXT)))
NAMED = """
    CPU GPU TPU FPGA Inferentia DAS NAS SAN RAID Ethernet VMware Xen KVM HyperX Kubernetes Docker
    Mesos YARN Hypervisor IaaS PaaS SaaS AWS Azure IBM Watson Beanstalk Heroku Engine Gmail
    Rekognition SageMaker Comprehend Textract Lex Polly Transcribe DeepLens Personalize Forecast
    Translate Kendra CodeGuru Elastic Inference Truth Marketplace Studio Autopilot Monitor Neo ECS
    CodeDeploy EMR Livy Kinesis Lambda TFX Michelangelo MLflow FBLearner DataRobot H2O TPOT
    Auto-Sklearn Kubeflow Argo ONNX Hue Impala Pig Hive HBase MongoDB Elasticsearch Mahout Flume
    Sqoop Logstash Splunk Cassandra Hadoop Spark Flink TensorFlowOnSpark Deeplearning4j BigDL MLlib
    Storm Naiad MPI OpenMP Petuum ZooKeeper DStream TUMBLE Heron Kafka CoreML TensorRT Clipper YOLO
    SSD Flask Gunicorn Nginx COCO PySpark Terraform Ansible pickle joblib
"""


def keys_of(schema: Any) -> Iterator[str]:
    """Every key that a stack file may have."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from keys_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys_of(value)


KEYS = set(keys_of(STACK.model_json_schema()))
KINDS = {
    get_args(one.description.model_fields["kind"].annotation)[0] for one in (*WORKLOADS, *STORES)
}
COMMANDS = set(get_command(windtunnel.app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_to_a_page(link: str) -> None:
    assert (PAGE.parent / link).is_file()


@pytest.mark.parametrize("quoted", QUOTED)
def test_what_is_quoted_exists(quoted: str, catalog: Catalog) -> None:
    first, _, rest = quoted.partition(" ")
    if first == "kind:":
        assert rest in KINDS
    elif first == "windtunnel":
        assert rest.split()[0] in COMMANDS
    elif "/" in quoted or quoted.endswith(".yaml"):
        assert (ROOT / quoted).is_file()
    else:
        services = {name for _, name in catalog.storage_services}
        rows = services | set(catalog.accelerators) | set(catalog.neural_networks)
        assert quoted in KEYS | rows


def test_a_line_says_what_it_is_and_where_it_is_or_that_it_is_not() -> None:
    for row in ROWS:
        assert len(row) == 3, row
        assert all(row), row
        assert re.search(r"\b(modelled|built|not|reference|engine)\b", row[2]), row


def test_every_system_has_one_line() -> None:
    names = [row[0] for row in ROWS]
    assert len(set(names)) == len(names)
    said = " ".join(cell for row in ROWS for cell in row[:2])
    missing = [name for name in NAMED.split() if not re.search(rf"\b{re.escape(name)}\b", said)]
    assert missing == []


def test_the_lists_of_the_catalog_that_it_names_are_there() -> None:
    lists = re.findall(r"`windtunnel catalog (\w+)`", TEXT)
    assert lists
    assert set(lists) <= {one.name for one in fields(Catalog)}
