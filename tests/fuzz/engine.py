"""schemathesis on a house that serves: who signs in, what is checked, and everything that happened as it happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import schemathesis
from schemathesis import AuthContext, Case, HookContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.schemas import BaseSchema

from aggregates.permissions import permissions_of
from tests.api.house import PEOPLE, House, id_of, token_of
from tests.fuzz.ready import Ready, mixed

PHASES = ("examples", "coverage", "fuzzing", "stateful")

OFF = {
    "use_after_free": "nothing is ever deleted: there is no DELETE",
    "object_level_authorization": "tests/walls does it, with what is on either side of each wall known",
}
"""Checks that are switched off, and why. How long answers take is measured in bench/, on a quiet machine."""

REFUSALS = ("400", "401", "403", "404", "405", "408", "409", "410", "413", "415", "422", "429", "431")
"""How what does not fit may be refused; 431: an address of 4,096 bytes and more is not even read."""

ABOUT_FORM = {
    "invalid",
    "header-refused",
    "broken-body",
    "broken-upload",
    "body-too-large",
    "wrong-media-type",
}
"""Refusals that say that the request does not have the form that the document promises will do."""

BEYOND_SCHEMA = {"value_error", "int_type"}
"""Codes of rules that JSON Schema has no word for: visible characters, zones there are, one field against another; a
whole number written 12.0, which is an integer there and no integer here."""

_TAKES_AWAY = re.compile(r"/accounts/\{account_id\}/.+|/loan-products/\{product_id\}/withdraw")
_GROUND = {str(id_of(name)) for name in (*PEOPLE, "personal loan")}
"""What every scene stands on, and the routes that could take it away: the people who ask, the product that is lent."""


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    each       examples of an operation in the fuzzing phase
    scenarios  chains of up to six requests in the stateful phase
    """

    seed: int
    each: int
    scenarios: int
    phases: tuple[str, ...] = PHASES


def played(house: House, document: dict[str, Any], plan: Plan) -> Iterator[events.EngineEvent]:
    """Run the phases and hand on what the engine tells."""
    schema = schemathesis.openapi.from_dict(document, config=_config(house.url, plan))
    _sign_in(schema, house)
    _mix_in(schema, Ready(house), plan.seed)
    _judge_fairly(schema)
    yield from from_schema(schema).execute()


# ── who asks ───────────────────────────────────────────────────────────────


def credentials(house: House, name: str) -> dict[str, str]:
    """Headers with which one of PEOPLE is known."""
    return {"Authorization": f"Bearer {token_of(name)}"}


def who_may(permission: str | None) -> str:
    """The first of PEOPLE who has it. Raises StopIteration when nobody has."""
    return next(
        name for name, roles in PEOPLE.items() if not permission or permission in permissions_of(roles)
    )


def permission_of(operation: dict[str, Any]) -> str | None:
    """What an operation takes, by its description."""
    said = re.search(r"Permission: `([^`]+)`", operation.get("description", ""))
    return said[1] if said else None


def _sign_in(schema: BaseSchema, house: House) -> None:
    @schema.auth(refresh_interval=None)
    class SignIn:
        def get(self, case: Case, context: AuthContext) -> dict[str, str] | None:
            operation = context.operation.definition.raw
            if "security" not in operation:
                return None
            return credentials(house, who_may(permission_of(operation)))

        def set(self, case: Case, data: dict[str, str], context: AuthContext) -> None:
            case.headers.update(data)


# ── what is asked, and what is a finding ───────────────────────────────────


def _config(url: str, plan: Plan) -> SchemathesisConfig:
    phases: dict[str, Any] = {name: {"enabled": name in plan.phases} for name in PHASES}
    phases["stateful"]["generation"] = {"max-examples": plan.scenarios}
    return SchemathesisConfig.from_dict(
        {
            "seed": plan.seed,
            "base-url": url,
            "request-timeout": 30,
            "continue-on-failure": True,
            "checks": {
                **{name: {"enabled": False} for name in OFF},
                "negative_data_rejection": {"expected-statuses": list(REFUSALS)},
            },
            # What was found is shown as it was: a shorter one would act on things that have moved on.
            "generation": {"no-shrink": True, "database": "none", "max-examples": plan.each},
            "phases": phases,
        }
    )


def _mix_in(schema: BaseSchema, ready: Ready, seed: int) -> None:
    @schema.hook
    def map_case(context: HookContext, case: Case) -> Case:
        call = ready.call(operation_id(case))
        if case.method.upper() == "GET":
            ready.settle()
        # By the case itself, and not one after the other: whoever runs the same seed meets the same.
        random = Random(f"{seed} {case.operation.label} {case.path_parameters} {case.query} {case.body!r}")
        return case if call is None else mixed(case, call, random)

    @schema.hook
    def filter_case(context: HookContext, case: Case) -> bool:
        return not (_TAKES_AWAY.search(case.path) and set(map(str, case.path_parameters.values())) & _GROUND)

    @schema.hook
    def after_call(context: HookContext, case: Case, response: Response) -> None:
        if case.method.upper() == "POST" and 200 <= response.status_code < 300:
            ready.accepted(operation_id(case))


def _judge_fairly(schema: BaseSchema) -> None:
    @schema.hook
    def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
        return not isinstance(failure, RejectedPositiveData) or is_about_form(response.json())


def is_about_form(problem: dict[str, Any]) -> bool:
    """Whether a refusal contradicts the document: the house may refuse what fits, the door may not."""
    rules = {error["code"] for error in problem.get("errors", [])}
    return problem["type"] in ABOUT_FORM and (not rules or not rules <= BEYOND_SCHEMA)


def operation_id(case: Case) -> str:
    return str(case.operation.definition.raw["operationId"])
