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
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.schemas import BaseSchema

from tests.api.house import House
from tests.fuzz.chains import linked
from tests.fuzz.ready import Ready, mixed
from tests.fuzz.scenes import GROUND
from tests.fuzz.ways import credentials, who_may

PHASES = ("examples", "coverage", "fuzzing", "stateful")

STEPS = 10
"""Requests of a scenario in the stateful phase, at most."""

OFF = {
    "use_after_free": "nothing is ever deleted: there is no DELETE",
    "object_level_authorization": "tests/walls does it, with what is on either side of each wall known",
}
"""Checks that are switched off, and why. How long answers take is measured in bench/, on a quiet machine."""

REFUSALS = ("400", "401", "403", "404", "405", "408", "409", "410", "413", "415", "422", "429", "431")
"""How what does not fit may be refused; 431: an address of 4,096 bytes and more is not even read."""

LONGEST = 4_096
"""Bytes of an address that nothing behind the HTTP server reads: 431, and 400 where even the server gives up."""

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
"""Routes that could take away what every scene stands on."""


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    each       examples of an operation in the fuzzing phase
    scenarios  of up to STEPS requests in the stateful phase
    coverage   share of the cases of the coverage phase
    examples   share of what the document shows, which is every value of every field; the first of an operation always
    """

    seed: int
    each: int
    scenarios: int
    coverage: float = 1.0
    examples: float = 1.0
    phases: tuple[str, ...] = PHASES


def played(house: House, document: dict[str, Any], plan: Plan) -> Iterator[events.EngineEvent]:
    """Run the phases and hand on what the engine tells."""
    schema = schemathesis.openapi.from_dict(linked(document), config=_config(house.url, plan))
    ready = Ready(house)
    _sign_in(schema, house, ready)
    _mix_in(schema, ready, plan)
    _judge_fairly(schema)
    yield from from_schema(schema).execute()


def _sign_in(schema: BaseSchema, house: House, ready: Ready) -> None:
    @schema.auth(refresh_interval=None)
    class SignIn:
        def get(self, case: Case, context: AuthContext) -> dict[str, str] | None:
            operation = context.operation.definition.raw
            if "security" not in operation:
                return None
            return credentials(house, ready.by(operation_id(case)) or who_may(operation))

        def set(self, case: Case, data: dict[str, str], context: AuthContext) -> None:
            case.headers.update(data)


# ── what is asked, and what is a finding ───────────────────────────────────


schemathesis.serializer.alias("application/csp-report", "application/json")


def _config(url: str, plan: Plan) -> SchemathesisConfig:
    phases: dict[str, Any] = {name: {"enabled": name in plan.phases} for name in PHASES}
    # Which receipt leads where is said in chains.py; guessed from names, most of it leads to a 404.
    chains = {
        "generation": {"max-examples": plan.scenarios},
        "max-steps": STEPS,
        "inference": {"algorithms": []},
    }
    phases["stateful"] |= chains
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


def _mix_in(schema: BaseSchema, ready: Ready, plan: Plan) -> None:
    def drawn(case: Case) -> Random:
        # By the case itself, and not one after the other: whoever runs the same seed meets the same.
        said = f"{plan.seed} {case.operation.label} {case.path_parameters} {case.query} {case.body!r}"
        return Random(said)

    @schema.hook
    def map_case(context: HookContext, case: Case) -> Case:
        call = ready.call(operation_id(case))
        if case.method.upper() == "GET":
            ready.settle()
        return case if call is None else mixed(case, call, drawn(case), ready)

    @schema.hook
    def before_add_examples(context: HookContext, examples: list[Case]) -> None:
        # These are not drawn, so nothing above sees them.
        examples[1:] = [case for case in examples[1:] if drawn(case).random() < plan.examples]
        for case in examples:
            map_case(context, case)

    @schema.hook
    def filter_case(context: HookContext, case: Case) -> bool:
        if _TAKES_AWAY.search(case.path) and set(map(str, case.path_parameters.values())) & GROUND:
            return False
        in_coverage = case.meta is not None and case.meta.phase.name is TestPhase.COVERAGE
        return not in_coverage or drawn(case).random() < plan.coverage

    @schema.hook
    def after_call(context: HookContext, case: Case, response: Response) -> None:
        ready.answered(operation_id(case), case, response)


def _judge_fairly(schema: BaseSchema) -> None:
    @schema.hook
    def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
        if len(str(response.request.url)) >= LONGEST:
            return response.status_code >= 500
        if not isinstance(failure, RejectedPositiveData):
            return True
        # The engine takes a header without a value for right now and then, which no pattern of ours is met by.
        return "" not in case.headers.values() and is_about_form(response.json())


def is_about_form(problem: dict[str, Any]) -> bool:
    """Whether a refusal contradicts the document: the house may refuse what fits, the door may not."""
    rules = {error["code"] for error in problem.get("errors", [])}
    return problem["type"] in ABOUT_FORM and (not rules or not rules <= BEYOND_SCHEMA)


def operation_id(case: Case) -> str:
    return str(case.operation.definition.raw["operationId"])
