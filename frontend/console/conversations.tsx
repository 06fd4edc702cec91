/** Every conversation, newest first, by status. */

import { useState } from "preact/hooks";

import { api } from "../shared/account/api";
import { halfMinute } from "../shared/clock";
import { Button } from "../shared/components";
import type { Status } from "../shared/frames";
import { locale } from "../shared/i18n";
import { fullTime, timeLabel } from "../shared/time";
import { languageName, statusWords } from "../shared/told/told";
import type { ConversationEntry } from "./overview";
import { pageSize, usePaged } from "./paged";
import { addresses } from "./route";
import { t } from "./words";

const statuses: readonly Status[] = ["waiting", "agent", "assistant", "resolved"];

export function Conversations({ failed }: { failed(error: unknown): "stop" | void }) {
  const [status, setStatus] = useState<Status | "">("");
  const list = usePaged(
    async (last: ConversationEntry | null) => {
      const query = new URLSearchParams({ limit: String(pageSize) });
      if (status) query.set("status", status);
      if (last) query.set("before", last.opened_at);
      const path = `/api/console/conversations?${query}`;
      return (await api<{ conversations: ConversationEntry[] }>(path)).conversations;
    },
    failed,
    status,
  );
  return (
    <>
      <h2 tabIndex={-1}>{t("conversations")}</h2>
      <label class="filter">
        <span>{t("filter")}</span>
        <select
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value as Status | "")}
        >
          <option value="">{t("all")}</option>
          {statuses.map((each) => (
            <option key={each} value={each}>
              {statusWords(each)}
            </option>
          ))}
        </select>
      </label>
      {list.entries === null && <p class="quiet">{t("loading")}</p>}
      {list.entries?.length === 0 && (
        <p class="empty quiet">{t(status ? "conversationsNone" : "conversationsEmpty")}</p>
      )}
      {list.entries !== null && list.entries.length > 0 && (
        <div class="panel">
          <ConversationTable entries={list.entries} />
        </div>
      )}
      {list.hasMore && <Button onClick={list.more}>{t("more")}</Button>}
    </>
  );
}

function ConversationTable({ entries }: { entries: readonly ConversationEntry[] }) {
  return (
    <table class="conversations">
      <thead>
        <tr>
          <th scope="col">{t("customerColumn")}</th>
          <th scope="col" class="roomy">{t("statusColumn")}</th>
          <th scope="col" class="roomy">{t("languageColumn")}</th>
          <th scope="col" class="roomy">{t("agentColumn")}</th>
          <th scope="col" class="roomy">{t("openedColumn")}</th>
          <th scope="col">{t("lastColumn")}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <th scope="row">
              <a class="row-link" href={addresses.story(entry.id)}>
                {entry.customer ?? t("guest")}
              </a>
              <small class="narrow">
                <StatusWords status={entry.status} />
              </small>
            </th>
            <td class="roomy">
              <StatusWords status={entry.status} />
            </td>
            <td class="roomy">{languageName(entry.language)}</td>
            <td class="roomy">{entry.agent ?? <span class="quiet">{t("none")}</span>}</td>
            <td class="roomy">
              <Moment at={entry.opened_at} />
            </td>
            <td>{entry.last_message_at && <Moment at={entry.last_message_at} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function StatusWords({ status }: { status: Status }) {
  return <span class={`status ${status}`}>{statusWords(status)}</span>;
}

function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at, locale.value)}>
      {timeLabel(at, halfMinute.value, locale.value)}
    </time>
  );
}
