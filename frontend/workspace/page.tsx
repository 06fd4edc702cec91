/** The page around the desk: who is in, the title, and the end of a sign-in. */

import { effect } from "@preact/signals";

import { Entry, EntryPage } from "../shared/account/entry";
import { spoken } from "../shared/fetched_words";
import { socketUrl } from "../shared/socket";
import { store } from "../shared/storage";
import { Desk } from "./desk";
import { playSound } from "./sound";
import { t } from "./words";
import { Workspace } from "./workspace";

const desk = new Desk({
  url: socketUrl("/api/agent/socket"),
  storage: store,
  now: Date.now,
  // Whoever reads along needs no sound.
  heard: (conversation) => {
    if (conversation !== desk.current.value || document.hidden) playSound();
  },
});

const entry = new Entry((agent) => desk.start(agent));

function left(): void {
  desk.stop();
  entry.leave();
}

effect(() => {
  if (desk.signedOut.value) entry.throwOut();
});

effect(() => {
  document.documentElement.lang = spoken.value ?? "en";
  const unread = entry.state.value === "in" ? desk.unread.value : 0;
  const company = entry.config.value?.company ?? "Alltid";
  document.title = `${unread > 0 ? `(${unread}) ` : ""}${t("page")} · ${company}`;
});

export function Page() {
  return (
    <EntryPage
      entry={entry}
      title={t("page")}
      purpose={t("purpose")}
      demoRoles={["agent", "second_agent", "lead"]}
      inside={(agent) => (
        <Workspace desk={desk} agent={agent} config={entry.config.value} left={left} />
      )}
    />
  );
}
