/** Signed in or not: the first question of the page, and its frame around both answers. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { api, whoAmI } from "../shared/account/api";
import { SignIn } from "../shared/account/sign_in";
import { say } from "../shared/account/strings";
import { Button } from "../shared/components";
import type { Agent, Config } from "../shared/frames";
import { spoken } from "../shared/fetched_words";
import { socketUrl } from "../shared/socket";
import { store } from "../shared/storage";
import { Desk } from "./desk";
import { Workspace } from "./workspace";
import { playSound } from "./sound";
import { t } from "./words";

type Entry = "asking" | "unreachable" | "out" | "in";

const entry = signal<Entry>("asking");
const config = signal<Config | null>(null);
const agent = signal<Agent | null>(null);
/** Whether a sign-in here ended without the agent asking for it. */
const thrownOut = signal(false);

const desk = new Desk({
  url: socketUrl("/api/agent/socket"),
  storage: store,
  now: Date.now,
  // Whoever reads along needs no sound.
  heard: (conversation) => {
    if (conversation !== desk.current.value || document.hidden) playSound();
  },
});

async function begin(): Promise<void> {
  entry.value = "asking";
  try {
    const [setting, me] = await Promise.all([api<Config>("/api/config"), whoAmI()]);
    config.value = setting;
    if (me) enter(me.agent);
    else entry.value = "out";
  } catch {
    entry.value = "unreachable";
  }
}

function enter(who: Agent): void {
  agent.value = who;
  thrownOut.value = false;
  entry.value = "in";
  desk.start(who);
}

function leave(): void {
  desk.stop();
  agent.value = null;
  thrownOut.value = false;
  entry.value = "out";
}

effect(() => {
  if (!desk.signedOut.value) return;
  thrownOut.value = true;
  entry.value = "out";
});

effect(() => {
  document.documentElement.lang = spoken.value ?? "en";
  const unread = entry.value === "in" ? desk.unread.value : 0;
  const name = config.value ? `${t("page")} · ${config.value.company}` : t("page");
  document.title = unread > 0 ? `(${unread}) ${name}` : name;
});

export function Page() {
  useEffect(() => void begin(), []);
  // Without words there is nothing to say yet; they come within a moment.
  if (!spoken.value) return null;
  if (entry.value === "in" && agent.value) {
    return <Workspace desk={desk} agent={agent.value} config={config.value} left={leave} />;
  }
  if (entry.value === "out") {
    return (
      <SignIn
        purpose={t("purpose")}
        config={config.value}
        signedOut={thrownOut.value}
        demoRoles={["agent", "second_agent", "lead"]}
        entered={enter}
      />
    );
  }
  return (
    <main class="sign-in">
      {entry.value === "asking" ? (
        <p class="quiet" role="status">
          {say("loading")}
        </p>
      ) : (
        <div class="sign-in-card">
          <h1>{t("page")}</h1>
          <p role="alert">{say("unreachable")}</p>
          <Button look="primary" onClick={() => void begin()}>
            {say("again")}
          </Button>
        </div>
      )}
    </main>
  );
}


