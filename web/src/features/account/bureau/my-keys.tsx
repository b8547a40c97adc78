import { Button } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { RevokeKey } from '~/api/operations';
import { useCommand } from '~/api/use-command';
import { date, moment } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Outcome } from '~/ui/conflict';
import { Listing } from '~/ui/listing';
import { Answer, Empty } from '~/ui/states';
import { IssueKeyDialog } from './issue-key';

/** What programs hold to act in one's name. */
export function MyKeys() {
  const keys = api.useQuery('get', '/api/v1/me/keys');
  const revoke = useCommand(RevokeKey);
  const [issuing, issue] = useState(false);
  return (
    <Card
      flush
      title={m.account_keys()}
      aside={
        <Button size="xs" variant="default" onClick={() => issue(true)}>
          {m.account_key_issue()}
        </Button>
      }
    >
      <Answer of={keys}>
        {(page) => (
          <Listing
            label={m.account_keys()}
            rows={page.items}
            rowKey={(key) => key.key_id}
            empty={<Empty title={m.account_keys_none()}>{m.account_keys_none_about()}</Empty>}
            columns={[
              { id: 'name', header: m.account_name(), cell: (key) => key.name },
              {
                id: 'permissions',
                header: m.account_permissions(),
                cell: (key) => <span title={key.permissions.join(', ')}>{key.permissions.length}</span>,
                end: true,
                wide: true,
              },
              { id: 'expires', header: m.account_expires_on(), cell: (key) => date(key.expires_on), wide: true },
              {
                id: 'used',
                header: m.account_used_at(),
                cell: (key) => (key.last_used_at ? moment(key.last_used_at) : m.account_never()),
                wide: true,
              },
              {
                id: 'do',
                header: m.account_todo(),
                cell: ({ key_id }) => (
                  <Button size="xs" variant="default" onClick={() => void revoke.send({ path: { key_id } })}>
                    {m.account_revoke()}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Answer>
      <Outcome of={revoke} />
      {issuing && <IssueKeyDialog onClose={() => issue(false)} />}
    </Card>
  );
}
