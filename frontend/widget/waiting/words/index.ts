import { fill, type Values } from "../../../shared/fill";
import { language } from "../host";
import { de } from "./de";
import { en, type WaitingKey, type WaitingWords } from "./en";
import { es } from "./es";
import { it } from "./it";
import { sv } from "./sv";

const tables: Record<string, WaitingWords> = { en, sv, de, it, es };

/** Says one of the card's strings in the reader's language. */
export function t(name: WaitingKey, values: Values = {}): string {
  const tag = language();
  return fill((tables[tag] ?? en)[name], values, tag);
}
