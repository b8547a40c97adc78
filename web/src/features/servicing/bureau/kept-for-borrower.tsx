import { Checkbox } from '@mantine/core';
import { m } from '~/paraglide/messages';
import s from './servicing.module.css';

type Props = { amount: string; checked: boolean; onChange: (checked: boolean) => void };

/** So much is too much: it is taken only when somebody says that it is kept for the borrower. */
export const KeptForBorrower = ({ amount, checked, onChange }: Props) => (
  <div className={s.note}>
    <Checkbox
      label={m.servicing_keeps({ amount })}
      description={m.servicing_keeps_about()}
      checked={checked}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  </div>
);
