import { m } from '~/paraglide/messages';
import { Status, type Tone } from '~/ui/status';
import type { STATUSES, TEMPLATES } from './statuses';

const STATUS_WORDS: Record<(typeof STATUSES)[number], [() => string, Tone]> = {
  requested: [m.mail_requested, 'ring'],
  attempted: [m.mail_attempted, 'half'],
  sent: [m.mail_sent, 'solid'],
  failed: [m.mail_failed, 'bad'],
};

export const mailStatus = (status: string) => STATUS_WORDS[status as keyof typeof STATUS_WORDS]?.[0]() ?? status;

export const MailStatusMark = ({ status }: { status: string }) => (
  <Status tone={STATUS_WORDS[status as keyof typeof STATUS_WORDS]?.[1] ?? 'ring'}>{mailStatus(status)}</Status>
);

const TEMPLATE_WORDS: Record<(typeof TEMPLATES)[number], () => string> = {
  information: m.mail_information,
  contract: m.mail_contract,
  'copy-refused': m.mail_copy_refused,
  expired: m.mail_expired,
  'stepped-back': m.mail_stepped_back,
  'rate-reset': m.mail_rate_reset,
  disbursed: m.mail_disbursed,
  drawdown: m.mail_drawdown,
  'drawdowns-cancelled': m.mail_drawdowns_cancelled,
  notice: m.mail_notice,
  accelerated: m.mail_accelerated,
  'acceleration-lifted': m.mail_acceleration_lifted,
  quittance: m.mail_quittance,
  'quittance-void': m.mail_quittance_void,
  declined: m.mail_declined,
  'payee-changed': m.mail_payee_changed,
  invitation: m.mail_invitation,
  'sign-up-exists': m.mail_sign_up_exists,
  'password-reset': m.mail_password_reset,
  'address-proof': m.mail_address_proof,
  'security-notice': m.mail_security_notice,
};

export const mailTemplate = (template: string) =>
  TEMPLATE_WORDS[template as keyof typeof TEMPLATE_WORDS]?.() ?? template;
