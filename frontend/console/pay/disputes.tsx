/** Disputed lines, by when an answer is due. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { day, minorOf } from "../../shared/pay/amounts";
import { newId, Shown, useAsked, useSending } from "../../shared/pay/asked";
import type { Failed } from "../../shared/pay/asked";
import { DisputeWords } from "../../shared/pay/statement";
import type { Dispute } from "../../shared/pay/statement";
import { t } from "./words";

export function DisputesPage({ failed }: { failed: Failed }) {
  const disputes = useAsked<{ disputes: readonly Dispute[] }>("/api/console/pay/disputes", failed);
  return (
    <Shown of={disputes}>
      {({ disputes: rows }) => (
        <>
          {rows.every((each) => each.outcome) && <p class="empty quiet">{t("payDisputeNone")}</p>}
          <ul class="plain-list cards">
            {rows.map((each) => (
              <OneDispute key={each.id} dispute={each} failed={failed} done={disputes.again} />
            ))}
          </ul>
        </>
      )}
    </Shown>
  );
}

function OneDispute({ dispute, failed, done }: { dispute: Dispute; failed: Failed; done(): void }) {
  const [id] = useState(newId);
  const [answer, setAnswer] = useState("");
  const [text, setText] = useState("0");
  const sending = useSending(failed);
  const minor = minorOf(text, dispute.currency);
  const late = !dispute.outcome && Date.parse(dispute.due_at) < Date.now();
  return (
    <li class="panel">
      <h3>
        {dispute.agent_name}, {t("payLine", { n: dispute.line + 1 })}
      </h3>
      {!dispute.outcome && (
        <p class={late ? "pay-below" : "quiet"}>
          {t(late ? "payOverdue" : "payDue", { when: day(dispute.due_at) })}
        </p>
      )}
      <DisputeWords dispute={dispute} />
      <p>
        <a href={`#/pay/statements/${dispute.session}`}>{t("payOpenStatement")}</a>
      </p>
      {!dispute.outcome && (
        <form
          class="pay-form"
          onSubmit={(event) => {
            event.preventDefault();
            const body = { id, answer, adjust_minor: minor ?? 0 };
            void sending.send(`/api/console/pay/disputes/${dispute.id}/answer`, body, done);
          }}
        >
          <label for={`pay-answer-${dispute.id}`}>{t("payAnswer")}</label>
          <textarea
            id={`pay-answer-${dispute.id}`}
            rows={3}
            required
            maxLength={2000}
            value={answer}
            onInput={(event) => setAnswer(event.currentTarget.value)}
          />
          <label for={`pay-by-${dispute.id}`}>{t("payCorrectBy")}</label>
          <input
            id={`pay-by-${dispute.id}`}
            inputMode="decimal"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <p class="problem" role="alert">
            {sending.problem}
          </p>
          <Button submit look="primary" disabled={sending.busy || minor === null}>
            {t("payDo")}
          </Button>
        </form>
      )}
    </li>
  );
}
