"""What an update was making when it was cut off: AWS is asked by operations that it has."""

import botocore.session
import jmespath
import pytest
from botocore import xform_name

from infra.aws.deployer_actions import BY_TYPE
from infra.aws.lookup import ASKED, SET_AGAIN, TAGGED, look_up
from infra.aws.question import Question
from infra.gcp.lookup import SET_AGAIN as SET_AGAIN_ON_GOOGLE
from infra.gcp.lookup import presumed_id

from .example_graphs import examples, graph_of

# Which of them is meant no name says: people answer the engine's question.
FOR_PEOPLE = {"aws:budgets/budget:Budget", "aws:kms/key:Key"}


def test_all_that_is_registered_is_found_again_or_made_again_without_harm() -> None:
    assert BY_TYPE.keys() - TAGGED.keys() - ASKED.keys() - SET_AGAIN == FOR_PEOPLE


@pytest.mark.parametrize("kind", ASKED)
def test_a_question_is_an_operation_of_its_service(kind: str) -> None:
    question: Question = ASKED[kind]
    session = botocore.session.get_session()
    model = session.get_service_model(question.service)
    operations = {xform_name(one): one for one in model.operation_names}
    shape = model.operation_model(operations[question.operation]).input_shape
    assert set(question.parameters) <= set(shape.members)
    assert jmespath.compile(question.answer.replace("$", "")) is not None


class Client:
    """A service that has two jobs of names that begin alike."""

    def can_paginate(self, operation: str) -> bool:
        return False

    def list_training_jobs(self, **asked: object) -> object:
        names = ("stack-train-1", "stack-train-11")
        return {"TrainingJobSummaries": [{"TrainingJobName": one} for one in names]}


@pytest.mark.parametrize(("name", "found"), [("stack-train-1", "stack-train-1"), ("train", None)])
def test_a_name_that_begins_like_another_is_not_that(name: str, found: str | None) -> None:
    kind = "aws:sagemaker/trainingJob:TrainingJob"
    assert look_up(kind, {"trainingJobName": name}, lambda service: Client()) == found


class Rules:
    """EC2 with two rules of one name, one a direction, and one of another name."""

    def can_paginate(self, operation: str) -> bool:
        return False

    def describe_security_group_rules(self, **asked: object) -> object:
        assert asked == {"Filters": [{"Name": "group-id", "Values": ["sg-1"]}]}
        rules = (("sgr-0", True, "other"), ("sgr-1", True, "nodes"), ("sgr-2", False, "nodes"))
        return {
            "SecurityGroupRules": [
                {
                    "SecurityGroupRuleId": identifier,
                    "IsEgress": out,
                    "Tags": [{"Key": "stack", "Value": "s"}, {"Key": "Name", "Value": name}],
                }
                for identifier, out, name in rules
            ]
        }


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("Egress", "nodes", "sgr-1"),
        ("Ingress", "nodes", "sgr-2"),
        ("Egress", "other", "sgr-0"),
        ("Ingress", "other", None),
    ],
)
def test_a_rule_is_not_that_of_the_other_direction(kind: str, name: str, found: str | None) -> None:
    token = f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule"
    inputs = {"securityGroupId": "sg-1", "tags": {"Name": name, "stack": "s"}}
    assert look_up(token, inputs, lambda service: Rules()) == found


def test_ids_of_google_cloud_follow_from_names() -> None:
    types = {one.type for path in examples("gcp") for one in graph_of(path).clouds}
    inputs = {"name": "n", "region": "r", "zone": "z", "location": "l", "router": "o"}
    inputs["accountId"] = "a"
    found = {one: presumed_id(one, inputs, "p") for one in types - SET_AGAIN_ON_GOOGLE}
    assert all(found.values())
    assert found["gcp:compute/routerNat:RouterNat"] == "p/r/o/n"
    assert found["gcp:serviceaccount/account:Account"] == (
        "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com"
    )


def test_without_its_name_or_its_project_nothing_is_presumed() -> None:
    network = "gcp:compute/network:Network"
    assert presumed_id(network, {"name": "n"}, "") is None
    assert presumed_id(network, {}, "p") is None
    assert presumed_id("gcp:compute/disk:Disk", {"name": "n"}, "p") is None
    own = {"name": "n", "project": "q"}
    assert presumed_id(network, own, "p") == "projects/q/global/networks/n"
