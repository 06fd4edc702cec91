/** The widget's end of the bridge to the company's site (see shared/bridge.ts). */

import { effect } from "@preact/signals";

import { heard, type ToSite, type ToWidget } from "../shared/bridge";
import { chosenLanguage, language, setLanguage } from "../shared/i18n";
import { backup, restore } from "../shared/storage";
import * as desk from "./desk";
import { hasGuest } from "./identity";
import { allowedOrigins } from "./origins";
import { followLanguage } from "./strings";

export const embedded = window.parent !== window;

const meta = document.querySelector<HTMLMetaElement>('meta[name="alltid-origins"]');
const origins = allowedOrigins(meta?.content ?? "", location.origin);

/** The site's origin: known once the loader has said its first word. */
let site: string | null = null;
let told = "";

export function tellSite(message: ToSite): void {
  if (site) window.parent.postMessage({ alltid: message }, site);
}

/** `focus` is called when the customer opened the panel and means to write. */
export function connectToSite(focus: () => void): void {
  backup.keep = (key, value) => tellSite({ type: "keep", key, value });
  desk.hooks.expired = () => tellSite({ type: "expired" });
  if (!embedded) {
    followLanguage();
    open(true, focus);
    return;
  }
  window.addEventListener("message", (event) => {
    const message = heard<ToWidget>(event, window.parent, origins);
    if (!message) return;
    site = event.origin;
    hear(message, focus);
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) tellSite({ type: "close" });
  });
  effect(() => {
    const active = desk.conversation.value !== null && desk.status.value !== "resolved";
    const count = desk.unread.value;
    if (`${count}${active}` === told) return;
    told = `${count}${active}`;
    tellSite({ type: "unread", count, active });
  });
}

function hear(message: ToWidget, focus: () => void): void {
  switch (message.type) {
    case "hello":
      restore(message.kept);
      setLanguage(chosenLanguage() ?? message.language ?? language.value, false);
      followLanguage();
      if (message.scheme) document.documentElement.dataset["colorScheme"] = message.scheme;
      tellSite({ type: "ready" });
      if (typeof message.jwt === "string") desk.become(message.jwt);
      // In the background only for whoever has been here: a visitor is no guest yet.
      if (hasGuest() || message.jwt) desk.begin();
      return;
    case "open":
      return open(message.focus, focus);
    case "closed":
      desk.panelOpen.value = false;
      return;
    case "identify":
      if (typeof message.jwt === "string") desk.become(message.jwt);
      return;
    case "signOut":
      return desk.become(null);
    case "language":
      setLanguage(message.language, false);
  }
}

function open(takeFocus: boolean, focus: () => void): void {
  desk.panelOpen.value = true;
  desk.begin();
  desk.markRead();
  if (takeFocus) focus();
}
