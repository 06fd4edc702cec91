/** Countries (ISO 3166-1) and languages by their names in the reader's language, sorted. */

const countries =
  "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";
const languages =
  "am ar be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk ko ku lt lv mk mt nb nl nn pa pl ps pt ro ru se sk sl so sq sr sv sw ta th ti tl tr uk ur vi yi zh";

type Named = readonly (readonly [code: string, name: string])[];

export const countryNames = (tag: string): Named => named(countries, tag, "region");
export const languageNames = (tag: string): Named => named(languages, tag, "language");

function named(codes: string, tag: string, type: "region" | "language"): Named {
  const names = new Intl.DisplayNames(tag, { type });
  return codes
    .split(" ")
    .map((code) => [code, upper(names.of(code) ?? code, tag)] as const)
    .sort(([, one], [, other]) => one.localeCompare(other, tag));
}

const upper = (name: string, tag: string): string =>
  name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
