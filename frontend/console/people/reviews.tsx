/** Requests for review with the time that is left; what is overdue is loud. */

import { useState } from "preact/hooks";

import { halfMinute } from "../../shared/clock";
import { lengthWords } from "../../shared/durations";
import { locale } from "../../shared/i18n";
import { date, useAsked } from "./asked";
import type { Ask } from "./asked";
import { ReasonForm } from "./reason_form";
import { t } from "./words";

interface Review {
  readonly id: string;
  readonly about: string;
  readonly about_id: string;
  readonly words: string;
  readonly asked_at: string;
  readonly due_at: string;
  readonly answered_by: string | null;
  readonly outcome: "stands" | "changed" | null;
  readonly answer: string | null;
  readonly asker: string;
  readonly agent_id: string | null;
  readonly decided: string | null;
}

export function Reviews({ ask, changed }: { ask: Ask; changed(): void }) {
  const [state, setState] = useState<"open" | "answered">("open");
  const list = useAsked<{ reviews: readonly Review[] }>(ask, `/reviews?state=${state}`);
  const done = (): void => {
    list.again();
    changed();
  };
  const found = list.value?.reviews.filter((each) => (each.outcome === null) === (state === "open"));
  return (
    <>
      <label class="filter">
        <span>{t("show")}</span>
        <select value={state} onChange={(event) => setState(event.currentTarget.value as "open")}>
          <option value="open">{t("openOnes")}</option>
          <option value="answered">{t("answeredOnes")}</option>
        </select>
      </label>
      {!found && <p class="quiet">{list.problem || t("loading")}</p>}
      {found?.length === 0 && (
        <p class="empty quiet">{t(state === "open" ? "reviewsEmpty" : "answeredEmpty")}</p>
      )}
      <ul class="plain-list person-cards">
        {found?.map((each) => (
          <Card key={each.id} review={each} ask={ask} done={done} />
        ))}
      </ul>
    </>
  );
}

const abouts = {
  application: "aboutApplication",
  deactivation: "aboutDeactivation",
  qualification: "aboutQualification",
  decision: "aboutDecision",
  block: "aboutBlock",
  pay_line: "aboutPay",
  offer: "aboutOffer",
  rating: "aboutRating",
} as const;

function Card({ review, ask, done }: { review: Review; ask: Ask; done(): void }) {
  const left = (Date.parse(review.due_at) - halfMinute.value) / 1000;
  const late = review.outcome === null && left < 0;
  const about = t(abouts[review.about as keyof typeof abouts] ?? "aboutOther");
  const length = lengthWords(Math.abs(left), locale.value);
  return (
    <li class={late ? "panel late" : "panel"}>
      <h3>
        {review.asker}: {about}
      </h3>
      {review.outcome === null && (
        <p class={late ? "countdown late" : "countdown"}>
          {t(late ? "lateBy" : "timeLeft", { length })}
          <span class="quiet"> {t("dueOn", { date: date(review.due_at) })}</span>
        </p>
      )}
      <blockquote>{review.words}</blockquote>
      {review.decided && (
        <p>
          <span class="quiet">{t("decidedThen")}</span> <q>{review.decided}</q>
        </p>
      )}
      <p class="quiet small">
        {t("askedOn", { date: date(review.asked_at) })} · {review.about_id}
      </p>
      {review.outcome ? (
        <p>
          <b>{t(review.outcome)}</b>, {review.answered_by}: <q>{review.answer}</q>
        </p>
      ) : (
        <ReasonForm
          id={`answer-${review.id}`}
          label={t("answerFor", { name: review.asker })}
          ways={[
            { name: "changed", label: t("change"), look: "primary" },
            { name: "stands", label: t("letStand") },
          ]}
          send={async (outcome, answer) => {
            await ask(`/reviews/${review.id}/answer`, { outcome, answer });
            done();
          }}
        >
          <p class="quiet small">{t("answerMeans")}</p>
        </ReasonForm>
      )}
    </li>
  );
}
