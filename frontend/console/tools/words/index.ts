/** The words of the agents' work in the reader's language. */

import { sayer } from "../../../shared/fetched_words";
import type { Words } from "./en";

export const t = sayer<keyof Words>();
