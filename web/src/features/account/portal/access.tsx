import { IconEye } from '@tabler/icons-react';
import { type RowOf, usePages } from '~/api/pages';
import { moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Further, Line, Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';

type Look = RowOf<'/api/v1/me/access-log'>;
type Looks = [Look, ...Look[]];

/** Who looked at one's data: nothing is shown to anybody without being noted here. */
export function Access() {
  const looks = usePages('/api/v1/me/access-log', { limit: 40 });
  return (
    <Card title={m.access_title()} flush>
      <Answer of={looks} rows={8}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={m.access_empty()} icon={IconEye}>
              {m.access_empty_about()}
            </Empty>
          ) : (
            <>
              <Lines label={m.access_title()}>
                {visitsOf(items).map((looks) => (
                  <Visit key={looks[0].at} looks={looks} />
                ))}
              </Lines>
              <Further list={looks} />
            </>
          )
        }
      </Answer>
    </Card>
  );
}

/** One page asks for several things: what somebody looked at within a minute is one visit. */
function visitsOf(looks: readonly Look[]): Looks[] {
  const visits: Looks[] = [];
  for (const look of looks) {
    const [last] = visits.at(-1) ?? [];
    if (last && whoOf(last) === whoOf(look) && moment(last.at) === moment(look.at)) visits.at(-1)?.push(look);
    else visits.push([look]);
  }
  return visits;
}

const Visit = ({ looks }: { looks: Looks }) => (
  <Line title={whoOf(looks[0])} hint={[...new Set(looks.map(whatOf))].join(' · ')}>
    <span className="mute num">{moment(looks[0].at)}</span>
  </Line>
);

const WHAT: Record<string, () => string> = {
  loan: m.access_loan,
  servicing: m.access_payments,
  contract: m.access_contract,
  document: m.access_document,
  customer: m.access_file,
  contact: m.access_contacts,
  payee: m.access_payee,
  overview: m.access_overview,
  activity: m.access_activity,
  mail: m.access_mails,
  history: m.access_history,
  live: m.access_live,
};
const ROLES: Record<string, () => string> = {
  advisor: m.role_of_advisor,
  accountant: m.role_of_accountant,
  support: m.role_of_support,
  admin: m.role_of_admin,
  auditor: m.role_of_auditor,
};

const whatOf = (look: Look) => (WHAT[look.kind] ?? m.access_data)();

function whoOf(look: Look): string {
  if (look.by === 'you') return m.access_by_you();
  if (look.by === 'client') return m.access_by_other();
  if (look.by === 'link') return m.access_by_link();
  const roles = look.roles.flatMap((role) => ROLES[role]?.() ?? []);
  return roles.length ? m.access_by_staff({ roles: roles.join(', ') }) : m.access_by_lender();
}
