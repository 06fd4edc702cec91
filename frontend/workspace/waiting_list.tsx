/** Who waits for a human. What they wrote is not shown: it is for whoever takes them. */

import { Button } from "../shared/components";
import { waitClock } from "../shared/durations";
import { locale } from "../shared/i18n";
import { fullTime } from "../shared/time";
import { second } from "../shared/clock";
import type { Desk } from "./desk";
import type { Waiting } from "./lists";
import { howWords, languageName } from "../shared/told/told";
import { t } from "./words";

export function WaitingList({ desk }: { desk: Desk }) {
  const waiting = desk.waiting.value;
  const online = desk.session.online.value;
  return (
    <section class="waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title">
        {t("waiting")}
        {waiting && waiting.length > 0 && <span class="count"> {waiting.length}</span>}
      </h2>
      {waiting && waiting.length > 0 ? (
        <ol class="plain-list">
          {waiting.map((entry) => (
            <WaitingRow key={entry.conversation} desk={desk} entry={entry} />
          ))}
        </ol>
      ) : (
        <p class="quiet empty">
          {t(!online ? "waitingOffline" : waiting ? "waitingEmpty" : "waitingLoading")}
        </p>
      )}
      {waiting && <p class="quiet small">{t("agentsOnline", { n: desk.onlineAgents.value })}</p>}
    </section>
  );
}

function WaitingRow({ desk, entry }: { desk: Desk; entry: Waiting }) {
  const taking = desk.out.stepUnderWay(entry.conversation) === "take";
  const language = languageName(entry.language);
  return (
    <li class="waiting-row">
      <span class="place">{t("place", { place: entry.place })}</span>
      <Wait sinceMs={entry.sinceMs} askedAt={entry.asked_at} />
      <span class="waiting-facts">
        {language}
        {entry.topic && ` · ${entry.topic}`}
        <span class="quiet">{howWords(entry.how)}</span>
      </span>
      <Button
        look="soft"
        aria-label={taking ? undefined : t("takePlace", { place: entry.place, language })}
        aria-disabled={taking}
        onClick={() => desk.take(entry.conversation)}
      >
        {t(taking ? "taking" : "take")}
      </Button>
    </li>
  );
}

/** The running wait, in its own component so that each second draws nothing else. */
function Wait({ sinceMs, askedAt }: { sinceMs: number; askedAt: string }) {
  return (
    <time class="wait" dateTime={askedAt} title={fullTime(askedAt, locale.value)}>
      {waitClock((second.value - sinceMs) / 1000)}
    </time>
  );
}
