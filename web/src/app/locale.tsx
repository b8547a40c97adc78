import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { whoseSession } from '~/api/session';
import { getLocale, type Locale, locales, setLocale } from '~/paraglide/runtime';

type Choice = { locale: Locale; choose: (locale: Locale) => void; follow: (language: string) => void };
const Context = createContext<Choice>({ locale: 'fr', choose: () => undefined, follow: () => undefined });
export const useLocale = () => useContext(Context);

const CHOSEN = 'quittance.language';

/** The language: the account's own, until somebody switches; then their choice, for that account in this browser. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const [locale, show] = useState<Locale>(getLocale());
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const speak = (next: Locale) => {
    void setLocale(next, { reload: false });
    show(next);
  };
  const choose = (next: Locale) => {
    localStorage.setItem(CHOSEN, JSON.stringify([whoseSession(), next]));
    speak(next);
  };
  const follow = (language: string) => {
    const [account, chosen] = JSON.parse(localStorage.getItem(CHOSEN) ?? '[]') as [string?, Locale?];
    const next = account && account === whoseSession() ? chosen : locales.find((each) => each === language);
    if (next && next !== getLocale()) speak(next);
  };
  // Words are plain functions: a new key draws everything anew, in the other language. What was typed is in drafts.
  return (
    <Context value={{ locale, choose, follow }}>
      <div key={locale} className="whole">
        {children}
      </div>
    </Context>
  );
}
