import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { useAccountNames } from '~/app/account-names';
import { useMay } from '~/app/me';
import { date, rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import type { Column } from '~/ui/data-table';
import { lawWord } from '~/ui/law';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';
import { Status, type Tone } from '~/ui/status';
import { bandWords, type Rate } from '../says';
import { End } from './end';
import { Import } from './import';
import { IndexValues } from './index-values';
import { Correct, Enter } from './write';

type Open = { what: 'enter' | 'import' } | { what: 'correct' | 'end'; of: Rate };
type Offer = (open: Open) => void;

const STATES: Record<Rate['state'], { tone: Tone; word: () => string }> = {
  'in-force': { tone: 'solid', word: m.legal_rate_in_force },
  upcoming: { tone: 'half', word: m.legal_rate_upcoming },
  over: { tone: 'ring', word: m.legal_rate_over },
  corrected: { tone: 'dash', word: m.legal_rate_corrected },
  'taken-out': { tone: 'dash', word: m.legal_rate_taken_out },
};

/** The most that loans may cost by their law: what counts today, what counted, and where each is written. */
export function LegalRates() {
  const may = useMay('legal-rates.manage');
  const [open, setOpen] = useState<Open | null>(null);
  const rates = api.useQuery('get', '/api/v1/legal-rates');
  const name = useAccountNames();
  const close = () => setOpen(null);
  return (
    <>
      <PageHeader title={m.legal_rates()} about={m.legal_rates_about()}>
        {may && <Tools offer={setOpen} />}
      </PageHeader>
      <Card flush>
        <Answer of={rates} rows={5}>
          {(rows) => (
            <Listing
              label={m.legal_rates()}
              rows={rows}
              columns={columns(name, may ? setOpen : undefined)}
              rowKey={(row) => `${row.rates_id} ${row.number}`}
              empty={
                <Empty title={m.legal_rates_none()} action={may && <Tools offer={setOpen} />}>
                  {may ? m.legal_rates_none_about() : m.legal_rates_none_ask()}
                </Empty>
              }
            />
          )}
        </Answer>
      </Card>
      <IndexValues may={may} />
      {open?.what === 'enter' && <Enter onClose={close} />}
      {open?.what === 'import' && <Import onClose={close} />}
      {open?.what === 'correct' && <Correct rate={open.of} onClose={close} />}
      {open?.what === 'end' && <End rate={open.of} onClose={close} />}
    </>
  );
}

const Tools = ({ offer }: { offer: Offer }) => (
  <>
    <Button variant="default" onClick={() => offer({ what: 'import' })}>
      {m.legal_rates_import()}
    </Button>
    <Button onClick={() => offer({ what: 'enter' })}>{m.legal_rate_enter()}</Button>
  </>
);

const columns = (name: (id: string) => string, offer?: Offer): Column<Rate>[] => [
  { id: 'law', header: m.field_law(), cell: (row) => <b>{lawWord(row.law)}</b> },
  { id: 'band', header: m.legal_rate_amounts(), cell: bandWords, wide: true },
  { id: 'rate', header: m.legal_rate_highest(), cell: (row) => rate(row.rate), end: true },
  { id: 'days', header: m.legal_rate_days(), cell: days },
  {
    id: 'source',
    header: m.legal_rate_source(),
    cell: (row) => (
      <>
        {row.source}{' '}
        <span className="mute">{m.legal_rate_entered({ by: name(row.entered_by), day: date(row.entered_on) })}</span>
        {row.reason && <span className="mute"> · {row.reason}</span>}
      </>
    ),
    wide: true,
  },
  {
    id: 'state',
    header: m.field_status(),
    cell: ({ state }) => <Status tone={STATES[state].tone}>{STATES[state].word()}</Status>,
  },
  ...(offer ? [changes(offer)] : []),
];

const days = ({ from_on, until_on }: Rate) =>
  until_on
    ? m.legal_rate_from_until({ from: date(from_on), until: date(until_on) })
    : m.legal_rate_from({ from: date(from_on) });

const changes = (offer: Offer): Column<Rate> => ({
  id: 'do',
  header: m.legal_rate_todo(),
  wide: true,
  cell: (row) =>
    row.state !== 'corrected' && (
      <span className="row">
        <Button variant="default" size="xs" onClick={() => offer({ what: 'correct', of: row })}>
          {m.legal_rate_correct()}
        </Button>
        {row.state !== 'taken-out' && (
          <Button variant="subtle" size="xs" onClick={() => offer({ what: 'end', of: row })}>
            {m.legal_rate_end()}
          </Button>
        )}
      </span>
    ),
});
