"""Every stored shape of an event that ever shipped: as many lines as there are kinds, one list of them all.

A file is `<Kind>.v<schema>.json`, written once, never changed. Add those of new kinds with
`.venv/bin/python -m tests.golden.shapes`; it leaves the others alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import aggregates
from aggregates.account import Account
from aggregates.business_day import BusinessDay, business_year_id
from aggregates.contact import Contact
from aggregates.customer import Customer
from aggregates.document import Document
from aggregates.legal_rates import LegalRates
from aggregates.loan import Loan
from aggregates.organisation import Organisation
from aggregates.posting import Posting
from aggregates.rules.allocation import Allocation
from aggregates.rules.charts import PCG
from aggregates.rules.clocks import ClockSettings
from aggregates.rules.facts import GivenBack, Version
from aggregates.rules.limits import Limit
from aggregates.rules.postings import entries, of_payout
from aggregates.rules.reallocated import Share
from aggregates.rules.repayments import Moved
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.standing import Balance
from aggregates.series import Series
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints, Ceiling, TokenId
from eventstore import KINDS, Aggregate, Keyring, Recorded, Sealed
from eventstore.codec import Codec
from tests import stories as cast
from tests.kit import Fact, fact

FOLDER = Path(__file__).parent

FRENCH_CEILING = Ceiling(
    BasisPoints(1_587), "FR", "Taux d’usure, 1er trimestre 2026", cast.MAY_4.replace(month=1, day=1)
)
LIMITS = [
    Limit("loan.approve", "advisor", cast.eur(9_000_00)),
    Limit("loan.disburse", "accountant", cast.eur(9_000_00), cast.eur(20_000_00)),
]
LOST = Balance(*(cast.eur(minor) for minor in (1_00, 2_00, 3_00, 25_00, 4_800_00)))
MAY_31 = cast.MAY_6.replace(day=31)
PAYOUT = cast.disbursed.event(version=4, stream=cast.LOAN)
ENTRY = entries(of_payout(PAYOUT), PAYOUT, cast.LOAN, "L-2026-000001", PCG)[0]

SAMPLES: tuple[Fact, ...] = (
    cast.established,
    cast.single_operator,
    fact(
        Organisation.LegalIdentityChanged,
        **{name: cast.LENDER[name] for name in cast.LENDER if name != "return_address"},
    ),
    fact(Organisation.ChartChanged, chart="SYSCOHADA"),
    fact(Organisation.ReturnAddressChanged, return_address="signatures@prets-du-fleuve.example"),
    fact(
        Organisation.FourEyesPolicyProposed,
        number=1,
        policy="single-operator",
        reason="Une seule conseillère en août.",
        by=cast.ADMIN,
    ),
    fact(Organisation.ClockSettingsChanged, settings=ClockSettings(30, BasisPoints(2_600))),
    fact(Organisation.LimitsProposed, number=2, limits=LIMITS, reason="Plus prudent.", by=cast.ADMIN),
    fact(
        Organisation.LimitsChanged,
        limits=LIMITS,
        reason="Plus prudent.",
        by=cast.DEPUTY,
        proposed_by=cast.ADMIN,
        self_approval="Personne d’autre n’est là.",
    ),
    fact(Organisation.ProposalRefused, number=1, reason="Pas avant septembre.", by=cast.DEPUTY),
    cast.payee_begun,
    cast.account_proposed.but(operator="Orange Money", phone=Sealed("+2250700000000")),
    cast.payee_confirmed().but(self_approval="Personne d’autre n’est là."),
    cast.payee_refused(1),
    cast.payouts_begun,
    cast.payout_counted,
    cast.switch_installed,
    cast.switch_pulled.but(restored=cast.LETTER),
    cast.release_asked,
    cast.switch_released.but(self_approval="Personne d’autre n’est là."),
    cast.jean,
    fact(Customer.DetailsChanged, name=Sealed("Jean Moreau"), address=Sealed("3 rue Mercière\n69002 Lyon")),
    cast.awa_contact,
    fact(Contact.EmailChanged, email=Sealed("awa@example.com")),
    cast.invited_ana,
    fact(Account.InvitationAsked, number=1, by=cast.ADMIN),
    fact(
        Account.AddressChanged,
        email=Sealed("jean@example.com"),
        before=Sealed("jean.moreau@example.org"),
    ),
    fact(Account.RolesChanged, roles=["advisor", "support"], by=cast.ADMIN),
    fact(Account.CustomersChanged, customers=[cast.JEAN, cast.AWA]),
    fact(Account.PortfolioChanged, portfolio=[cast.JEAN]),
    cast.password_set,
    cast.factor_added,
    fact(Account.FactorRemoved, factor_id=cast.PASSKEY, by=cast.ADMIN),
    cast.codes_made,
    fact(Account.IdentityLinked, issuer="https://id.example"),
    cast.key_issued,
    fact(Account.KeyRevoked, key_id=cast.KEY),
    cast.signed_up,
    fact(Account.TokenIssued, token_id=TokenId(cast.LETTER)),
    fact(Account.TokenRevoked, token_id=TokenId(cast.LETTER)),
    fact(Account.Closed, reason="Départ de la maison."),
    cast.personal_loan,
    cast.equipment_terms_revised,
    cast.withdrawn_product,
    cast.rates_begun,
    cast.index_begun,
    cast.index_value.but(corrects=1, reason="Lu de travers.", number=2),
    cast.french_rate.but(corrects=1, reason="Lu de travers.", number=2),
    fact(LegalRates.Ended, number=2, until_on=cast.MAY_6, by=cast.ADMIN, reason="Un nouveau trimestre."),
    cast.requested,
    cast.approved.but(
        ceiling=FRENCH_CEILING, self_approval="La seconde conseillère est absente.", drawdowns=cast.PLANNED
    ),
    cast.counter_offered.but(ceiling=FRENCH_CEILING, self_approval="La seconde conseillère est absente."),
    cast.counter_offer_accepted,
    cast.counter_offer_declined,
    cast.declined,
    cast.withdrawn,
    cast.contract_signed,
    cast.informed,
    cast.clocks_started,
    cast.offer_taken,
    cast.loan_expired,
    cast.stepped_back,
    cast.return_owed.but(cancelled=cast.eur(2_000_00)),
    cast.capital_returned,
    cast.disbursed,
    cast.drawn_down.but(payee=1, self_approval="La seconde conseillère est absente."),
    cast.drawdowns_cancelled,
    cast.loan_repaid,
    cast.drafted,
    cast.rendered,
    cast.contract_sent,
    cast.sending_asked,
    cast.copy_received,
    cast.copy_refused,
    cast.signed.but(self_approval="La seconde conseillère est absente."),
    cast.contract_expired,
    cast.copy_kept,
    cast.downloaded,
    cast.letter_requested.but(reason=Sealed("La page 3 n’est pas paraphée.")),
    cast.attempted,
    cast.mail_sent,
    cast.mail_failed,
    cast.servicing_opened,
    cast.rate_reset,
    cast.fell_due(2, Allocation(2, cast.eur(24_02), cast.eur(54_38))),
    cast.received(cast.eur(300_00), cast.FIRST, advance=cast.eur(78_40)),
    fact(
        Servicing.RepaymentReversed,
        customer_id=cast.JEAN,
        repayment_id=cast.REPAYMENT,
        amount=cast.eur(300_00),
        reason=Sealed("Saisi sur le mauvais prêt."),
        allocations=[cast.FIRST],
        advance=cast.eur(78_40),
        method="transfer",
        by=cast.CHLOE,
    ),
    fact(
        Servicing.ScheduleChanged,
        customer_id=cast.JEAN,
        version=Version(
            2,
            cast.JUNE_6,
            1,
            1,
            (
                Scheduled(
                    2,
                    cast.JUNE_6,
                    cast.JULY_6,
                    cast.eur(20_00),
                    cast.eur(100_00),
                    cast.eur(1_00),
                    cast.eur(2_00),
                ),
            ),
            "rescheduled",
            1,
            cast.eur(3_00),
            given_back=GivenBack(cast.eur(75_00), cast.eur(1_00)),
            indemnity=cast.eur(12_00),
            taken_in=1,
        ),
        replaces=23,
        interest=cast.eur(45_00),
        by=cast.ANA,
        reason=Sealed("Saisi sur le mauvais prêt."),
        drawn=cast.eur(50_00),
        fallen_due=cast.FIRST,
    ),
    fact(
        Servicing.SteppedBack,
        notified_on=cast.MAY_6,
        due_on=cast.JUNE_6,
        with_interest=True,
        drawn=cast.PLANNED,
        by=cast.JEAN_ACCOUNT,
        kept_fee=cast.eur(75_00),
        kept_interest=cast.eur(1_00),
        no_reset=1,
    ),
    fact(
        Servicing.Reallocated,
        lines=[
            Moved(
                cast.REPAYMENT,
                [Share(1, 1, "interest", cast.eur(25_00)), Share(0, 0, None, cast.eur(10_00))],
                [Share(1, 2, "principal", cast.eur(35_00))],
            )
        ],
    ),
    fact(
        Servicing.OverpaymentRefunded,
        amount=cast.eur(10_00),
        value_date=cast.JUNE_6,
        method="transfer",
        reference="VIR-2026-0051",
        by=cast.ANA,
        payee=1,
        self_approval="La seconde comptable est absente.",
    ),
    fact(
        Servicing.NoticeGiven,
        given_on=cast.JUNE_6,
        until=cast.JULY_6,
        past_due=cast.eur(221_60),
        late_since=cast.MAY_6,
        by=cast.ANA,
    ),
    fact(
        Servicing.Accelerated,
        customer_id=cast.JEAN,
        accelerated_on=cast.JULY_6,
        overdue=cast.eur(443_20),
        principal=cast.eur(4_407_25),
        interest=cast.eur(11_02),
        indemnity=cast.eur(384_27),
        reason=Sealed("Sans réponse."),
        by=cast.CHLOE,
        self_approval="La seconde conseillère est absente.",
    ),
    fact(
        Servicing.AccelerationLifted,
        customer_id=cast.JEAN,
        notice=2,
        lifted_on=cast.JULY_6,
        accelerated_on=cast.JULY_6,
        by=cast.CHLOE,
        reason=Sealed("Accord amiable."),
    ),
    fact(
        Servicing.WriteOffProposed,
        customer_id=cast.JEAN,
        grounds=Sealed("Sans nouvelles."),
        by=cast.ANA,
        would_lose=LOST,
    ),
    fact(Servicing.WriteOffRefused, customer_id=cast.JEAN, grounds=Sealed("Il a écrit."), by=cast.CHLOE),
    fact(
        Servicing.WrittenOff,
        written_off_on=cast.JUNE_6,
        lost=LOST,
        after=1,
        replaces=23,
        by=cast.CHLOE,
        proposed_by=cast.ANA,
        self_approval="La seconde conseillère est absente.",
    ),
    fact(Servicing.LossRestated, before=LOST, lost=replace(LOST, fee=cast.eur(0))),
    fact(Servicing.Recovered, recovered_on=cast.JULY_6, total=LOST.total),
    fact(Servicing.RecoveryUndone, undone_on=cast.JULY_6, total=cast.eur(1_000_00)),
    fact(
        Servicing.PenaltiesPaused,
        customer_id=cast.JEAN,
        first_day=cast.JUNE_6,
        last_day=cast.JULY_6,
        reason=Sealed("Hospitalisation."),
        by=cast.ANA,
    ),
    fact(
        Servicing.PenaltiesResumed,
        customer_id=cast.JEAN,
        pause=1,
        last_day=cast.JULY_6,
        reason=Sealed("Reprise du travail."),
        by=cast.ANA,
    ),
    fact(
        Servicing.MonthClosed, since=cast.MAY_6, month_end=MAY_31, next_on=cast.JUNE_6.replace(month=7, day=1)
    ),
    fact(Loan.WrittenOff, written_off_on=cast.JUNE_6),
    fact(Loan.Recovered, recovered_on=cast.JULY_6),
    fact(Loan.RecoveryUndone, undone_on=cast.JULY_6),
    fact(
        Servicing.ScheduleRestored,
        customer_id=cast.JEAN,
        version=1,
        after=1,
        lines=cast.DUE[1:3],
        replaces=2,
        fallen_due=Allocation(1, cast.eur(12_01), cast.eur(1_987_99), cast.eur(1_00), cast.eur(2_00)),
        to_come=True,
        principal=cast.eur(5_000_00),
        interest=cast.eur(318_49),
        fees=cast.eur(3_00),
        insurance=cast.eur(6_00),
    ),
    fact(
        Servicing.Reopened,
        reopened_on=cast.JULY_6,
        number=1,
        next_on=cast.JULY_6.replace(day=1),
        received=cast.eur(221_60),
    ),
    fact(Loan.Reopened, reopened_on=cast.JULY_6),
    fact(Document.Voided, reason="money-came-back"),
    fact(Servicing.Repaid, repaid_on=cast.DUE[-1].due_on, total=cast.eur(5_318_49)),
    fact(
        Posting.Made,
        ENTRY.id,
        customer_id=cast.JEAN,
        entry_on=ENTRY.entry_on,
        movement=ENTRY.movement,
        about=ENTRY.about,
        cause=ENTRY.cause,
        label=ENTRY.label,
        lines=ENTRY.lines,
    ),
    fact(Series.Begun, cast.LETTER),
    fact(Series.Taken, for_stream=cast.LOAN),
    fact(BusinessDay.YearBegun, business_year_id(2027), year=2027, after=cast.MAY_4),
    fact(BusinessDay.Opened, day=cast.MAY_6, since=cast.MAY_4),
    fact(BusinessDay.Closed, day=cast.MAY_6),
)
"""One fact of each kind, with every optional field filled."""


class GoldenKeys(Keyring):
    """The real sealing under keys that never change: each subject's is the hash of its id."""

    def __init__(self) -> None:
        """Without a database."""

    def _newest_key(self, subject: UUID) -> tuple[int, bytes]:
        return 1, self._key(subject, 1)

    def _key(self, subject: UUID, number: int) -> bytes:
        return sha256(b"golden" + subject.bytes).digest()


