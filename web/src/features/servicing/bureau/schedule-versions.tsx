import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { date, integer } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { Listing } from '~/ui/listing';
import { Money } from '~/ui/money';
import { Answer } from '~/ui/states';
import { whyWord } from '../versions';

type Version = components['schemas']['ScheduleVersion'];
type Line = Version['lines'][number];

/** Every schedule that the loan had; nothing is shown while there is only the first one. */
export function ScheduleVersions({ loan }: { loan: string }) {
  const versions = api.useQuery('get', '/api/v1/loans/{loan_id}/schedule-versions', {
    params: { path: { loan_id: loan } },
  });
  return <Answer of={versions}>{(found) => (found.length > 1 ? <Versions versions={found} /> : null)}</Answer>;
}

function Versions({ versions }: { versions: Version[] }) {
  const [chosen, choose] = useState(versions.find((each) => each.in_force)?.number);
  const version = versions.find((each) => each.number === chosen) ?? (versions.at(-1) as Version);
  return (
    <Card
      title={m.schedule_versions()}
      aside={
        <NativeSelect
          size="xs"
          aria-label={m.schedule_versions()}
          data={versions.map((each) => ({
            value: String(each.number),
            label: (each.fell ? m.version_that_fell : m.version_of)({
              number: integer(each.number),
              why: whyWord(each.why),
              day: date(each.on),
            }),
          }))}
          value={String(version.number)}
          onChange={(event) => choose(Number(event.currentTarget.value))}
        />
      }
      flush
    >
      <Listing
        label={m.schedule_versions()}
        rows={version.lines}
        columns={columns(version.currency)}
        rowKey={(line) => String(line.number)}
      />
    </Card>
  );
}

const columns = (currency: string): Column<Line>[] => [
  { id: 'number', header: m.field_nth(), cell: (line) => line.number },
  { id: 'due', header: m.field_due_on(), cell: (line) => date(line.due_on) },
  {
    id: 'principal',
    header: m.field_principal(),
    cell: (line) => <Money amount={line.principal} currency={currency} />,
    end: true,
    wide: true,
  },
  {
    id: 'interest',
    header: m.field_interest(),
    cell: (line) => <Money amount={line.interest} currency={currency} />,
    end: true,
    wide: true,
  },
  {
    id: 'total',
    header: m.field_total(),
    cell: (line) => <Money amount={line.principal + line.interest + line.fee + line.insurance} currency={currency} />,
    end: true,
  },
];
