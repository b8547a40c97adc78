import type { components } from '~/api/schema';
import { m } from '~/paraglide/messages';

const WHY: Record<components['schemas']['ScheduleVersion']['why'], () => string> = {
  agreed: m.version_agreed,
  drawdown: m.version_drawdown,
  'repaid-in-part': m.version_repaid_in_part,
  'repaid-in-full': m.version_repaid_in_full,
  rescheduled: m.version_rescheduled,
  'payment-holiday': m.version_payment_holiday,
  'due-day-changed': m.version_due_day_changed,
  'rate-reset': m.version_rate_reset,
  accelerated: m.version_accelerated,
};

/** Why a schedule was made; a word of a newer back end stands as it is. */
export const whyWord = (why: string) => WHY[why as keyof typeof WHY]?.() ?? why;
