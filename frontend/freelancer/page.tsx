/** The page around one's own pages: who is in, and the end of a sign-in. */

import { effect } from "@preact/signals";

import { EntryPage } from "../shared/account/entry";
import { spoken } from "../shared/fetched_words";
import { entry } from "./fetched";
import { Home } from "./home";
import { t } from "./words";

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
      demoRoles={["agent", "second_agent"]}
      inside={(agent) => <Home agent={agent} company={entry.config.value?.company ?? "Alltid"} />}
    />
  );
}
