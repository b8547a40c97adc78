import { m } from '~/paraglide/messages';

const WORDS = {
  client: m.role_client,
  advisor: m.role_advisor,
  accountant: m.role_accountant,
  support: m.role_support,
  admin: m.role_admin,
  auditor: m.role_auditor,
};

export type Role = keyof typeof WORDS;
export const ROLES = Object.keys(WORDS) as Role[];
export const roleWord = (role: string) => WORDS[role as Role]?.() ?? role;
