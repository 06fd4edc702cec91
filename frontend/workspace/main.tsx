/** The agent's page: who is it, then the desk. */

import "../shared/tokens.css";
import "../shared/components.css";
import "../shared/shown_card.css";
import "../shared/account/account.css";
import "./workspace.css";
import "./online_switch.css";
import "./conversation.css";
import "./composer.css";

import { render } from "preact";

import { followLanguage } from "../shared/fetched_words";
import { startClock } from "../shared/clock";
import { Page } from "./page";

startClock();
followLanguage();
const root = document.getElementById("app");
if (root) render(<Page />, root);
