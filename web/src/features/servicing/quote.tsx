import type { components } from '~/api/schema';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Facts } from '~/ui/card';

type Quote = components['schemas']['EarlyRepaymentQuote'];

const PARTS: Record<Quote['parts'][number]['part'], () => string> = {
  due: m.quote_due,
  principal: m.quote_principal,
  accrued: m.quote_accrued,
  fee: m.quote_fee,
  credit: m.quote_credit,
};

/** What settles the loan, part by part, each with the text it rests on; `plain` leaves the law out. */
export const QuoteFacts = ({ quote, plain }: { quote: Quote; plain?: boolean }) => (
  <Facts
    facts={[
      ...quote.parts
        .filter((each) => each.amount > 0 || each.part === 'fee')
        .map(
          (each) =>
            [
              plain ? PARTS[each.part]() : m.quote_part({ part: PARTS[each.part](), law: each.law }),
              money(each.part === 'credit' ? -each.amount : each.amount, quote.currency),
            ] as [string, string],
        ),
      [m.quote_total({ day: date(quote.on) }), money(quote.total, quote.currency)],
      [m.quote_saved(), money(quote.interest_saved, quote.currency)],
      [m.quote_valid(), date(quote.valid_until)],
    ]}
  />
);