CODEC = Codec(GoldenKeys())


def domain_kinds() -> dict[str, type[Aggregate.Event]]:
    """The kinds that our domain stores, without those of the store's own tests."""
    return {name: kind for name, kind in KINDS.items() if kind.__module__.startswith(aggregates.__name__)}


def as_file(sample: Fact) -> dict[str, Any]:
    """A fact as it is stored: its state exactly as the bytes in the store say it."""
    event = sample.event(version=1 if issubclass(sample.kind, Aggregate.Created) else 2)
    return {
        "kind": sample.kind.kind,
        "schema": sample.kind.schema,
        "stream_id": str(event.originator_id),
        "version": event.originator_version,
        "owner": str(event.owner) if event.owner else None,
        "state": json.loads(CODEC.encode(event)),
    }


def as_row(stored: dict[str, Any]) -> Recorded:
    """The row of the store that a file stands for."""
    owner = stored["owner"]
    return Recorded(
        UUID(stored["stream_id"]),
        stored["version"],
        position=1,
        lane=0,
        owner=UUID(owner) if owner else None,
        kind=stored["kind"],
        schema=stored["schema"],
        state=json.dumps(stored["state"]).encode(),
        meta=json.dumps({"by": "golden", "on": "2026-05-04"}).encode(),
        recorded_at=datetime(2026, 5, 4, 12, tzinfo=UTC),
        link=bytes(32),
        codec=CODEC,
    )


def write_missing() -> list[Path]:
    """Keep the shape of every kind that has no file yet; returns the new files."""
    new = []
    for sample in SAMPLES:
        file = FOLDER / f"{sample.kind.kind}.v{sample.kind.schema}.json"
        if not file.exists():
            file.write_text(json.dumps(as_file(sample), indent=2, ensure_ascii=False) + "\n")
            new.append(file)
    return new


if __name__ == "__main__":
    for file in write_missing():
        print(file.name)
