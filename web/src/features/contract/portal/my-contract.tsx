import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '~/api/client';
import { date } from '~/lib/format';
import { m } from '~/paraglide/messages';
import { Back } from '~/ui/back';
import { Card, PageHeader } from '~/ui/card';
import { PdfView } from '~/ui/pdf-view';
import { Answer, Empty } from '~/ui/states';
import { storyOf } from '~/ui/story';
import { StoryList } from '~/ui/story-list';
import { WayList } from '~/ui/way';
import { ContractFacts } from './contract-facts';
import { ContractMark } from './contract-mark';
import s from './my-contract.module.css';
import { ReturnCopy } from './return-copy';
import { type Contract, isToReturn, stageOf, wasRefused } from './stages';

const route = getRouteApi('/_in/contracts/$contractId');

type MyContractProps = { documents: (contract: Contract) => ReactNode };

/** One contract: to read, to sign, to send back; and what became of it. */
export function MyContract({ documents }: MyContractProps) {
  const { contractId } = route.useParams();
  const contract = api.useQuery('get', '/api/v1/contracts/{contract_id}', {
    params: { path: { contract_id: contractId } },
  });
  return (
    <>
      <Back to="/contracts">{m.my_contracts_all()}</Back>
      <Answer of={contract} rows={8} page>
        {(line) => (
          <>
            <PageHeader
              title={m.my_contract_of({ reference: line.reference })}
              about={
                <Link to="/loans/$loanId" params={{ loanId: line.loan_id }} className="link">
                  {m.my_contract_loan({ reference: line.loan_reference ?? '' })}
                </Link>
              }
            >
              <ContractMark contract={line} />
            </PageHeader>
            <div className="stack">
              <Card flush>
                <WayList label={m.my_contract_way()} here={stageOf(line)} steps={stepsOf(line)} />
              </Card>
              <div className={s.columns}>
                {isToReturn(line) && (
                  <div className={s.doing}>
                    <ReturnCopy contract={line} />
                  </div>
                )}
                <div className={s.paper}>
                  <Paper contract={line} />
                </div>
                <div className={`stack ${s.about}`}>
                  <ContractFacts contract={line} />
                  {documents(line)}
                  <Story contractId={line.contract_id} />
                </div>
              </div>
            </div>
          </>
        )}
      </Answer>
    </>
  );
}

const Paper = ({ contract }: { contract: Contract }) =>
  contract.document_id ? (
    <PdfView
      path={`/api/v1/documents/${contract.document_id}/content`}
      label={m.my_document_contract({ reference: contract.reference })}
    />
  ) : (
    <Card>
      <Empty title={m.my_contract_drafted()}>{m.my_contract_drafted_about()}</Empty>
    </Card>
  );

function Story({ contractId }: { contractId: string }) {
  const history = api.useQuery('get', '/api/v1/contracts/{contract_id}/history', {
    params: { path: { contract_id: contractId }, query: { limit: 200 } },
  });
  return (
    <Card
      title={m.loan_history()}
      aside={
        <Link to="/contracts/$contractId/history" params={{ contractId }} className="link">
          {m.my_history_open()}
        </Link>
      }
      flush
    >
      <Answer of={history}>{({ items }) => <StoryList label={m.loan_history()} story={storyOf(items)} />}</Answer>
    </Card>
  );
}

function stepsOf(contract: Contract) {
  const refused = wasRefused(contract);
  return [
    { title: m.my_contract_step_written(), about: date(contract.drafted_on) },
    {
      title: m.my_contract_step_sign(),
      about: refused
        ? m.my_contract_step_again()
        : contract.copy_received_on
          ? m.my_contract_step_received({ day: date(contract.copy_received_on) })
          : contract.sent_on
            ? m.my_contract_step_sent({ day: date(contract.sent_on) })
            : m.my_contract_step_sign_about(),
      wrong: refused,
    },
    {
      title: m.my_contract_step_review(),
      about: contract.signed_on ? m.my_contract_step_reviewed() : m.my_contract_step_review_about(),
    },
    {
      title: m.my_contract_step_signed(),
      about: contract.signed_on ? date(contract.signed_on) : m.my_contract_step_signed_about(),
    },
  ];
}
