/** What customers asked and no article answered: what to write next. */

import { api } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { languageName } from "../../shared/told/told";
import { Cards, Trouble, useFresh, useSending, When } from "./parts";
import type { Failed } from "./parts";
import { t } from "./words";

interface Unanswered {
  readonly id: number;
  readonly language: string;
  readonly text: string;
  readonly asked: number;
  readonly last_at: string;
}

export function UnansweredQuestions({ failed }: { failed: Failed }) {
  const [found, again] = useFresh<{ unanswered: Unanswered[] }>("/api/console/unanswered?limit=100", failed);
  const [working, problem, send] = useSending(again);
  const remove = (id: number) => () =>
    send(() => api(`/api/console/unanswered/${id}`, { method: "DELETE" }));
  return (
    <>
      <p class="quiet">{t("workUnansweredMeans")}</p>
      {found === null && <p class="quiet">{t("workLoading")}</p>}
      {found?.unanswered.length === 0 && <p class="empty quiet">{t("workUnansweredEmpty")}</p>}
      <Trouble words={problem} />
      <Cards>
        {found?.unanswered.map((each) => (
          <li key={each.id} class="card">
            <p class="work-words">{each.text}</p>
            <p class="quiet">
              {t("workTimes", { n: each.asked })} · {languageName(each.language)} · <When at={each.last_at} />
            </p>
            <Button aria-disabled={working} onClick={remove(each.id)}>
              {t("workAnsweredNow")}
            </Button>
          </li>
        ))}
      </Cards>
    </>
  );
}
