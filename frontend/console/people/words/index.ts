/** The words of the leads' pages about people; they join the console's when the place is opened. */

import { sayer } from "../../../shared/fetched_words";
import type { Words } from "./en";

export const t = sayer<keyof Words>();
