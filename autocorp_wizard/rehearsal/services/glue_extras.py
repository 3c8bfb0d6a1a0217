"""Glue's data quality rulesets, which are kept and not evaluated, and its connections, which the stock one half has."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.glue.exceptions import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from moto.glue.responses import GlueResponse

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.services.glue_state import Ruleset, moment, state_of


class GlueExtras(GlueResponse):
    """Answers for connections and rulesets."""

    # ------------------------------------------------------------------------------------------------ connections

    def get_connection(self) -> ActionResult:
        """Return a connection, its type included."""
        name = str(self._get_param("Name"))
        return ActionResult({"Connection": self._connection(name)})

    def get_connections(self) -> ActionResult:
        """Return all connections."""
        found, token = self.glue_backend.get_connections(
            catalog_id=self._get_param("CatalogId"),
            filter=self._get_param("Filter"),
            next_token=self._get_param("NextToken"),
            max_results=self._get_param("MaxResults"),
        )
        return ActionResult(
            {"ConnectionList": [self._connection(str(each.name)) for each in found], "NextToken": token}
        )

    def update_connection(self) -> ActionResult:
        """Put a definition in the place of a connection's present one."""
        name, given = str(self._get_param("Name")), dict(self._get_param("ConnectionInput"))
        connection = self._found_connection(name)
        connection.connection_input = given
        connection.description = given.get("Description")
        connection.connection_properties = given.get("ConnectionProperties", {})
        connection.updated_time = datetime.now(UTC)
        return EmptyResult()

    def delete_connection(self) -> ActionResult:
        """Delete a connection with its tags."""
        name = str(self._get_param("ConnectionName"))
        self._found_connection(name)
        del self.glue_backend.connections[name]
        self._forget_tags("connection", name)
        return EmptyResult()

    def _found_connection(self, name: str) -> Any:  # noqa: ANN401  (the emulator's own model)
        found = self.glue_backend.connections.get(name)
        if found is None:
            raise EntityNotFoundException(f"Connection {name} not found.")
        return found

    def _connection(self, name: str) -> dict[str, object]:
        found = self._found_connection(name)
        kind = found.connection_input.get("ConnectionType")
        return {**found.as_dict(bool(self._get_param("HidePassword"))), "ConnectionType": kind}

    # ------------------------------------------------------------------------------------------------ rulesets

    def create_data_quality_ruleset(self) -> ActionResult:
        """Create a ruleset. AWS asks for no table: it may come later."""
        name, text = str(self._get_param("Name")), str(self._get_param("Ruleset") or "")
        rulesets = state_of(self.glue_backend).rulesets
        if name in rulesets:
            raise AlreadyExistsException(f"Data Quality Ruleset with name {name} already exists")
        _check_rules(text)
        description, target = self._get_param("Description") or "", self._get_param("TargetTable") or {}
        rulesets[name] = Ruleset(name, text, description, target, pace.now(), pace.now())
        self.glue_backend.tag_resource(arn_of("dataQualityRuleset", name), self._get_param("Tags"))
        return ActionResult({"Name": name})

    def get_data_quality_ruleset(self) -> ActionResult:
        """Return a ruleset."""
        found = self._ruleset()
        return ActionResult({**_listed(found), "Ruleset": found.text})

    def update_data_quality_ruleset(self) -> ActionResult:
        """Change rules and description; the table stays."""
        found, text = self._ruleset(), self._get_param("Ruleset")
        if text is not None:
            _check_rules(text)
        description = self._get_param("Description")
        changed = replace(
            found,
            text=found.text if text is None else text,
            description=found.description if description is None else description,
            changed=pace.now(),
        )
        state_of(self.glue_backend).rulesets[found.name] = changed
        return ActionResult({"Name": found.name, "Description": changed.description, "Ruleset": changed.text})

    def delete_data_quality_ruleset(self) -> ActionResult:
        """Delete a ruleset with its tags."""
        found = self._ruleset()
        del state_of(self.glue_backend).rulesets[found.name]
        self._forget_tags("dataQualityRuleset", found.name)
        return EmptyResult()

    def list_data_quality_rulesets(self) -> ActionResult:
        """Return all rulesets, without their rules."""
        rulesets = sorted(state_of(self.glue_backend).rulesets.values(), key=lambda each: each.name)
        return ActionResult({"Rulesets": [_listed(each) for each in rulesets]})

    def _ruleset(self) -> Ruleset:
        name = str(self._get_param("Name"))
        found = state_of(self.glue_backend).rulesets.get(name)
        if found is None:
            raise EntityNotFoundException(f"Cannot find Data Quality Ruleset {name}")
        return found

    def _forget_tags(self, kind: str, name: str) -> None:
        """A deleted thing's tags must not be found, nor come back with its name."""
        self.glue_backend.tagger.delete_all_tags_for_resource(arn_of(kind, name))


def arn_of(kind: str, name: str) -> str:
    """Return the ARN of something of Glue."""
    return f"arn:aws:glue:{REGION}:{ACCOUNT_ID}:{kind}/{name}"


def _check_rules(text: str) -> None:
    stripped = text.strip()
    if not (stripped.startswith("Rules") and "[" in stripped and stripped.endswith("]")):
        raise InvalidInputException("CreateDataQualityRuleset", "Ruleset is not valid: parsing error at line 1.")


def _listed(ruleset: Ruleset) -> dict[str, object]:
    return {
        "Name": ruleset.name,
        "Description": ruleset.description or None,
        "TargetTable": dict(ruleset.target) or None,
        "CreatedOn": moment(ruleset.created),
        "LastModifiedOn": moment(ruleset.changed),
        "RuleCount": ruleset.text.count(",") + 1,
    }
