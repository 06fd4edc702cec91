/** What the assistant has done; and what a lead finds out where no system said what came of it. */

import { useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { Button } from "../../shared/components";
import { money } from "../../shared/pay/amounts";
import { pageSize, usePaged } from "../paged";
import { addresses } from "../route";
import { Cards, Field, Send, Trouble, useFresh, useSending, When } from "./parts";
import type { Failed } from "./parts";
import { t } from "./words";

interface Action {
  readonly id: string;
  readonly conversation_id: string;
  readonly tool: string;
  readonly confirmed_by: number;
  readonly state: "proposed" | "executing" | "executed" | "refused" | "unknown";
  readonly message: string | null;
  readonly amount_minor: number | null;
  readonly currency: string | null;
  readonly attempts: number;
  readonly at: string;
  readonly settled_by: string | null;
  readonly settled_why: string | null;
}

interface Answer {
  readonly actions: readonly Action[];
}

const address = "/api/console/actions";

async function page(last: Action | null): Promise<readonly Action[]> {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (last) query.set("before", last.id);
  return (await api<Answer>(`${address}?${query}`)).actions;
}

export function Actions({ failed }: { failed: Failed }) {
  const [open, again] = useFresh<Answer>(`${address}?which=open&limit=100`, failed);
  const all = usePaged(page, failed, "actions");
  const unknown = open?.actions.filter((each) => each.state === "unknown") ?? [];
  return (
    <>
      <p class="quiet">{t("workActionsMeans")}</p>
      {unknown.length > 0 && (
        <>
          <h3>{t("workActionsUnknown")}</h3>
          <p class="quiet">{t("workActionsUnknownMeans")}</p>
          <Cards>
            {unknown.map((each) => (
              <li key={each.id} class="card">
                <What action={each} />
                <Settle action={each} done={again} />
              </li>
            ))}
          </Cards>
          <h3>{t("workActionsAll")}</h3>
        </>
      )}
      {all.entries === null && <p class="quiet">{t("workLoading")}</p>}
      {all.entries?.length === 0 && <p class="empty quiet">{t("workActionsEmpty")}</p>}
      <Cards>
        {all.entries?.map((each) => (
          <li key={each.id} class="card">
            <What action={each} />
            {each.message && <p class="work-words">{each.message}</p>}
            {each.settled_by && (
              <p class="work-words">
                <b>{each.settled_by}:</b> {each.settled_why}
              </p>
            )}
          </li>
        ))}
      </Cards>
      {all.hasMore && <Button onClick={all.more}>{t("workMore")}</Button>}
    </>
  );
}

function What({ action }: { action: Action }) {
  const { tool, state, amount_minor, currency, at, conversation_id, confirmed_by } = action;
  return (
    <>
      <p>
        <b>{named(tool)}</b>{" "}
        {amount_minor !== null && currency && <b>{money(amount_minor, currency)}</b>}{" "}
        <span class="quiet">{t(`work_${state}`)} · </span>
        <When at={at} />
      </p>
      <p>
        <a href={addresses.story(conversation_id, confirmed_by)}>{t("workRead")}</a>
      </p>
    </>
  );
}

/** A tool has a technical name, the same in every language: `extend_due_date`. */
function named(tool: string): string {
  const words = tool.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function Settle({ action, done }: { action: Action; done(): void }) {
  const [why, setWhy] = useState("");
  const [working, problem, send] = useSending(done);
  const settle = (outcome: "done" | "not_done") => () =>
    send(() =>
      why.trim().length < 3
        ? t("workNeeded")
        : api(`${address}/${action.id}/settle`, { method: "POST", body: { outcome, why } }),
    );
  return (
    <div class="work-form">
      <p class="quiet">{t("workAsked", { n: action.attempts })}</p>
      <Field
        id={`settle-${action.id}`}
        label={t("workFound")}
        hint={t("workFoundHint")}
        rows={2}
        most={500}
        value={why}
        set={setWhy}
      />
      <Trouble words={problem} />
      <p>
        <Send working={working} words={t("workWasDone")} onClick={settle("done")} />{" "}
        <Send working={working} words={t("workWasNotDone")} look="soft" onClick={settle("not_done")} />
      </p>
    </div>
  );
}
