"""Every look-up is an operation that AWS really has, with parameters and fields that really exist."""

import re
from collections.abc import Mapping
from functools import cache

import botocore.session
import pytest
from botocore.model import OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.imports import rule_for
from autocorp_wizard.rollout.finders import FINDERS, FOUND_APART, READY, TAG_FINDERS
from tests.core.test_imports import types_of_the_tree

ALL = {f"find {kind}": finder for kind, finder in FINDERS.items()}
ALL |= {f"ready {kind}": readiness.finder for kind, readiness in READY.items()}
ALL |= {f"alive {kind}": finder.alive for kind, finder in TAG_FINDERS.items() if finder.alive}


@cache
def operation(service: str, name: str) -> OperationModel:
    from botocore import xform_name

    model = botocore.session.get_session().get_service_model(service)
    [found] = [each for each in model.operation_names if xform_name(each) == name]
    return model.operation_model(found)


def entry_shape(model: OperationModel, path: str) -> StructureShape:
    shape: Shape = model.output_shape.members[path] if path else model.output_shape
    return shape.member if shape.type_name == "list" else shape  # type: ignore[return-value]


def filled(value: object) -> object:
    if isinstance(value, str):
        # Long enough for every minimum, and a digit string where an account is meant.
        return re.sub(r"\{[^}]+\}", "123456789012", value)
    if isinstance(value, list):
        return [filled(each) for each in value]
    return {key: filled(each) for key, each in value.items()} if isinstance(value, Mapping) else value


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_finder_speaks_the_services_language(name: str) -> None:
    finder = ALL[name]
    model = operation(finder.service, finder.operation)
    report = ParamValidator().validate(filled(finder.parameters), model.input_shape)
    assert report.generate_report() == ""
    fields = set(finder.matches) | set(finder.gone) | set(re.findall(r"\{\.(\w+)\}", finder.gives))
    if finder.entries or fields:
        assert fields <= set(entry_shape(model, finder.entries).members)


@pytest.mark.parametrize("kind", sorted(TAG_FINDERS))
def test_a_tag_finder_speaks_the_services_language(kind: str) -> None:
    finder = TAG_FINDERS[kind]
    listing = entry_shape(operation(finder.service, finder.listing), finder.entries)
    assert finder.id_field in listing.members
    tags = operation(finder.service, finder.tag_operation)
    assert ParamValidator().validate({finder.asks_by: "x" * 40}, tags.input_shape).generate_report() == ""
    assert {finder.key, finder.value} <= set(entry_shape(tags, finder.tags).members)


@pytest.mark.parametrize("kind", sorted(READY))
def test_readiness_is_a_field_that_exists(kind: str) -> None:
    readiness = READY[kind]
    model = operation(readiness.finder.service, readiness.finder.operation)
    assert not readiness.field or readiness.field in entry_shape(model, readiness.finder.entries).members


@pytest.mark.parametrize("kind", types_of_the_tree())
def test_every_type_of_the_tree_can_be_looked_for(kind: str) -> None:
    looked_for = kind in FINDERS or kind in TAG_FINDERS or kind in FOUND_APART
    assert looked_for or rule_for(kind).overwrites


@pytest.mark.parametrize(
    "code",
    [
        "404",
        "NoSuchEntity",
        "NoSuchKey",
        "NotFoundException",
        "ResourceNotFoundFault",
        "EntityNotFoundException",
        "InvalidVpcID.NotFound",
        "TrailNotFoundException",
    ],
)
def test_what_does_not_exist_is_told_from_what_failed(code: str) -> None:
    assert CloudError("X", "x.", aws_code=code).is_missing


@pytest.mark.parametrize("code", ["AccessDenied", "KMS.NotFoundException", "Throttling", ""])
def test_a_failure_is_not_an_absence(code: str) -> None:
    assert not CloudError("X", "x.", aws_code=code, status=400).is_missing
