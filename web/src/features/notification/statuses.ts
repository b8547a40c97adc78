export const STATUSES = ['requested', 'attempted', 'sent', 'failed'] as const;
export const TEMPLATES = [
  'information',
  'contract',
  'copy-refused',
  'expired',
  'stepped-back',
  'disbursed',
  'quittance',
  'declined',
  'payee-changed',
  'invitation',
  'sign-up-exists',
  'password-reset',
  'address-proof',
  'security-notice',
] as const;
