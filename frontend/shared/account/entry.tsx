/** Signed in or not: the first question of the workspace and of the console. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import { Button } from "../components";
import { spoken } from "../fetched_words";
import type { Agent, Config } from "../frames";
import { api, whoAmI } from "./api";
import { SignIn } from "./sign_in";
import type { DemoRole } from "./sign_in";
import { say } from "./strings";

export type EntryState = "asking" | "unreachable" | "out" | "in";

export class Entry {
  readonly state = signal<EntryState>("asking");
  readonly config = signal<Config | null>(null);
  readonly agent = signal<Agent | null>(null);
  /** A sign-in ended without its agent asking for it. */
  readonly thrownOut = signal(false);

  /** `entered` is called with whoever is signed in, each time. */
  constructor(private readonly entered: (agent: Agent) => void = () => undefined) {}

  async begin(): Promise<void> {
    this.state.value = "asking";
    try {
      const [config, me] = await Promise.all([api<Config>("/api/config"), whoAmI()]);
      this.config.value = config;
      if (me) this.enter(me.agent);
      else this.state.value = "out";
    } catch {
      this.state.value = "unreachable";
    }
  }

  enter(agent: Agent): void {
    this.agent.value = agent;
    this.thrownOut.value = false;
    this.state.value = "in";
    this.entered(agent);
  }

  /** The agent has signed out. */
  leave(): void {
    this.agent.value = null;
    this.thrownOut.value = false;
    this.state.value = "out";
  }

  throwOut(): void {
    this.thrownOut.value = true;
    this.state.value = "out";
  }
}

export interface EntryPageProps {
  entry: Entry;
  title: string;
  purpose: string;
  demoRoles: readonly DemoRole[];
  inside(agent: Agent): ComponentChildren;
}

export function EntryPage({ entry, title, purpose, demoRoles, inside }: EntryPageProps) {
  useEffect(() => void entry.begin(), []);
  // Without words there is nothing to say yet; they come within a moment.
  if (!spoken.value) return null;
  const state = entry.state.value;
  if (state === "in" && entry.agent.value) return <>{inside(entry.agent.value)}</>;
  if (state === "out") {
    return (
      <SignIn
        purpose={purpose}
        config={entry.config.value}
        signedOut={entry.thrownOut.value}
        demoRoles={demoRoles}
        entered={(agent) => entry.enter(agent)}
      />
    );
  }
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <h1>{title}</h1>
        {state === "unreachable" ? (
          <>
            <p role="alert">{say("unreachable")}</p>
            <Button look="primary" onClick={() => void entry.begin()}>
              {say("again")}
            </Button>
          </>
        ) : (
          <p class="quiet" role="status">
            {say("loading")}
          </p>
        )}
      </div>
    </main>
  );
}
