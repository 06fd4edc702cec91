/** Says the words of signing in and of one's own account; each page brings them among its own. */

import { sayer } from "../fetched_words";
import type { AccountWords } from "./words/en";

export const say = sayer<keyof AccountWords>();
