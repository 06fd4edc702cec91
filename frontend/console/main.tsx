/** The lead's page: who is it, then the console. */

import "../shared/tokens.css";
import "../shared/components.css";
import "../shared/shown_card.css";
import "../shared/account/account.css";
import "./console.css";
import "./figures.css";
import "./story.css";

import { render } from "preact";

import { startClock } from "../shared/clock";
import { followLanguage } from "../shared/fetched_words";
import { Page } from "./page";

startClock();
followLanguage();
const root = document.getElementById("app");
if (root) render(<Page />, root);
