/** Applying, and following one's application: the public page. */

import "../shared/tokens.css";
import "../shared/components.css";
import "../shared/account/account.css";
import "./apply.css";

import { effect } from "@preact/signals";
import { render } from "preact";

import { startClock } from "../shared/clock";
import { followLanguage, spoken } from "../shared/fetched_words";
import { Page } from "./page";
import { t } from "./words";

startClock();
followLanguage();
effect(() => {
  document.documentElement.lang = spoken.value ?? "en";
  document.title = t("page");
});
const root = document.getElementById("app");
if (root) render(<Page />, root);
