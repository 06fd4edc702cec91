/** Blocks that agents asked for: the lead decides, with a reason, in time. */

import { useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { locale } from "../../shared/i18n";
import { clockTime, fullTime } from "../../shared/time";
import { addresses } from "../route";
import { Cards, Field, Send, Trouble, useFresh, useSending, When } from "./parts";
import type { Failed } from "./parts";
import { t } from "./words";

interface Block {
  readonly id: string;
  readonly conversation: string;
  readonly customer: string | null;
  readonly asked_by: string | null;
  readonly reason: string;
  readonly asked_at: string;
  readonly due_at: string;
  readonly decision: "confirmed" | "lifted" | "lapsed" | null;
  readonly lead: string | null;
  readonly why: string | null;
  readonly until: string | null;
}

export function Blocks({ failed }: { failed: Failed }) {
  const [open, again] = useFresh<{ blocks: Block[] }>("/api/console/blocks", failed);
  const [decided, refresh] = useFresh<{ blocks: Block[] }>(
    "/api/console/blocks?open=false&limit=20",
    failed,
  );
  const done = (): void => {
    again();
    refresh();
  };
  if (!open) return <p class="quiet">{t("workLoading")}</p>;
  return (
    <>
      {open.blocks.length === 0 && <p class="empty quiet">{t("workBlocksEmpty")}</p>}
      <Cards>
        {open.blocks.map((each) => (
          <li key={each.id} class="card waiting">
            <About block={each} />
            <p>{t("workDue", { time: clockTime(each.due_at, locale.value) })}</p>
            <Decide block={each} done={done} />
          </li>
        ))}
      </Cards>
      {decided !== null && decided.blocks.length > 0 && (
        <>
          <h3>{t("workDecided")}</h3>
          <Cards>
            {decided.blocks.map((each) => (
              <li key={each.id} class="card">
                <About block={each} />
                <Verdict block={each} done={done} />
              </li>
            ))}
          </Cards>
        </>
      )}
    </>
  );
}

function About({ block }: { block: Block }) {
  const customer = block.customer ?? t("workGuest");
  return (
    <>
      <p>
        <b>{t("workBlockAsked", { name: block.asked_by ?? "", customer })}</b> · <When at={block.asked_at} />
      </p>
      <p class="work-words">{block.reason}</p>
      <p>
        <a href={addresses.story(block.conversation)}>{t("workRead")}</a>
      </p>
    </>
  );
}

function Decide({ block, done }: { block: Block; done(): void }) {
  const [why, setWhy] = useState("");
  const [days, setDays] = useState("7");
  const [working, problem, send] = useSending(done);
  const decide = (decision: "confirmed" | "lifted"): void =>
    send(() =>
      why.trim().length < 3
        ? t("workNeeded")
        : api(`/api/console/blocks/${block.id}`, {
            method: "POST",
            body: { decision, why, days: Math.min(90, Math.max(1, Math.round(Number(days)) || 7)) },
          }),
    );
  return (
    <form class="work-form" onSubmit={(event) => event.preventDefault()}>
      <Field id={`w-${block.id}`} label={t("workWhy")} rows={2} most={500} value={why} set={setWhy} />
      <Field id={`d-${block.id}`} label={t("workDays")} most={2} value={days} set={setDays} />
      <Trouble words={problem} />
      <div class="work-row">
        <Send working={working} words={t("workLift")} look="soft" onClick={() => decide("lifted")} />
        <Send working={working} words={t("workConfirm")} look="danger" onClick={() => decide("confirmed")} />
      </div>
    </form>
  );
}

function Verdict({ block, done }: { block: Block; done(): void }) {
  const [why, setWhy] = useState("");
  const [working, problem, send] = useSending(done);
  const holds = block.until !== null && Date.parse(block.until) > Date.now();
  return (
    <>
      <p>
        {t(`work_${block.decision ?? "lapsed"}`, { name: block.lead ?? "" })}
        {block.until && `, ${t("workUntil", { when: fullTime(block.until, locale.value) })}`}
        {block.why && `: ${block.why}`}
      </p>
      {holds && (
        <form
          class="work-form"
          onSubmit={(event) => {
            event.preventDefault();
            send(() =>
              why.trim().length < 3
                ? t("workNeeded")
                : api(`/api/console/blocks/${block.id}/lift`, { method: "POST", body: { why } }),
            );
          }}
        >
          <Field id={`l-${block.id}`} label={t("workWhy")} most={500} value={why} set={setWhy} />
          <Trouble words={problem} />
          <Send working={working} words={t("workLiftNow")} look="soft" />
        </form>
      )}
    </>
  );
}
