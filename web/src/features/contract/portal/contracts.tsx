import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { usePages } from '~/api/pages';
import { date, money } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Card, PageHeader } from '~/ui/card';
import { Further, Line, Lines } from '~/ui/lines';
import { Answer, Empty } from '~/ui/states';
import { ContractMark } from './contract-mark';

/** One's own contracts, the newest first. */
export function Contracts() {
  const contracts = usePages('/api/v1/contracts', { limit: 20 });
  return (
    <>
      <PageHeader title={m.my_contracts()} about={m.my_contracts_about()} />
      <Card flush>
        <Answer of={contracts} rows={6}>
          {(items) =>
            items.length === 0 ? (
              <Empty
                title={m.my_contracts_empty()}
                icon={IconFileText}
                action={
                  <Button variant="default" renderRoot={(props) => <Link to="/loans" {...props} />}>
                    {m.my_loans()}
                  </Button>
                }
              >
                {m.my_contracts_empty_about()}
              </Empty>
            ) : (
              <>
                <Lines label={m.my_contracts()}>
                  {items.map((each) => (
                    <Line
                      key={each.contract_id}
                      opens
                      icon={IconFileText}
                      title={
                        <Link to="/contracts/$contractId" params={{ contractId: each.contract_id }}>
                          {m.my_contract_of({ reference: each.reference })}
                        </Link>
                      }
                      hint={`${money(each.principal, each.currency)} · ${date(each.drafted_on)}`}
                    >
                      <ContractMark contract={each} />
                    </Line>
                  ))}
                </Lines>
                <Further list={contracts} />
              </>
            )
          }
        </Answer>
      </Card>
    </>
  );
}
