import { beforeEach, describe, expect, it } from 'vitest';
import { setLocale } from '~/paraglide/runtime';
import { compared, scheduleOf, sectionsOf } from './facts';
import { changed, type Entry, peopleOf, stateAt } from './fold';
import { author, sentence } from './sentence';

beforeEach(() => void setLocale('fr', { reload: false }));
const plain = (text: string | undefined) => text?.replace(/[\u00a0\u202f]/g, ' ');
const eur = (minor: number) => ({ minor, currency: 'EUR' });
const staff = { kind: 'staff', you: false, account: 'acc-ben', label: 'Ben', worker: null } as const;

const base = { position: '1', on: '2026-05-04', at: '2026-05-04T09:00:00Z', by: staff, command: null, cause: null };
const entry = (number: number, event: string, id: string, changes: Entry['changes'], fields: Entry['fields'] = []) =>
  ({ ...base, number, version: number, kind: event.split('.')[0], id, event, changes, fields, link: 'aa' }) as Entry;
const change = (field: string, before: unknown, after: unknown) => ({ field, before, after }) as Entry['changes'][0];

const HISTORY = [
  entry(
    1,
    'Loan.Requested',
    'loan',
    [
      change('status', null, 'requested'),
      change('principal', null, eur(40_000)),
      change('months', null, 2),
      change('instalments', null, []),
    ],
    [
      { field: 'principal', value: eur(40_000) },
      { field: 'months', value: 2 },
    ] as Entry['fields'],
  ),
  entry(
    2,
    'Loan.Approved',
    'loan',
    [
      change('status', 'requested', 'approved'),
      change('rate', null, 600),
      change('approved_by', null, 'acc-ben'),
      change(
        'instalments',
        [],
        [
          { interest: eur(200), principal: eur(19_950) },
          { interest: eur(100), principal: eur(20_050) },
        ],
      ),
    ],
    [{ field: 'rate', value: 600 }] as Entry['fields'],
  ),
  entry(3, 'Servicing.Opened', 'servicing', [
    change('principal', null, eur(40_000)),
    change('status', null, 'open'),
    change('fallen_due', null, 0),
    change('paid', null, {}),
    change('repayments', null, {}),
    change('instalments', null, [
      { number: 1, due_on: '2026-06-04', interest: eur(200), principal: eur(19_950) },
      { number: 2, due_on: '2026-07-04', interest: eur(100), principal: eur(20_050) },
    ]),
  ]),
  entry(4, 'Servicing.RepaymentReceived', 'servicing', [
    change('paid.1', null, { number: 1, interest: eur(200), principal: eur(10_000) }),
    change('repayments.r1', null, { amount: eur(10_200), method: 'cash', reversed: false }),
    change('held', null, eur(0)),
  ]),
  entry(5, 'Servicing.RepaymentReversed', 'servicing', [
    change('paid.1.principal', eur(10_000), eur(0)),
    change('paid.1.interest', eur(200), eur(0)),
    change('repayments.r1.reversed', false, true),
  ]),
];
const people = peopleOf(HISTORY);
const sections = (number: number) => sectionsOf(stateAt(HISTORY, number), people);
const fact = (number: number, section: number, key: string) =>
  plain(sections(number)[section]?.facts.find((each) => each.key === key)?.value);

describe('the state at a version', () => {
  it('is the changes of each stream up to it', () => {
    expect(stateAt(HISTORY, 1)).toEqual([
      { id: 'loan', kind: 'Loan', state: { status: 'requested', principal: eur(40_000), months: 2, instalments: [] } },
    ]);
    expect(stateAt(HISTORY, 5).map((each) => each.kind)).toEqual(['Loan', 'Servicing']);
    expect(stateAt(HISTORY, 0)).toEqual([]);
  });

  it('changes a part of a value, of an object or of a list, and leaves what was before alone', () => {
    const before = { paid: { 1: { interest: 2 } }, parts: ['a', 'b'] };
    expect(changed(before, { field: 'paid.1.interest', after: 3 })).toEqual({
      ...before,
      paid: { 1: { interest: 3 } },
    });
    expect(changed(before, { field: 'parts.1', after: 'c' })).toEqual({ ...before, parts: ['a', 'c'] });
    expect(changed(before, { field: 'new.deep', after: 1 })).toMatchObject({ new: { deep: 1 } });
    expect(before).toEqual({ paid: { 1: { interest: 2 } }, parts: ['a', 'b'] });
  });

  it('is said in words: states, amounts, rates, names', () => {
    expect(fact(1, 0, 'status')).toBe('Demandé');
    expect(fact(2, 0, 'status')).toBe('Accordé');
    expect(fact(2, 0, 'rate')).toBe('6,00 %');
    expect(fact(2, 0, 'approved_by')).toBe('Ben');
    expect(fact(2, 0, 'principal')).toBe('400,00 €');
    expect(fact(1, 0, 'rate')).toBe('—');
  });

  it('counts what was paid, and a reversal takes it back', () => {
    expect(fact(4, 1, 'owed')).toBe('300,00 €');
    expect(fact(4, 1, 'received')).toBe('102,00 €');
    expect(fact(5, 1, 'owed')).toBe('400,00 €');
    expect(fact(5, 1, 'received')).toBe('0,00 €');
  });
});

describe('differences', () => {
  it('are the facts that another version says otherwise', () => {
    const [before] = sections(1);
    const [after] = sections(2);
    const told = compared(before, after as never).filter((each) => each.before !== undefined);
    expect(told.map((each) => [each.key, plain(each.before), plain(each.value)])).toEqual([
      ['status', 'Demandé', 'Accordé'],
      ['rate', '—', '6,00 %'],
      ['approved_by', '—', 'Ben'],
    ]);
  });

  it('of what had not begun are all that it says', () => {
    const told = compared(undefined, sections(3)[1] as never).filter((each) => each.before !== undefined);
    expect(told.every((each) => each.before === '—')).toBe(true);
  });
});

it('the schedule is what was agreed, then what is due and paid', () => {
  expect(scheduleOf(stateAt(HISTORY, 1))).toEqual([]);
  expect(scheduleOf(stateAt(HISTORY, 2)).map((each) => [each.number, each.dueOn, each.owed, each.paid])).toEqual([
    [1, undefined, 20_050, 0],
    [2, undefined, 0, 0],
  ]);
  expect(scheduleOf(stateAt(HISTORY, 4))[0]).toMatchObject({ dueOn: '2026-06-04', paid: 10_200, fallenDue: false });
});

describe('an event in one line', () => {
  it('says what distinguishes it', () => {
    expect(plain(sentence(HISTORY[0] as Entry))).toBe('Prêt demandé · 400,00 €, 2 mois');
    expect(plain(sentence(HISTORY[1] as Entry))).toBe('Prêt accordé · 6,00 %');
    expect(sentence(HISTORY[4] as Entry)).toBe('Remboursement annulé');
  });

  it('says who, and because of what', () => {
    expect(author(HISTORY[1] as Entry)).toBe('Ben');
    const machine = { kind: 'machine', you: false, account: null, label: null, worker: 'sign.tell_the_loan' } as const;
    const cause = { event: 'Contract.Signed', id: 'c', version: 5 };
    expect(plain(author({ by: machine, cause }))).toBe('Automatique, à la suite de : Exemplaire signé accepté');
    expect(author({ by: { ...staff, you: true }, cause: null })).toBe('Vous');
    expect(author({ by: { ...staff, label: null }, cause: null })).toBe('Votre prêteur');
  });
});
