import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { ConfirmProposal, RefuseProposal } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { useAccountNames } from '~/app/account-names';
import { useMay, useMe } from '~/app/me';
import { roleWord } from '~/app/roles';
import { money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { limits as boundsOf, showErrors, useFields } from '~/ui/form';
import box from '~/ui/proposal.module.css';
import { compared, type Limit } from '../limits';
import { operationWord } from '../words';
import { Changing, changing, type Organisation } from './changing';
import s from './organisation.module.css';

/** What somebody proposes, beside what counts now; somebody else confirms it or refuses it. */
export function Proposal({ organisation }: { organisation: Organisation }) {
  const [deciding, decide] = useState<'confirm' | 'refuse' | null>(null);
  const may = useMay('policy.change');
  const named = useAccountNames();
  const own = useMe().account_id === organisation.proposed_by;
  const blocked = own && organisation.policy === 'four-eyes';
  return (
    <section className={box.proposal}>
      <h2>{m.organisation_proposal({ who: named(organisation.proposed_by) })}</h2>
      <p>{organisation.proposed_because}</p>
      <Proposed organisation={organisation} />
      {blocked && <p className="mute">{m.organisation_own_proposal()}</p>}
      {may && (
        <div className="row">
          {!blocked && <Button onClick={() => decide('confirm')}>{m.organisation_confirm()}</Button>}
          <Button variant="default" onClick={() => decide('refuse')}>
            {own ? m.organisation_take_back() : m.organisation_refuse()}
          </Button>
        </div>
      )}
      {deciding && (
        <Decide organisation={organisation} confirms={deciding === 'confirm'} own={own} onClose={() => decide(null)} />
      )}
    </section>
  );
}

function Proposed({ organisation }: { organisation: Organisation }) {
  if (organisation.proposed_policy)
    return (
      <p>
        <b>
          {organisation.proposed_policy === 'four-eyes' ? m.organisation_four_eyes() : m.organisation_single_operator()}
        </b>
      </p>
    );
  return (
    <ul className={s.changes}>
      {compared(organisation.limits, organisation.proposed_limits ?? []).map(({ key, before, after }) => {
        const { role, operation } = (after ?? before) as Limit;
        return (
          <li key={key}>
            <span>
              {roleWord(role)} · {operationWord(operation)}
            </span>
            <span className="num">
              <del>{said(before)}</del> <ins>{said(after)}</ins>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function said(limit: Limit | undefined) {
  if (!limit) return m.organisation_nothing();
  const each = money(limit.each, limit.currency);
  return limit.daily == null ? each : m.organisation_each_daily({ each, daily: money(limit.daily, limit.currency) });
}

type DecideProps = { organisation: Organisation; confirms: boolean; own: boolean; onClose: () => void };

function Decide({ organisation, confirms, own, onClose }: DecideProps) {
  const operation = confirms ? ConfirmProposal : RefuseProposal;
  const command = useCommand(operation);
  const number = organisation.proposal as number;
  const form = useFields(operation, { number, reason: '' });
  const send = form.onSubmit(async ({ reason }) => {
    const body = { number, reason: (reason || null) as string };
    if (await command.send({ ...changing(organisation), body })) onClose();
    else showErrors(form, command.problem);
  });
  const title = confirms ? m.organisation_confirm() : own ? m.organisation_take_back() : m.organisation_refuse();
  return (
    <Changing title={title} does={title} command={command} onSubmit={send} onClose={onClose}>
      <Proposed organisation={organisation} />
      {(!confirms || own) && (
        <Textarea
          label={m.organisation_reason()}
          autosize
          minRows={2}
          {...boundsOf(RefuseProposal, 'reason')}
          {...form.getInputProps('reason')}
        />
      )}
    </Changing>
  );
}
