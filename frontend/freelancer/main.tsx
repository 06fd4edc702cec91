/** The freelancer's own pages: who is it, then everything about them. */

import "../shared/tokens.css";
import "../shared/components.css";
import "../shared/account/account.css";
import "./freelancer.css";
import "./attempt.css";

import { render } from "preact";

import { startClock } from "../shared/clock";
import { followLanguage } from "../shared/fetched_words";
import { Page } from "./page";

startClock();
followLanguage();
const root = document.getElementById("app");
if (root) render(<Page />, root);
