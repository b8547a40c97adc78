import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { CorrectLegalRate, EnterLegalRate } from '~/api/operations';
import { type Command, useCommand } from '~/api/use-command';
import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import { Outcome } from '~/ui/conflict';
import { Actions, Dialog } from '~/ui/dialog';
import { DateInput, limits, MoneyInput } from '~/ui/form';
import { lawWord } from '~/ui/law';
import { CAPPED, CEILINGS_IN, EMPTY, type Law, type Rate, said, type Typed, typedOf } from '../says';

/** A rate that was published: for which amounts and days, and where it is written. */
export function Enter({ onClose }: { onClose: () => void }) {
  const enter = useCommand(EnterLegalRate);
  const [law, setLaw] = useState<Law>('fr-consumer');
  const form = useTyped(EMPTY, CEILINGS_IN[law]);
  const send = form.whenRight(async (says) => {
    if (await enter.send({ body: { law, says } })) onClose();
  });
  return (
    <Writing title={m.legal_rate_enter()} does={m.legal_rate_enter_do()} command={enter} send={send} onClose={onClose}>
      <p className="mute">{m.legal_rate_enter_about()}</p>
      <NativeSelect
        label={m.field_law()}
        data-autofocus
        data={CAPPED.map((each) => ({ value: each, label: lawWord(each) }))}
        value={law}
        onChange={(event) => setLaw(event.currentTarget.value as Law)}
      />
      <Fields of={form} />
    </Writing>
  );
}

/** The right rate in the place of a wrong one, which stays readable. */
export function Correct({ rate, onClose }: { rate: Rate; onClose: () => void }) {
  const { locale } = useLocale();
  const correct = useCommand(CorrectLegalRate);
  const [reason, setReason] = useState('');
  const form = useTyped(typedOf(rate, locale), rate.currency);
  const wrongReason = reason.trim().length < 10 ? m.bounds_min_length({ min: '10' }) : null;
  const send = form.whenRight(async (says) => {
    if (wrongReason) return;
    const done = await correct.send({
      path: { rates_id: rate.rates_id },
      body: { number: rate.number, says, reason: reason.trim() },
    });
    if (done) onClose();
  });
  return (
    <Writing
      title={m.legal_rate_correct_title({ law: lawWord(rate.law) })}
      does={m.legal_rate_correct()}
      command={correct}
      send={send}
      onClose={onClose}
    >
      <p className="mute">{m.legal_rate_correct_about()}</p>
      <Fields of={form} />
      <Textarea
        label={m.field_reason()}
        autosize
        minRows={2}
        {...limits(CorrectLegalRate, 'reason')}
        value={reason}
        error={form.tried && wrongReason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Writing>
  );
}

type Says = NonNullable<ReturnType<typeof said>>;
type Form = ReturnType<typeof useTyped>;

function useTyped(first: Typed, currency: string) {
  const [typed, setTyped] = useState(first);
  const [tried, setTried] = useState(false);
  const says = said(typed, currency);
  const errors = {
    rate: says ? null : m.loan_product_rate_wrong(),
    from_on: typed.from_on ? null : m.bounds_required(),
    source: typed.source.trim().length < 3 ? m.bounds_min_length({ min: '3' }) : null,
  };
  const whenRight = (then: (says: Says) => Promise<void>) => (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (says && !errors.from_on && !errors.source) void then(says);
  };
  const set = (field: keyof Typed) => (value: string) => setTyped((before) => ({ ...before, [field]: value }));
  return { typed, set, currency, tried, errors, whenRight };
}

function Fields({ of: { typed, set, currency, tried, errors } }: { of: Form }) {
  return (
    <>
      <TextInput
        label={m.legal_rate_highest()}
        description={m.legal_rate_highest_about()}
        inputMode="decimal"
        autoComplete="off"
        required
        rightSection={<span className="mute">%</span>}
        value={typed.rate}
        error={tried && errors.rate}
        onChange={(event) => set('rate')(event.currentTarget.value)}
      />
      <div className="columns">
        <MoneyInput
          label={m.legal_rate_above_label()}
          description={m.legal_rate_above_about()}
          currency={currency}
          value={typed.above}
          onChange={set('above')}
        />
        <MoneyInput
          label={m.legal_rate_up_to_label()}
          description={m.legal_rate_up_to_about()}
          currency={currency}
          value={typed.up_to}
          onChange={set('up_to')}
        />
      </div>
      <div className="columns">
        <DateInput
          label={m.legal_rate_first()}
          required
          value={typed.from_on}
          error={tried && errors.from_on}
          onChange={set('from_on')}
        />
        <DateInput
          label={m.legal_rate_until()}
          description={m.legal_rate_until_about()}
          value={typed.until_on}
          onChange={set('until_on')}
        />
      </div>
      <Textarea
        label={m.legal_rate_source()}
        description={m.legal_rate_source_about()}
        autosize
        minRows={2}
        {...limits(EnterLegalRate, 'says.source')}
        value={typed.source}
        error={tried && errors.source}
        onChange={(event) => set('source')(event.currentTarget.value)}
      />
    </>
  );
}

type WritingProps = {
  title: string;
  does: string;
  command: Command;
  send: (event: FormEvent) => void;
  onClose: () => void;
  children: ReactNode;
};

const Writing = ({ title, does, command, send, onClose, children }: WritingProps) => (
  <Dialog title={title} onClose={onClose} wide>
    <form className="stack" onSubmit={send} noValidate>
      {children}
      <Outcome of={command} />
      <Actions>
        <Button variant="default" onClick={onClose}>
          {m.cancel()}
        </Button>
        <Button type="submit" loading={command.pending}>
          {does}
        </Button>
      </Actions>
    </form>
  </Dialog>
);
