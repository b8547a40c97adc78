import { Checkbox } from '@mantine/core';
import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import { nameOf } from './wish';
import type { PartProps } from './wizard';
import s from './wizard.module.css';

/** The texts that are agreed to, word for word: what is kept is their version, their language and their digest. */
export function Agreements({ wish, change, errors, offer }: PartProps) {
  const { locale } = useLocale();
  return (
    <div className="stack">
      <p className={s.hint}>{m.request_agreements_about()}</p>
      {offer.texts.map((text) => {
        const name = nameOf(text);
        const agreed = wish.agreed.includes(name);
        const title = locale === 'fr' ? text.title_fr : text.title_en;
        return (
          <section key={name} className={s.text} aria-label={title}>
            <h3>{title}</h3>
            <p>{locale === 'fr' ? text.text_fr : text.text_en}</p>
            <Checkbox
              label={text.required ? m.request_agree() : m.request_agree_optional()}
              aria-label={`${m.request_agree()} : ${title}`}
              checked={agreed}
              error={text.required && !agreed ? errors.agreed : undefined}
              onChange={() =>
                change({ agreed: agreed ? wish.agreed.filter((each) => each !== name) : [...wish.agreed, name] })
              }
            />
          </section>
        );
      })}
    </div>
  );
}
