/**
 * The one script on a company's site. It draws the round button at once, and brings in the
 * widget (an iframe of our own origin) when the customer first opens it, or in a calm moment
 * when a conversation is under way, so that the unread mark is right.
 *
 *   <script src="https://desk.example/widget.js" data-language="sv" async></script>
 *
 * Options: data-language, data-color-scheme ("light" or "dark"; else the system's).
 * API: Alltid.open(), close(), identify(jwt), signOut(), setLanguage("de"). Calls from before
 * the script has come are kept: (window.Alltid = window.Alltid || []).push(["identify", jwt]).
 */

import { heard, type Kept, type ToSite, type ToWidget } from "../shared/bridge";
import { style } from "./style";
import { words } from "./words";

type Call = [name: keyof Api, argument?: string];

interface Api {
  open(): void;
  close(): void;
  identify(jwt: string): void;
  signOut(): void;
  setLanguage(language: string): void;
  push(...calls: Call[]): void;
}

const bubble =
  "M5 18.5V7a2.5 2.5 0 0 1 2.5-2.5h9A2.5 2.5 0 0 1 19 7v6a2.5 2.5 0 0 1-2.5 2.5H9zM8.5 8.7h7M8.5 11.7h4.5";
const cross = "M6 9.5l6 6 6-6";

const site = window as unknown as { Alltid?: Api | Call[] };
const script = document.currentScript as HTMLScriptElement | null;

// A second inclusion changes nothing.
if (script && (!site.Alltid || Array.isArray(site.Alltid))) {
  const early = site.Alltid ?? [];
  const api = start(script);
  site.Alltid = api;
  api.push(...early);
}

function start({ src, dataset }: HTMLScriptElement): Api {
  const origin = new URL(src).origin;
  const scheme = dataset["colorScheme"] ?? null;
  let language = dataset["language"] ?? null;
  let frame: HTMLIFrameElement | null = null;
  let ready = false;
  let isOpen = false;
  let jwt: string | null = null;
  let unread = 0;

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  if (scheme) host.className = scheme;
  root.innerHTML =
    '<div class="panel" id="panel" hidden></div>' +
    '<button type="button" class="button" aria-controls="panel">' +
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path/></svg>' +
    '<span class="dot" aria-hidden="true" hidden></span></button>';
  // A constructed style sheet needs no permission from the site's content security policy.
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.appendChild(document.createElement("style")).textContent = style;
  }
  const panel = root.querySelector<HTMLElement>(".panel")!;
  const button = root.querySelector("button")!;
  const dot = root.querySelector<HTMLElement>(".dot")!;

  const tell = (message: ToWidget): void => {
    if (ready) frame?.contentWindow?.postMessage({ alltid: message }, origin);
  };

  const draw = (): void => {
    const wanted = language ?? navigator.language;
    const [open, close, marks, name] = words[wanted.slice(0, 2).toLowerCase()] ?? words["en"]!;
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", isOpen ? close : unread ? `${open}, ${unread} ${marks}` : open);
    button.classList.toggle("open", isOpen);
    root.querySelector("path")!.setAttribute("d", isOpen ? cross : bubble);
    dot.hidden = isOpen || !unread;
    dot.textContent = unread > 9 ? "9+" : `${unread}`;
    panel.hidden = !isOpen;
    if (frame) frame.title = name;
  };

  const load = (): void => {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.allow = "clipboard-write";
    frame.src = `${origin}/widget`;
    frame.onload = () => {
      ready = true;
      tell({ type: "hello", language, scheme, jwt, kept: kept() });
      if (isOpen) tell({ type: "open", focus: root.activeElement === frame });
    };
    panel.append(frame);
  };

  const phone = (): boolean => innerWidth <= 480;
  /** On phones the panel follows what the on-screen keyboard leaves of the screen. */
  const fit = (): void => {
    const seen = window.visualViewport;
    const full = isOpen && phone() && seen;
    panel.style.height = full ? `${seen.height}px` : "";
    panel.style.top = full ? `${seen.offsetTop}px` : "";
    // The page behind must not scroll along.
    document.documentElement.style.overflow = full ? "hidden" : overflow;
  };
  let overflow = "";

  const show = (focus: boolean): void => {
    if (isOpen) return;
    overflow = document.documentElement.style.overflow;
    isOpen = true;
    unread = 0;
    load();
    draw();
    fit();
    remember("open", "1");
    if (focus) frame?.focus();
    tell({ type: "open", focus });
  };

  const hide = (): void => {
    if (!isOpen) return;
    isOpen = false;
    draw();
    fit();
    remember("open", "");
    tell({ type: "closed" });
    button.focus();
  };

  addEventListener("message", (event) => {
    const message = heard<ToSite>(event, frame?.contentWindow, [origin]);
    if (message?.type === "close") hide();
    if (message?.type === "unread") {
      unread = isOpen ? 0 : Number(message.count) || 0;
      remember("active", message.active ? "1" : "");
      draw();
    }
    if (message?.type === "keep") {
      const { [message.key]: _, ...others } = kept();
      const { key, value } = message;
      remember("kept", JSON.stringify(value === null ? others : { ...others, [key]: value }));
    }
    if (message?.type === "expired") dispatchEvent(new Event("alltid:expired"));
  });
  button.onclick = () => (isOpen ? hide() : show(true));
  root.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape") hide();
  });
  visualViewport?.addEventListener("resize", fit);
  visualViewport?.addEventListener("scroll", fit);

  draw();
  const begin = (): void => {
    document.body.append(host);
    // From page to page an open panel stays open, but neither covers a phone nor takes focus.
    if (remembered("open") && !phone()) show(false);
    else if (remembered("active")) setTimeout(load, 2000);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);

  const api: Api = {
    open: () => show(true),
    close: hide,
    identify(token) {
      jwt = token;
      tell({ type: "identify", jwt });
    },
    signOut() {
      jwt = null;
      unread = 0;
      draw();
      tell({ type: "signOut" });
    },
    setLanguage(chosen) {
      language = chosen;
      draw();
      tell({ type: "language", language });
    },
    push(...calls) {
      for (const [name, argument] of calls) {
        (api[name] as ((argument?: string) => void) | undefined)?.(argument);
      }
    },
  };
  return api;
}

/** An open panel for this visit, the rest for good; a site that blocks storage loses nothing but the memory. */
function remember(key: string, value: string): void {
  try {
    (key === "open" ? sessionStorage : localStorage).setItem(`alltid:${key}`, value);
  } catch {
    // Blocked storage is the visitor's choice.
  }
}

/** What the widget had to leave with us, because the browser gives its frame no storage. */
function kept(): Kept {
  try {
    return JSON.parse(remembered("kept") || "{}") as Kept;
  } catch {
    return {};
  }
}

function remembered(key: string): string | null {
  try {
    return (key === "open" ? sessionStorage : localStorage).getItem(`alltid:${key}`);
  } catch {
    return null;
  }
}
