/** The page around the desk: who is in, the title, and the end of a sign-in. */

import { effect } from "@preact/signals";

import { api } from "../shared/account/api";
import { Entry, EntryPage } from "../shared/account/entry";
import { spoken } from "../shared/fetched_words";
import { language } from "../shared/i18n";
import { socketUrl } from "../shared/socket";
import { store } from "../shared/storage";
import { registerWorker } from "./app/worker";
import { Desk } from "./desk";
import { messageSound, offerSound, offerVibration } from "./sound";
import { t } from "./words";
import { Workspace } from "./workspace";

const desk = new Desk({
  url: socketUrl("/api/agent/socket"),
  storage: store,
  now: Date.now,
  // Whoever reads along needs no sound.
  heard: (conversation) => {
    if (conversation !== desk.current.value || document.hidden) messageSound.play();
  },
  offered: () => {
    offerSound.play();
    offerVibration.play();
  },
  look: (languages) => {
    const query = [["language", language.value], ...languages.map((each) => ["languages", each])];
    return api(`/api/agent/going-online?${new URLSearchParams(query)}`);
  },
});

const entry = new Entry((agent) => desk.start(agent));

// Installed for the next visit; this one works as well without it.
registerWorker().catch(() => null);

function left(): void {
  // Whoever signs in here next must not be shown this agent's offers.
  void import("./online/part").then(({ forget }) => forget());
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
  const offer = desk.session.offers.value.length > 0 ? `${t("offerTitle")} · ` : "";
  document.title = `${offer}${unread > 0 ? `(${unread}) ` : ""}${t("page")} · ${company}`;
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
