import { speaker } from "../../shared/i18n";
import { de } from "./de";
import { en, type Key } from "./en";
import { es } from "./es";
import { it } from "./it";
import { sv } from "./sv";

export const tables = { en, sv, de, it, es };
/** Says a string of the widget in the reader's language. */
export const t = speaker<Key>(tables);
