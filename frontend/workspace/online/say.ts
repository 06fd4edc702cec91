/** Says the words of this part, which come with it and join the page's. */

import { sayer } from "../../shared/fetched_words";
import type { OnlineWords } from "./words/en";

export const say = sayer<keyof OnlineWords>();
