/** Who chose which policy, when and why, and what it changed. */

import { api } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { locale } from "../../shared/i18n";
import { fullTime } from "../../shared/time";
import { pageSize, usePaged } from "../paged";
import type { Failed } from "./asked";
import { valueWords } from "./told";
import type { Choice } from "./told";
import { t } from "./words";
import type { Words } from "./words/en";


export function History({ failed }: { failed: Failed }) {
  const list = usePaged<Choice>(
    async (last) => {
      const query = new URLSearchParams({ limit: String(pageSize) });
      if (last) query.set("before", String(last.id));
      return (await api<{ choices: Choice[] }>(`/api/console/policy/history?${query}`)).choices;
    },
    failed,
    "policy",
  );
  if (!list.entries?.length) return null;
  return (
    <section class="panel" aria-labelledby="history-title">
      <h3 id="history-title">{t("polHistory")}</h3>
      <ol class="plain-list history">
        {list.entries.map((each) => (
          <li key={each.id}>
            <p>
              <b>{each.name ?? t("polDesk")}</b>{" "}
              <time class="quiet" dateTime={each.at}>
                {fullTime(each.at, locale.value)}
              </time>
            </p>
            <p>{each.name ? each.reason : t("polFirst")}</p>
            {each.changes.length > 0 && (
              <ul class="plain-list diff">
                {each.changes.map(({ setting, before, after }) => (
                  <li key={setting}>
                    {t(`set_${setting}` as keyof Words)}: <del>{valueWords(before)}</del>{" "}
                    <ins>{valueWords(after)}</ins>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
      {list.hasMore && <Button onClick={list.more}>{t("dispatchMore")}</Button>}
    </section>
  );
}
