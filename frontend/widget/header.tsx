/** Who is here, and the way to a human: always in sight, whatever the state. */

import { Avatar, Button } from "../shared/components";
import { language, languageNames, languages, setLanguage } from "../shared/i18n";
import { Close, Globe, Person } from "../shared/icons";
import { focusInput } from "./composer";
import * as desk from "./desk";
import { embedded, tellSite } from "./parent";
import { showQueueCard } from "./cards";
import { t } from "./strings";

export function Header() {
  const who = desk.answering.value;
  const human = who?.kind === "agent";
  const waiting = desk.status.value === "waiting";
  return (
    <header>
      <Avatar kind={human ? "agent" : "assistant"} name={who?.name ?? null} />
      <div class="who">
        <h1>{desk.company.value || "\u00a0"}</h1>
        <p>
          {who ? (human ? who.name : t("assistantRole", { name: who.name })) : "\u00a0"}
          {waiting && !human && <span class="unseen">. {t("inLine")}</span>}
        </p>
      </div>
      <LanguageSwitch />
      {embedded && (
        <Button look="icon" aria-label={t("close")} onClick={() => tellSite({ type: "close" })}>
          <Close />
        </Button>
      )}
      <HumanButton />
    </header>
  );
}

/** P1. Before: asks for a human. In line: shows the place. With a human: leads to the input. */
function HumanButton() {
  const asking = desk.askingHuman.value;
  if (desk.status.value === "agent") {
    const name = desk.answering.value?.name ?? "";
    return (
      <Button look="soft" class="human" onClick={focusInput}>
        <Person />
        {t("agentWithYou", { name })}
      </Button>
    );
  }
  if (desk.status.value === "waiting" || asking) {
    const place = desk.queue.value?.place;
    const words = desk.queue.value?.callback_at ? t("booked") : place ? t("inLinePlace", { place }) : asking ? t("asking") : t("inLine");
    return (
      <Button class="human amber" onClick={showQueueCard}>
        <Person />
        {words}
      </Button>
    );
  }
  return (
    <Button look="soft" class="human" onClick={desk.askHuman}>
      <Person />
      {t("talkToHuman")}
    </Button>
  );
}

function LanguageSwitch() {
  return (
    <label class="language">
      <span class="unseen">{t("language")}</span>
      <Globe />
      <select
        value={language.value}
        onChange={(event) => setLanguage(event.currentTarget.value)}
      >
        {languages.map((each) => (
          <option key={each} value={each} lang={each}>
            {languageNames[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
