/** The page before the page: a passkey, a password, or in a demo one click. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Button } from "../components";
import type { Agent, Config } from "../frames";
import { language, languageNames, languages, setLanguage } from "../i18n";
import { Linked } from "../linkify";
import { api, Problem } from "./api";
import { PasskeyNotUsed, passkeysWork, signInWithPasskey } from "./passkeys";
import { say } from "./strings";

export interface SignInProps {
  /** What this page is for, in one sentence. */
  purpose: string;
  config: Config | null;
  /** True when the reader was in, and is not any more. */
  signedOut: boolean;
  /** Which demo roles make sense on this page, the likeliest first. */
  demoRoles: readonly DemoRole[];
  entered(agent: Agent): void;
}

export type DemoRole = "agent" | "second_agent" | "lead";

type Answer = { agent: Agent };

export function SignIn({ purpose, config, signedOut, demoRoles, entered }: SignInProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (signedOut) title.current?.focus();
  }, [signedOut]);

  async function attempt(act: () => Promise<Agent>): Promise<void> {
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      entered(await act());
    } catch (error) {
      setProblem(wordsFor(error));
      setBusy(false);
    }
  }

  const post = async (path: string, body: unknown): Promise<Agent> =>
    (await api<Answer>(path, { method: "POST", body })).agent;

  const ways = config?.sign_ins ?? ["password"];
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <p class="brand">
          <BrandMark /> Alltid{config ? ` · ${config.company}` : ""}
        </p>
        <h1 ref={title} tabIndex={-1}>
          {say("signInTitle")}
        </h1>
        <p class="quiet">{purpose}</p>
        {signedOut && <p class="note">{say("signedOut")}</p>}
        {config?.demo && (
          <section class="demo" aria-labelledby="demo-title">
            <h2 id="demo-title">{say("demoTitle")}</h2>
            <p class="quiet">{say("demoHint")}</p>
            <div class="demo-ways">
              {demoRoles.map((who, index) => (
                <Button
                  key={who}
                  look={index === 0 ? "primary" : "soft"}
                  disabled={busy}
                  onClick={() => attempt(() => post("/api/sign-in/demo", { who }))}
                >
                  {say("demoAs", { who: demoName(who) })}
                </Button>
              ))}
            </div>
          </section>
        )}
        {ways.includes("passkey") && passkeysWork() && (
          <>
            <Button
              look={config?.demo ? "" : "primary"}
              class="wide"
              disabled={busy}
              onClick={() => attempt(signInWithPasskey)}
            >
              <Key /> {say("withPasskey")}
            </Button>
            <p class="divider quiet">
              <span>{say("orPassword")}</span>
            </p>
          </>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void attempt(() => post("/api/sign-in/password", { email, password }));
          }}
        >
          <label for="email">{say("email")}</label>
          <input
            id="email"
            type="email"
            autocomplete="username webauthn"
            required
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
          <label for="password">{say("password")}</label>
          <input
            id="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
          <p class="problem" role="alert">
            <Linked text={problem} />
          </p>
          <Button submit class="wide" disabled={busy}>
            {say(busy ? "signingIn" : "signIn")}
          </Button>
        </form>
        <LanguagePicker />
      </div>
    </main>
  );
}

export function LanguagePicker() {
  return (
    <label class="language">
      <span>{say("language")}</span>
      <select
        value={language.value}
        onChange={(event) => setLanguage(event.currentTarget.value)}
      >
        {languages.map((tag) => (
          <option key={tag} value={tag} lang={tag}>
            {languageNames[tag]}
          </option>
        ))}
      </select>
    </label>
  );
}

function demoName(who: DemoRole): string {
  return { agent: "Sara", second_agent: "Jonas", lead: say("demoLead") }[who];
}

/** Words for whatever went wrong with an account, in the reader's language where we know it. */
export function wordsFor(error: unknown): string {
  if (error instanceof PasskeyNotUsed) return say("passkeyNotUsed");
  if (!(error instanceof Problem)) return say("failed");
  if (error.status === 0) return say("unreachable");
  if (error.status === 429) return say("tooMany", { n: error.retryAfterSeconds ?? 30 });
  if (error.status === 401) return say("wrong");
  return error.message || say("failed");
}

/** Two bubbles that meet: a conversation, and a person in it. */
export function BrandMark() {
  return (
    <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true">
      <rect x="2" y="3" width="13" height="13" rx="4" />
      <circle cx="16" cy="15" r="6.5" />
    </svg>
  );
}

function Key() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true">
      <circle cx="8" cy="14" r="4" />
      <path d="M11 11l8-8M15.5 6.5l3 3" stroke-linecap="round" />
    </svg>
  );
}
