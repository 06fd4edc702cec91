import { fill, type Values } from "../../../shared/fill";
import { language } from "../host";
import { de } from "./de";
import { en, type CardKey, type CardWords } from "./en";
import { es } from "./es";
import { it } from "./it";
import { sv } from "./sv";

const tables: Record<string, CardWords> = { en, sv, de, it, es };

/** Says one of the cards' strings in the reader's language. */
export function t(name: CardKey, values: Values = {}): string {
  const tag = language();
  return fill((tables[tag] ?? en)[name], values, tag);
}
