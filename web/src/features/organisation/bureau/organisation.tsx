import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import type { components } from '~/api/schema';
import { useMay } from '~/app/me';
import { counted } from '~/lib/count';
import { countryName, languageName } from '~/lib/countries';
import { rate } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, Facts, PageHeader } from '~/ui/card';
import { Rows } from '~/ui/rows';
import { Answer } from '~/ui/states';
import { chartWord } from '../words';
import { ChartDialog } from './chart-dialog';
import { ClocksDialog } from './clocks-dialog';
import { IdentityDialog } from './identity-dialog';
import { LimitsDialog } from './limits-dialog';
import { LimitsTable } from './limits-table';
import { PolicyDialog } from './policy-dialog';
import { Proposal } from './proposal';
import { ReturnAddressDialog } from './return-address-dialog';

type Organisation = components['schemas']['OrganisationLine'];
type Open = 'identity' | 'return' | 'policy' | 'limits' | 'clocks' | 'chart' | null;

/** Who lends, and under which rules. */
export function OrganisationScreen() {
  const found = api.useQuery('get', '/api/v1/organisation');
  return (
    <>
      <PageHeader title={m.organisation()} about={m.organisation_about()} />
      <Answer of={found} rows={8}>
        {(organisation) => <Rules organisation={organisation} />}
      </Answer>
    </>
  );
}

function Rules({ organisation }: { organisation: Organisation }) {
  const [open, setOpen] = useState<Open>(null);
  const changes = useMay('organisation.change');
  const decides = useMay('policy.change');
  const close = () => setOpen(null);
  const change = (which: Open, may: boolean) =>
    may && (
      <Button size="xs" variant="default" onClick={() => setOpen(which)}>
        {m.organisation_change()}
      </Button>
    );
  return (
    <div className="stack">
      {organisation.proposal != null && <Proposal organisation={organisation} />}
      <Card flush title={m.organisation_identity()} aside={change('identity', changes)}>
        <Facts
          facts={[
            [m.organisation_legal_name(), organisation.legal_name],
            [m.organisation_legal_form(), organisation.legal_form],
            [m.organisation_registration(), organisation.registration],
            [m.organisation_office(), organisation.registered_office],
            [m.organisation_country(), countryName(organisation.country)],
            [m.organisation_contact(), organisation.contact_line],
            [m.organisation_currency(), organisation.currency],
            [m.organisation_time_zone(), organisation.time_zone],
            [m.organisation_languages(), organisation.languages.map(languageName).join(', ')],
          ]}
        />
      </Card>
      <div className="columns">
        <Card flush title={m.organisation_limits()} aside={change('limits', decides && organisation.proposal == null)}>
          <LimitsTable limits={organisation.limits} />
        </Card>
        <div className="stack">
          <Card title={m.organisation_policy()} aside={change('policy', decides && organisation.proposal == null)}>
            <b>{policyWord(organisation.policy)}</b>
            <p className="mute">{policyAbout(organisation.policy)}</p>
          </Card>
          <Card flush title={m.organisation_clocks()} aside={change('clocks', changes)}>
            <Rows
              rows={[
                [
                  m.organisation_offer_days(),
                  organisation.offer_days === null
                    ? m.organisation_by_law()
                    : counted(organisation.offer_days, m.organisation_day, m.organisation_days),
                ],
                [
                  m.organisation_high_cost(),
                  organisation.high_cost_apr === null ? m.organisation_not_entered() : rate(organisation.high_cost_apr),
                ],
              ]}
            />
          </Card>
          <Card title={m.organisation_chart()} aside={change('chart', changes)}>
            <b>{chartWord(organisation.chart)}</b>
            <p className="mute">
              {organisation.chart_chosen ? m.organisation_chart_about() : m.organisation_chart_usual()}
            </p>
          </Card>
          <Card title={m.organisation_return()} aside={change('return', changes)}>
            <b>{organisation.return_address}</b>
            <p className="mute">{m.organisation_return_about()}</p>
          </Card>
        </div>
      </div>
      {open === 'identity' && <IdentityDialog organisation={organisation} onClose={close} />}
      {open === 'clocks' && <ClocksDialog organisation={organisation} onClose={close} />}
      {open === 'chart' && <ChartDialog organisation={organisation} onClose={close} />}
      {open === 'return' && <ReturnAddressDialog organisation={organisation} onClose={close} />}
      {open === 'policy' && <PolicyDialog organisation={organisation} onClose={close} />}
      {open === 'limits' && <LimitsDialog organisation={organisation} onClose={close} />}
    </div>
  );
}

const policyWord = (policy: string) =>
  policy === 'four-eyes' ? m.organisation_four_eyes() : m.organisation_single_operator();
const policyAbout = (policy: string) =>
  policy === 'four-eyes' ? m.organisation_four_eyes_about() : m.organisation_single_operator_about();
