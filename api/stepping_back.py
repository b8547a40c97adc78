"""What stepping back would ask for after the payout, over HTTP: asked before it is done, nothing is recorded."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.loan import CannotStepBack, Loan
from aggregates.rules.servicing_refusals import AlreadyRepaid
from aggregates.rules.stepping_back import interest_a_day
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from api.auth import TheIdentity
from api.deps import Read, TheOne, Today
from api.described import offers
from api.platform import ThePlatform
from api.routing import routes
from eventstore import NotFound
from projections.line import Line
from projections.loan_book import LoanBook

router = routes("/loans/{loan_id}", "loan")


class SteppingBack(Line):
    """What would have to come back if the client gave notice today, by when, and what it would cost."""

    loan_id: UUID
    currency: str
    return_by: date
    """The last day on which it may come back."""
    capital: int
    """What has left for the borrower; minor units, like every amount here."""
    given_back: int
    """Fees, and interest, that were kept or added to the principal: they are not asked for."""
    interest_a_day: int
    """What each day costs until it is back, to the nearest minor unit; 0 where the law lets it cost nothing."""
    interest: int
    """If it comes back on the last day: the most that it can cost."""
    received: int
    """What has come in already: it counts."""


@router.get("/stepping-back", **offers(
    "SteppingBack",
    "What stepping back today would ask for, once the money has left.\n\nNothing is recorded. The interest ends on the day"
    " the money is back, no fee is asked for, and the fees that were kept are given back.",
    NotFound, AlreadyRepaid, CannotStepBack, may="loan.read", recorded=True, reads=(LoanBook,),
))  # fmt: skip
def stepping_back(
    loan_id: UUID, read: Read, found: TheOne, platform: ThePlatform, identity: TheIdentity, today: Today
) -> SteppingBack:
    found.exists(read(LoanBook).line(loan_id))
    loan = platform.store.load(Loan, loan_id, identity.customers)
    asked = loan.would_return(today, today)
    if asked is None:
        raise loan.reject(CannotStepBack, "no money has left: stepping back asks for nothing")
    servicing = platform.store.load(Servicing, servicing_id(LoanId(loan_id)), identity.customers)
    line, given_back = servicing.would_return(asked)
    return SteppingBack(
        loan_id=loan_id,
        currency=servicing.currency,
        return_by=asked.due_on,
        capital=line.principal.minor,
        given_back=given_back.minor,
        interest_a_day=interest_a_day(asked, servicing.charged_rate, servicing.agreed).minor,
        interest=line.interest.minor,
        received=servicing.received.minor,
    )
