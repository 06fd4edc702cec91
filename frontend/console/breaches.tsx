/** The broken promises: where, when, and what happened. */

import { api } from "../shared/account/api";
import { halfMinute } from "../shared/clock";
import { Button } from "../shared/components";
import { locale } from "../shared/i18n";
import { fullTime, timeLabel } from "../shared/time";
import { promiseName } from "./lights";
import type { BreachEntry } from "./overview";
import { pageSize, usePaged } from "./paged";
import { addresses } from "./route";
import { t } from "./words";

export interface BreachesProps {
  promise: string | null;
  failed(error: unknown): "stop" | void;
}

export async function breachesAfter(
  last: BreachEntry | null,
  promise: string | null,
): Promise<readonly BreachEntry[]> {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (last) query.set("before", String(last.id));
  if (promise) query.set("promise", promise);
  const answer = await api<{ breaches: BreachEntry[] }>(`/api/console/breaches?${query}`);
  return answer.breaches.filter((each) => !promise || each.promise === promise);
}

export function Breaches({ promise, failed }: BreachesProps) {
  const list = usePaged((last: BreachEntry | null) => breachesAfter(last, promise), failed, promise ?? "");
  const name = promise && promiseName(promise);
  return (
    <>
      <h2 tabIndex={-1}>{name ? `${t("breaches")}: ${name}` : t("breaches")}</h2>
      {promise && (
        <p>
          <a href={addresses.breaches()}>{t("all")}</a>
        </p>
      )}
      {list.entries?.length === 0 && (
        <p class="empty quiet">
          {name ? t("breachesNone", { promise: name }) : t("breachesEmpty")}
        </p>
      )}
      {list.entries === null && <p class="quiet">{t("loading")}</p>}
      {list.entries !== null && list.entries.length > 0 && (
        <ul class="plain-list breaches">
          {list.entries.map((each) => (
            <Breach key={each.id} breach={each} />
          ))}
        </ul>
      )}
      {list.hasMore && <Button onClick={list.more}>{t("more")}</Button>}
    </>
  );
}

function Breach({ breach }: { breach: BreachEntry }) {
  const when = (at: string): string => timeLabel(at, halfMinute.value, locale.value);
  return (
    <li class="breach">
      <p class="breach-name">
        <b>{breach.promise}</b> {promiseName(breach.promise)}
      </p>
      <p>{breach.detail}</p>
      <p class="quiet">
        <time dateTime={breach.at} title={fullTime(breach.at, locale.value)}>
          {when(breach.at)}
        </time>
        {", "}
        <span title={fullTime(breach.found_at, locale.value)}>
          {t("foundColumn", { when: when(breach.found_at) })}
        </span>
      </p>
      <a class="button" href={placeOf(breach)}>
        {t(breach.promise === "P7" ? "pay" : "openStory")}
      </a>
    </li>
  );
}

/** The floor is of a session's pay, not of a conversation. */
function placeOf({ promise, conversation, version }: BreachEntry): string {
  if (promise === "P7") return addresses.place("pay", "statements", conversation);
  return addresses.story(conversation, version);
}
