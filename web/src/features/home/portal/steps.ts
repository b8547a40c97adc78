import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';

export type Step = components['schemas']['Step'];
export type Told = {
  title: string;
  hint: string;
  does: string;
  to: string;
  params?: Record<string, string>;
  search?: object;
};

/** A step in words, and where it is done. */
export function tell(step: Step): Told {
  const amount = step.amount !== null && step.currency ? money(step.amount, step.currency) : '';
  const reference = step.reference ?? '';
  const day = step.on ? date(step.on) : '';
  const loan = { to: '/loans/$loanId', params: { loanId: step.loan_id ?? '' } };
  const contract = { to: '/contracts/$contractId', params: { contractId: step.contract_id ?? '' } };
  const pay = { to: '/payments', search: { loan: step.loan_id ?? undefined }, does: m.do_pay() };
  switch (step.kind) {
    case 'pay-late':
      return { title: m.step_pay_late(), hint: m.step_pay_hint({ amount, reference }), ...pay };
    case 'pay-due':
      return { title: m.step_pay({ day }), hint: m.step_pay_hint({ amount, reference }), ...pay };
    case 'return-again':
      return {
        title: m.step_return_again({ reference }),
        hint: step.reason ?? '',
        does: m.do_send_again(),
        ...contract,
      };
    case 'answer-counter-offer':
      return {
        title: m.step_counter_offer({ reference }),
        hint: m.step_counter_offer_hint({ amount, day }),
        does: m.do_answer(),
        ...loan,
      };
    case 'confirm-information':
      return {
        title: m.step_information({ reference }),
        hint: m.step_information_hint({ day }),
        does: m.do_read(),
        ...loan,
      };
    case 'sign-contract':
      return { title: m.step_sign({ reference }), hint: m.step_sign_hint({ day }), does: m.do_sign(), ...contract };
    case 'add-factor':
      return { title: m.step_factor(), hint: m.step_factor_hint(), does: m.do_protect(), to: '/profile/security' };
    case 'request-in-review':
      return {
        title: m.step_review({ reference }),
        hint: m.step_review_hint({ amount, day }),
        does: m.do_see(),
        ...loan,
      };
    case 'copy-in-review':
      return {
        title: m.step_copy_review({ reference }),
        hint: m.step_copy_review_hint({ day }),
        does: m.do_see(),
        ...contract,
      };
    case 'payout-coming':
      return {
        title: m.step_payout({ reference }),
        hint: m.step_payout_hint({ amount, day }),
        does: m.do_see(),
        ...loan,
      };
  }
}
