export const STATUSES = ['requested', 'attempted', 'sent', 'failed'] as const;
export const TEMPLATES = [
  'contract',
  'copy-refused',
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
