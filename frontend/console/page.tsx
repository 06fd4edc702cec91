/** The page around the console: who is in, and whether it is theirs to see. */

import { effect } from "@preact/signals";

import { api, Problem } from "../shared/account/api";
import { Entry, EntryPage } from "../shared/account/entry";
import { spoken } from "../shared/fetched_words";
import type { Agent } from "../shared/frames";
import { Console } from "./console";
import { t } from "./words";

const entry = new Entry();

/** For every request of the console: the end of a sign-in leads back to the door. */
function failed(error: unknown): "stop" | void {
  if (!(error instanceof Problem) || error.status !== 401) return;
  entry.throwOut();
  return "stop";
}

effect(() => {
  document.documentElement.lang = spoken.value ?? "en";
  document.title = `${t("page")} · ${entry.config.value?.company ?? "Alltid"}`;
});

export function Page() {
  return (
    <EntryPage
      entry={entry}
      title={t("page")}
      purpose={t("purpose")}
      demoRoles={["lead"]}
      inside={(agent) =>
        agent.role === "agent" ? (
          <NotForYou agent={agent} />
        ) : (
          <Console
            agent={agent}
            company={entry.config.value?.company ?? "Alltid"}
            left={() => entry.leave()}
            failed={failed}
          />
        )
      }
    />
  );
}

function NotForYou({ agent }: { agent: Agent }) {
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <h1>{t("notForYou")}</h1>
        <p>{t("notForYouMeans", { name: agent.name })}</p>
        <a class="button primary" href="/agent">
          {t("workspace")}
        </a>
        <button type="button" class="button" onClick={() => void leave()}>
          {t("signOut")}
        </button>
      </div>
    </main>
  );
}

async function leave(): Promise<void> {
  try {
    await api("/api/sign-out", { method: "POST", body: {} });
  } finally {
    entry.leave();
  }
}
