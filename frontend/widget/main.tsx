import "./widget.css";

import { effect } from "@preact/signals";
import { render } from "preact";

import { App } from "./app";
import { focusInput } from "./composer";
import { company, markRead } from "./desk";
import { followLine } from "./line_state";
import { connectToSite } from "./parent";
import { spoken } from "./strings";

effect(() => {
  document.documentElement.lang = spoken.value ?? "en";
  document.title = company.value || "Chat";
  if (spoken.value) render(<App />, document.getElementById("app")!);
});
document.addEventListener("visibilitychange", markRead);
followLine();
connectToSite(focusInput);
