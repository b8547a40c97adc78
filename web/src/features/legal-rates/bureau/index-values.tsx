import { Button, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { api } from '~/api/client';
import { CorrectIndexValue, EnterIndexValue } from '~/api/operations';
import type { components } from '~/api/schema';
import { useCommand } from '~/api/use-command';
import { useAccountNames } from '~/app/account-names';
import { useLocale } from '~/app/locale';
import { date, rate } from '~/lib/format';
import { readRate, writtenRate } from '~/lib/rate';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import type { Column } from '~/ui/data-table';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits } from '~/ui/form';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';

type Value = components['schemas']['IndexRateLine'];

/** What variable rates follow: each published value, from which day, and where it is written. */
export function IndexValues({ may }: { may: boolean }) {
  const [open, setOpen] = useState<Value | 'enter' | null>(null);
  const values = api.useQuery('get', '/api/v1/index-rates');
  const name = useAccountNames();
  const enter = may && (
    <Button variant="default" onClick={() => setOpen('enter')}>
      {m.index_value_enter()}
    </Button>
  );
  return (
    <>
      <Card title={m.index_values()} aside={enter} flush>
        <Answer of={values} rows={2}>
          {(rows) => (
            <Listing
              label={m.index_values()}
              rows={rows}
              columns={columns(name, may ? setOpen : undefined)}
              rowKey={(row) => `${row.rates_id} ${row.number}`}
              empty={<Empty title={m.index_values_none()}>{m.index_values_none_about()}</Empty>}
            />
          )}
        </Answer>
      </Card>
      {open !== null && <Write of={open === 'enter' ? null : open} onClose={() => setOpen(null)} />}
    </>
  );
}

const columns = (name: (id: string) => string, correct?: (value: Value) => void): Column<Value>[] => [
  { id: 'index', header: m.index_value_index(), cell: (row) => <b>{row.index_name}</b> },
  { id: 'value', header: m.index_value_value(), cell: (row) => rate(row.value), end: true },
  { id: 'from', header: m.index_value_from(), cell: (row) => date(row.from_on) },
  {
    id: 'source',
    header: m.legal_rate_source(),
    wide: true,
    cell: (row) => (
      <>
        {row.source}{' '}
        <span className="mute">{m.legal_rate_entered({ by: name(row.entered_by), day: date(row.entered_on) })}</span>
        {row.reason && <span className="mute"> · {row.reason}</span>}
      </>
    ),
  },
  {
    id: 'do',
    header: m.legal_rate_todo(),
    cell: (row) => {
      if (row.corrected_by !== null) return <span className="mute">{m.index_value_corrected()}</span>;
      return (
        correct && (
          <Button variant="default" size="xs" onClick={() => correct(row)}>
            {m.index_value_correct()}
          </Button>
        )
      );
    },
  },
];

/** A rate in percent as it is typed; below zero with a minus before it. */
function readValue(text: string): number | null {
  const negative = /^\s*[-−]/.test(text);
  const value = readRate(text.replace(/^\s*[-−]/, ''));
  return value === null || !negative ? value : -value;
}

function Write({ of, onClose }: { of: Value | null; onClose: () => void }) {
  const { locale } = useLocale();
  const enter = useCommand(EnterIndexValue);
  const correct = useCommand(CorrectIndexValue);
  const [typed, setTyped] = useState({
    index: of?.index_name ?? '',
    value: of ? writtenRate(of.value, locale) : '',
    from_on: of?.from_on ?? '',
    source: of?.source ?? '',
    reason: '',
  });
  const [tried, setTried] = useState(false);
  const value = readValue(typed.value);
  const wrong = {
    index: typed.index.trim() ? null : m.bounds_required(),
    value: value === null ? m.loan_product_rate_wrong() : null,
    from_on: typed.from_on ? null : m.bounds_required(),
    source: typed.source.trim().length < 3 ? m.bounds_min_length({ min: '3' }) : null,
    reason: of && typed.reason.trim().length < 10 ? m.bounds_min_length({ min: '10' }) : null,
  };
  const field = (name: keyof typeof typed) => ({ value: typed[name], error: tried && wrong[name] });
  const set = (name: keyof typeof typed) => (text: string) => setTyped((before) => ({ ...before, [name]: text }));
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (value === null || Object.values(wrong).some(Boolean)) return;
    const says = { value, from_on: typed.from_on, source: typed.source };
    const done = of
      ? await correct.send({
          path: { rates_id: of.rates_id },
          body: { number: of.number, says, reason: typed.reason.trim() },
        })
      : await enter.send({ body: { index: typed.index, says } });
    if (done) onClose();
  };
  const command = of ? correct : enter;
  return (
    <Dialog title={of ? `${m.index_value_correct()} ${of.index_name}` : m.index_value_enter()} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void send(event)} noValidate>
        <p className="mute">{of ? m.index_value_correct_about() : m.index_values_about()}</p>
        {of === null && (
          <TextInput
            label={m.index_value_index()}
            description={m.index_value_index_about()}
            data-autofocus
            {...limits(EnterIndexValue, 'index')}
            {...field('index')}
            onChange={(event) => set('index')(event.currentTarget.value)}
          />
        )}
        <TextInput
          label={m.index_value_value()}
          description={m.index_value_value_about()}
          autoComplete="off"
          required
          rightSection={<span className="mute">%</span>}
          {...field('value')}
          onChange={(event) => set('value')(event.currentTarget.value)}
        />
        <DateInput label={m.index_value_from()} required {...field('from_on')} onChange={set('from_on')} />
        <Textarea
          label={m.legal_rate_source()}
          autosize
          minRows={2}
          {...limits(EnterIndexValue, 'says.source')}
          {...field('source')}
          onChange={(event) => set('source')(event.currentTarget.value)}
        />
        {of && (
          <Textarea
            label={m.field_reason()}
            autosize
            minRows={2}
            {...limits(CorrectIndexValue, 'reason')}
            {...field('reason')}
            onChange={(event) => set('reason')(event.currentTarget.value)}
          />
        )}
        <Outcome of={command} />
        <Actions>
          <Button variant="default" onClick={onClose}>
            {m.cancel()}
          </Button>
          <Button type="submit" loading={command.pending}>
            {of ? m.index_value_correct() : m.index_value_enter_do()}
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
