import { useLocale } from '~/app/locale';
import { m } from '~/paraglide/messages';
import { Card } from '~/ui/card';
import { Choice } from '~/ui/choice';

/** The language of these pages. Letters and contracts are in that of the file. */
export function Language() {
  const { locale, choose } = useLocale();
  return (
    <Card title={m.language()}>
      <div className="stack">
        <Choice
          legend={m.language()}
          hidden
          value={locale}
          onChange={choose}
          options={[
            { value: 'fr', title: m.my_language_fr() },
            { value: 'en', title: m.my_language_en() },
          ]}
        />
        <p className="mute">{m.language_about()}</p>
      </div>
    </Card>
  );
}
