/** The words of pay in the reader's language. */

import { sayer } from "../../fetched_words";
import type { Words } from "./en";

export const t = sayer<keyof Words>();
