/** One's own account: language, passkeys, signing out, and what a page adds (its children). */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Button } from "../components";
import type { Agent } from "../frames";
import { locale } from "../i18n";
import { timeLabel } from "../time";
import { api } from "./api";
import { addPasskey, listPasskeys, passkeysWork, removePasskey } from "./passkeys";
import type { Passkey } from "./passkeys";
import { Sheet } from "./sheet";
import { LanguagePicker, wordsFor } from "./sign_in";
import { say } from "./strings";

export interface AccountSheetProps {
  agent: Agent;
  close(): void;
  left(): void;
  children?: ComponentChildren;
}

export function AccountSheet({ agent, close, left, children }: AccountSheetProps) {
  const [problem, setProblem] = useState("");

  async function signOut(): Promise<void> {
    try {
      await api("/api/sign-out", { method: "POST", body: {} });
      left();
    } catch (error) {
      setProblem(wordsFor(error));
    }
  }

  return (
    <Sheet title={say("account")} closeLabel={say("close")} close={close}>
      <p class="who">
        <b>{agent.name}</b>
        <span class="quiet">{agent.email}</span>
      </p>
      {children}
      <LanguagePicker />
      <Passkeys />
      <p class="problem" role="alert">
        {problem}
      </p>
      <Button class="wide" onClick={signOut}>
        {say("signOut")}
      </Button>
    </Sheet>
  );
}

function Passkeys() {
  const [keys, setKeys] = useState<readonly Passkey[] | null>(null);
  const [label, setLabel] = useState("");
  const [asking, setAsking] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState("");

  async function run(act: () => Promise<unknown>): Promise<void> {
    setProblem("");
    setDone("");
    try {
      await act();
      setKeys(await listPasskeys());
    } catch (error) {
      setProblem(wordsFor(error));
    }
  }

  useEffect(() => void run(async () => undefined), []);

  const add = (event: Event): void => {
    event.preventDefault();
    void run(async () => {
      await addPasskey(label.trim() || say("passkeys"));
      setLabel("");
      setDone(say("passkeyAdded"));
    });
  };

  return (
    <section class="passkeys" aria-labelledby="passkeys-title">
      <h3 id="passkeys-title">{say("passkeys")}</h3>
      {keys === null && !problem && <p class="quiet">{say("loading")}</p>}
      {keys?.length === 0 && <p class="quiet">{say("passkeysNone")}</p>}
      {keys !== null && keys.length > 0 && (
        <ul class="plain-list">
          {keys.map((key) => (
            <li key={key.id}>
              <span>
                {key.label}
                <small class="quiet">
                  {say("added", { when: when(key.created_at) })},{" "}
                  {key.last_used_at
                    ? say("lastUsed", { when: when(key.last_used_at) })
                    : say("neverUsed")}
                </small>
              </span>
              <Button
                look={asking === key.id ? "danger" : "plain"}
                aria-label={asking === key.id ? undefined : say("removeNamed", { label: key.label })}
                onBlur={() => setAsking(null)}
                onClick={() =>
                  asking === key.id ? run(() => removePasskey(key.id)) : setAsking(key.id)
                }
              >
                {say(asking === key.id ? "removeSure" : "remove")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {passkeysWork() ? (
        <form onSubmit={add}>
          <label for="passkey-label">{say("passkeyName")}</label>
          <div class="with-button">
            <input
              id="passkey-label"
              maxLength={60}
              placeholder={say("passkeyNamePlace")}
              value={label}
              onInput={(event) => setLabel(event.currentTarget.value)}
            />
            <Button submit look="soft">
              {say("addPasskey")}
            </Button>
          </div>
        </form>
      ) : (
        <p class="quiet">{say("passkeysNot")}</p>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
      <p role="status">{done}</p>
    </section>
  );
}

function when(at: string): string {
  return timeLabel(at, Date.now(), locale.value);
}
