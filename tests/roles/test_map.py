"""The map: who asks for an event, who reads it and who acts on it, read from the code itself."""

from __future__ import annotations

import pytest

import commands  # noqa: F401 - registers every command
import workers  # noqa: F401 - declares every reaction
from eventstore import KINDS, Command
from roles import map
from roles.trails import commands_of_function, events_of_command
from runtime.reactions import every_reaction


def test_a_signed_contract_names_who_asks_who_reads_and_who_acts(capsys: pytest.CaptureFixture[str]) -> None:
    assert map.show("Contract.Signed") == 0
    asked, read, acted = capsys.readouterr().out.splitlines()[1:]
    assert asked.split("by")[1].strip() == "AcceptSignedCopy (contract.review)"
    assert "ContractDesk" in read
    assert "workers.sign.tell_the_loan → NoteSignature" in acted


def test_a_command_may_record_on_other_streams_too() -> None:
    found = {command.__name__: events_of_command(command) for command in Command.registry}
    assert found["ReceiveSignedCopy"] == ("Contract.SignedCopyReceived", "Document.Kept")
    assert found["RequestLoan"] == ("Loan.Requested", "Series.Begun", "Series.Taken")
    assert found["RecordRepayment"] == (
        "Servicing.InstalmentFellDue", "Servicing.RepaymentReceived", "Servicing.Reallocated",
        "Servicing.ScheduleChanged", "Servicing.LossRestated", "Servicing.Recovered", "Servicing.Repaid",
    )  # fmt: skip


OF_OLD_TIMES = {"Account.TokenIssued", "Account.TokenRevoked"}
"""Stored once, and recorded no more."""


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if KINDS[kind].aggregate in map.every_aggregate() and kind not in OF_OLD_TIMES],
)
def test_every_event_is_asked_for_by_somebody(kind: str) -> None:
    assert map.asked_by(kind)


@pytest.mark.parametrize("command", Command.registry, ids=lambda command: command.__name__)
def test_every_command_is_sent_by_somebody_and_leads_to_something(command: type[Command]) -> None:
    if command.__module__.startswith("commands."):
        assert events_of_command(command)
        assert "(nobody)" not in map.entry(command.__name__).splitlines()[0]


def test_a_reaction_shows_what_it_asks_for() -> None:
    asked = {reaction.path: commands_of_function(reaction.act) for reaction in every_reaction()}
    assert [command.__name__ for command in asked["workers.render.draft_the_agreement"]] == ["DraftContract"]
    silent = {path for path, sent in asked.items() if not sent}
    assert silent == {"workers.sweep.sweep_uploads"}, "it tidies up what was never recorded"


@pytest.mark.parametrize("name", ["Loan", "Loan.Approved", "ApproveLoan", "LoanBook"])
def test_there_is_an_entry_for_whatever_has_a_name(name: str) -> None:
    assert map.entry(name).startswith(name)


def test_an_unknown_name_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert map.show("Loan.Vanished") == 1
    assert "Nothing is called Loan.Vanished" in capsys.readouterr().out
