import { roleWord } from '~/app/roles';
import { CURRENCIES } from '~/lib/currencies';
import { m } from '~/paraglide/messages';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Empty } from '~/ui/states';
import type { Limit } from '../limits';
import { operationWord } from '../words';

/** Who decides on how much, one currency after the other. */
export const LimitsTable = ({ limits }: { limits: Limit[] }) => (
  <Listing
    label={m.organisation_limits()}
    rows={inOrder(limits)}
    columns={columns()}
    rowKey={(limit) => `${limit.operation} ${limit.role} ${limit.currency}`}
    empty={<Empty title={m.organisation_no_limits()}>{m.organisation_no_limits_about()}</Empty>}
  />
);

const inOrder = (limits: Limit[]) =>
  CURRENCIES.flatMap((currency) =>
    limits
      .filter((limit) => limit.currency === currency)
      .sort((one, other) => one.operation.localeCompare(other.operation) || one.each - other.each),
  );

const columns = (): Column<Limit>[] => [
  { id: 'currency', header: m.field_currency(), cell: (limit) => limit.currency, wide: true },
  { id: 'role', header: m.organisation_role(), cell: (limit) => roleWord(limit.role) },
  { id: 'operation', header: m.organisation_operation(), cell: (limit) => operationWord(limit.operation) },
  {
    id: 'each',
    header: m.organisation_each(),
    cell: (limit) => <Money amount={limit.each} currency={limit.currency} />,
    end: true,
  },
  {
    id: 'daily',
    header: m.organisation_daily(),
    cell: (limit) => <Money amount={limit.daily} currency={limit.currency} />,
    end: true,
    wide: true,
  },
];
