import { describe, expect, it } from 'vitest';
import { type Draft, draftOf, isPlain, PLAIN, readTerms } from './terms';

const titles = { file: 'File fee', guarantee: 'Guarantee fee', account: 'Account fee' };
const typed = (changes: Partial<Draft>) => readTerms({ ...PLAIN, rate: '6', ...changes }, 'EUR', titles);

describe('terms as they are typed', () => {
  it('are level monthly instalments when nothing is said but the rate', () => {
    expect(typed({}).terms).toMatchObject({
      rate: 600,
      kind: 'annuity',
      frequency: 'monthly',
      fees: [],
      variable: null,
    });
    expect(isPlain({ ...PLAIN, rate: '6' })).toBe(true);
    expect(isPlain({ ...PLAIN, balloon: '20' })).toBe(false);
  });

  it('are percents and amounts as people write them', () => {
    const { terms } = typed({
      rate: '9,5',
      fee_fixed: '75',
      fee_share: '0.5',
      insurance: '0,36',
      late: '8',
      late_days: '3',
    });
    expect(terms).toMatchObject({
      rate: 950,
      fees: [{ title: 'File fee', when: 'up-front', share: 50, fixed: { amount: '75.00', currency: 'EUR' } }],
      insurance: { rate: 36, of: 'initial' },
      late: { rate: 800, grace_days: 3 },
    });
  });

  it('name the fields that say nothing', () => {
    expect(typed({ rate: '' }).wrong).toEqual(['rate']);
    expect(typed({ balloon: 'half', grace_all: '1.5', fee_each: 'x' }).wrong).toEqual([
      'fee_each',
      'grace_all',
      'balloon',
    ]);
  });

  it('come back as they were typed, with what no field asks for', () => {
    const draft: Draft = {
      ...PLAIN,
      rate: '12',
      kind: 'linear',
      index: 'BCEAO',
      margin: '3',
      reset_every: '13',
      unit: '5',
    };
    const kept = {
      rate: 1200,
      kind: 'linear',
      frequency: 'monthly',
      day_count: '30E/360',
      due_day: null,
      shortest_first: 20,
      first_period: 'with-first',
      grace_all: 0,
      grace_principal: 0,
      step_up: 0,
      step_every: 0,
      balloon: 0,
      subsidy: 0,
      variable: { index: 'BCEAO', margin: 300, reset_every: 13, floor: 0, cap: null },
      fees: [],
      insurance: null,
      order: {
        components: ['fee', 'penalty', 'insurance', 'interest', 'principal'],
        timings: ['past_due', 'due'],
        by: 'component',
      },
      late: {
        rate: 500,
        base: ['principal', 'interest'],
        grace_days: 3,
        fixed: { minor: 500, currency: 'EUR' },
        cap_each: 100,
        cap_all: null,
        share: 400,
      },
      acceleration: { indemnity: 800, notice_days: 30, instalments: 3 },
      early: { rate: 0, cap: 100, cap_last_year: 50, free_up_to: null },
      rounding: { unit: 5, mode: 'half-even' },
      business_days: 'none',
      calendar: null,
    } as Parameters<typeof draftOf>[0];
    expect(draftOf(kept)).toEqual({
      ...draft,
      late: '5',
      late_days: '3',
      late_share: '4',
      indemnity: '8',
      unpaid_instalments: '3',
    });
    const again = readTerms(draftOf(kept), 'EUR', titles, kept).terms;
    expect(again).toMatchObject({ shortest_first: 20, order: kept.order, rounding: { unit: 5 } });
    expect(again?.acceleration).toEqual(kept.acceleration);
    expect(again?.late).toMatchObject({
      base: ['principal', 'interest'],
      cap_each: 100,
      share: 400,
      fixed: { amount: '5.00', currency: 'EUR' },
    });
  });
});
