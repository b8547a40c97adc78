import { getLocale } from '~/paraglide/runtime';

/** ISO 3166-1, two letters each. */
const CODES =
  'AD AE AF AG AI AL AM AO AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GF GH GI GL GM GN GP GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM MN MQ MR MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WF WS YE YT ZA ZM ZW'.split(
    ' ',
  );

const names = () => new Intl.DisplayNames(getLocale(), { type: 'region' });

export const countryName = (code: string) => names().of(code) ?? code;

export const languageName = (code: string) => {
  const name = new Intl.DisplayNames(getLocale(), { type: 'language' }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(getLocale()) + name.slice(1);
};

/** All countries in the reader's language, in its order. */
export function countries(): { value: string; label: string }[] {
  const named = names();
  const order = new Intl.Collator(getLocale());
  return CODES.map((value) => ({ value, label: named.of(value) ?? value })).sort((one, other) =>
    order.compare(one.label, other.label),
  );
}
