import { ActionIcon, Button, NativeSelect, Textarea } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ChangeLimits } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { roleWord } from '~/app/roles';
import { m } from '~/paraglide/messages';
import { limits as boundsOf, MoneyInput } from '~/ui/form';
import { type Row, rowOf, written } from '../limits';
import { CURRENCIES, LIMITED_ROLES, OPERATIONS, operationWord } from '../words';
import { Changing, changing, type Props } from './changing';
import s from './organisation.module.css';

/** Proposes who decides on how much; the whole table is replaced once another administrator has confirmed it. */
export function LimitsDialog({ organisation, onClose }: Props) {
  const change = useCommand(ChangeLimits);
  const [rows, setRows] = useState(() =>
    organisation.limits.map((limit) => ({ id: crypto.randomUUID(), ...rowOf(limit) })),
  );
  const [reason, setReason] = useState('');
  const set = (id: string, changed: Partial<Row>) =>
    setRows((before) => before.map((row) => (row.id === id ? { ...row, ...changed } : row)));
  const add = () => {
    const fresh = { operation: 'loan.approve', role: 'advisor', currency: organisation.currency, each: '', daily: '' };
    setRows((before) => [...before, { id: crypto.randomUUID(), ...fresh }]);
  };
  const send = async () => {
    const body = { limits: rows.map(written), reason };
    if (await change.send({ ...changing(organisation), body })) onClose();
  };
  return (
    <Changing
      title={m.organisation_limits()}
      does={m.organisation_propose()}
      command={change}
      wide
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <p className="mute">{m.organisation_propose_about()}</p>
      {rows.map((row) => (
        <LimitFields
          key={row.id}
          row={row}
          onChange={(changed) => set(row.id, changed)}
          onRemove={() => setRows((before) => before.filter((each) => each.id !== row.id))}
        />
      ))}
      <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={add}>
        {m.organisation_add_limit()}
      </Button>
      <Textarea
        label={m.organisation_reason()}
        autosize
        minRows={2}
        {...boundsOf(ChangeLimits, 'reason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Changing>
  );
}

type FieldsProps = { row: Row; onChange: (changed: Partial<Row>) => void; onRemove: () => void };

const LimitFields = ({ row, onChange, onRemove }: FieldsProps) => (
  <fieldset className={s.limit}>
    <legend className="sr">
      {roleWord(row.role)}, {operationWord(row.operation)}, {row.currency}
    </legend>
    <NativeSelect
      label={m.organisation_role()}
      data={LIMITED_ROLES.map((each) => ({ value: each, label: roleWord(each) }))}
      value={row.role}
      onChange={(event) => onChange({ role: event.currentTarget.value })}
    />
    <NativeSelect
      label={m.organisation_operation()}
      data={OPERATIONS.map((each) => ({ value: each, label: operationWord(each) }))}
      value={row.operation}
      onChange={(event) => onChange({ operation: event.currentTarget.value })}
    />
    <NativeSelect
      label={m.organisation_currency()}
      data={[...CURRENCIES]}
      value={row.currency}
      onChange={(event) => onChange({ currency: event.currentTarget.value })}
    />
    <MoneyInput
      label={m.organisation_each()}
      required
      currency={row.currency}
      value={row.each}
      onChange={(each) => onChange({ each })}
    />
    <MoneyInput
      label={m.organisation_daily()}
      currency={row.currency}
      disabled={row.operation !== 'loan.disburse'}
      value={row.operation === 'loan.disburse' ? row.daily : ''}
      onChange={(daily) => onChange({ daily })}
    />
    <ActionIcon variant="default" size={36} aria-label={m.organisation_remove_limit()} onClick={onRemove}>
      <IconTrash size={16} aria-hidden="true" />
    </ActionIcon>
  </fieldset>
);
