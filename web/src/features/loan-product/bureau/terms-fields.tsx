import { NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { LoanSimulation } from '~/api/operations';
import { m } from '~/paraglide/messages';
import { limits, MoneyInput } from '~/ui/form';
import type { Draft } from '../terms';
import { calendars, counts, firsts, frequencies, halves, insured, kinds, moves } from '../words';
import s from './loan-product.module.css';

type FieldsProps = {
  draft: Draft;
  wrong: readonly (keyof Draft)[];
  currency: string;
  onChange: (draft: Draft) => void;
};

/** Everything that terms can say: what most loans need first, the rest behind a line that opens. */
export function TermsFields(props: FieldsProps) {
  const { draft } = props;
  return (
    <>
      <div className={s.fields}>
        <Share of={props} field="rate" label={m.field_rate()} required />
        <Choice of={props} field="kind" label={m.terms_kind()} options={kinds()} />
        <Choice of={props} field="frequency" label={m.terms_frequency()} options={frequencies()} />
        <Choice of={props} field="day_count" label={m.terms_day_count()} options={counts()} />
      </div>
      <More title={m.terms_days()}>
        <Whole of={props} field="due_day" label={m.terms_due_day()} about={m.terms_due_day_about()} />
        <Choice of={props} field="first_period" label={m.terms_first_period()} options={firsts()} />
        <Choice of={props} field="business_days" label={m.terms_business_days()} options={moves()} />
        <Choice of={props} field="calendar" label={m.terms_calendar()} options={calendars()} />
      </More>
      <More title={m.terms_repaying()}>
        <Whole of={props} field="grace_all" label={m.terms_grace_all()} about={m.terms_grace_all_about()} />
        <Whole of={props} field="grace_principal" label={m.terms_grace_principal()} />
        <Share of={props} field="balloon" label={m.terms_balloon()} />
        <Share of={props} field="step_up" label={m.terms_step_up()} />
        <Whole of={props} field="step_every" label={m.terms_step_every()} />
      </More>
      <More title={m.terms_charges()}>
        <Amount of={props} field="fee_fixed" label={m.terms_fee_fixed()} />
        <Share of={props} field="fee_share" label={m.terms_fee_share()} />
        <Share of={props} field="fee_financed" label={m.terms_fee_financed()} />
        <Amount of={props} field="fee_each" label={m.terms_fee_each()} />
        <Share of={props} field="insurance" label={m.terms_insurance()} />
        <Choice of={props} field="insurance_of" label={m.terms_insurance_of()} options={insured()} />
        <Share of={props} field="late" label={m.terms_late()} />
        <Whole of={props} field="late_days" label={m.terms_late_days()} />
        <Share of={props} field="late_share" label={m.terms_late_share()} about={m.terms_late_share_about()} />
        <Share of={props} field="indemnity" label={m.terms_indemnity()} about={m.terms_indemnity_about()} />
        <Whole of={props} field="notice_days" label={m.terms_notice_days()} about={m.terms_notice_days_about()} />
        <Whole of={props} field="unpaid_instalments" label={m.terms_unpaid()} about={m.terms_unpaid_about()} />
        <Share of={props} field="early" label={m.terms_early()} />
      </More>
      <More title={m.terms_rate_more()}>
        <Share of={props} field="subsidy" label={m.terms_subsidy()} />
        <TextInput
          label={m.terms_index()}
          description={m.terms_index_about()}
          {...limits(LoanSimulation, 'terms.variable.index')}
          value={draft.index}
          onChange={(event) => props.onChange({ ...draft, index: event.currentTarget.value })}
        />
        <Share of={props} field="margin" label={m.terms_margin()} />
        <Whole of={props} field="reset_every" label={m.terms_reset_every()} />
        <Share of={props} field="floor" label={m.terms_floor()} />
        <Share of={props} field="cap" label={m.terms_cap()} />
        <Whole of={props} field="unit" label={m.terms_unit()} about={m.terms_unit_about()} />
        <Choice of={props} field="mode" label={m.terms_mode()} options={halves()} />
      </More>
    </>
  );
}

const More = ({ title, children }: { title: string; children: ReactNode }) => (
  <details className={s.more}>
    <summary>{title}</summary>
    <div className={s.fields}>{children}</div>
  </details>
);

type FieldProps = { of: FieldsProps; field: keyof Draft; label: string; about?: string; required?: boolean };

const typed = ({ of, field, label, about, required }: FieldProps) => ({
  label,
  description: about,
  required,
  value: of.draft[field],
  error: of.wrong.includes(field) && of.draft[field] !== '' ? m.terms_wrong() : undefined,
});

const Share = (props: FieldProps) => (
  <TextInput
    {...typed(props)}
    inputMode="decimal"
    autoComplete="off"
    rightSection="%"
    onChange={(event) => props.of.onChange({ ...props.of.draft, [props.field]: event.currentTarget.value })}
  />
);

const Whole = (props: FieldProps) => (
  <TextInput
    {...typed(props)}
    inputMode="numeric"
    autoComplete="off"
    onChange={(event) => props.of.onChange({ ...props.of.draft, [props.field]: event.currentTarget.value })}
  />
);

const Amount = (props: FieldProps) => (
  <MoneyInput
    {...typed(props)}
    currency={props.of.currency}
    onChange={(written) => props.of.onChange({ ...props.of.draft, [props.field]: written })}
  />
);

type ChoiceProps = FieldProps & { options: { value: string; label: string }[] };

const Choice = ({ of, field, label, options }: ChoiceProps) => (
  <NativeSelect
    label={label}
    data={options}
    value={of.draft[field]}
    onChange={(event) => of.onChange({ ...of.draft, [field]: event.currentTarget.value })}
  />
);

/** What fees are called in the contract, in the reader's language. */
export const feeTitles = () => ({
  file: m.terms_fee_file_title(),
  guarantee: m.terms_fee_guarantee_title(),
  account: m.terms_fee_account_title(),
});
