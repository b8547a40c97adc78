"""Why the servicing of a loan says no: its refusals, each with the sentence that people read."""

from __future__ import annotations

from eventstore import Rejected


class MoreThanOwed(Rejected):
    """A repayment is at most what is still owed until the end of the loan."""


class WrongCurrency(Rejected):
    """A loan is repaid in its own currency."""


class RepaymentExists(Rejected):
    """A repayment with this id is recorded already."""


class UnknownRepayment(Rejected):
    """There is no such repayment."""

    status = 404


class AlreadyReversed(Rejected):
    """The repayment was reversed already."""


class AlreadyRepaid(Rejected):
    """The loan is closed: everything is paid, or it was written off."""


class NotYetDue(Rejected):
    """An instalment falls due on its day, not before."""


class NotTheQuote(Rejected):
    """A loan is settled by the amount of its quote for the day on which the money arrived."""


class NothingRepaidEarly(Rejected):
    """There is nothing to repay early, or the amount does not do it in part."""


class PaidAhead(Rejected):
    """What was paid in advance of its instalment is settled first."""


class ScheduleMovedOn(Rejected):
    """An instalment fell due since that day, or the schedule changed: it is too late to change it from there."""


class ImpossibleSchedule(Rejected):
    """The instalments to come cannot be moved like that."""


class NoIndexValue(Rejected):
    """The register has no value of the index for the day of the reset: the rate of the loan is not known."""


class MoreThanUnallocated(Rejected):
    """Only money that pays nothing goes back to the borrower."""


class OwnReceipt(Rejected):
    """Whoever recorded the money, or acts for the customer, does not send it back alone."""


class NothingToWriteOff(Rejected):
    """Nothing is owed that could be given up."""


class WriteOffPending(Rejected):
    """A write-off is proposed already: it is confirmed or refused first."""


class NoWriteOffProposed(Rejected):
    """Nobody has proposed to write this loan off."""


class OwnWriteOff(Rejected):
    """Nobody confirms a write-off that they proposed, or of a customer for whom they act."""


class PenaltiesPausedAlready(Rejected):
    """Penalties are paused on some of these days already."""


class PenaltiesNotPaused(Rejected):
    """No penalties are paused from today on."""


class NothingPastDue(Rejected):
    """Only a borrower who is past due is put on notice."""


class NoticeTooShort(Rejected):
    """The borrower gets the days that the terms give to pay what is past due."""


class NoticeRunning(Rejected):
    """A notice was given already, and its last day is not over."""


class NoNotice(Rejected):
    """A loan is accelerated after a notice, once its last day is over."""


class NotInDefault(Rejected):
    """A loan is accelerated while what the notice asked for is unpaid, and as many instalments as the terms say."""


class OwnNotice(Rejected):
    """Nobody accelerates a loan after a notice of their own, or of a customer for whom they act."""


class NothingToCome(Rejected):
    """Every instalment has fallen due: there is nothing to accelerate."""


class NotAccelerated(Rejected):
    """The loan was not accelerated, or no longer is."""


class UnknownInstalment(Rejected):
    """The schedule has no such instalment."""

    status = 404
