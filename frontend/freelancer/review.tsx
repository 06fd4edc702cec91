/** Asking for a human review, and how far one's requests are. */

import { useState } from "preact/hooks";

import { Sheet } from "../shared/account/sheet";
import { halfMinute } from "../shared/clock";
import { Button } from "../shared/components";
import { ask, wordsOf } from "./fetched";
import { date, fromNow } from "./format";
import { t } from "./words";

export interface Review {
  readonly id: string;
  readonly about: string;
  readonly about_id: string;
  readonly words: string;
  readonly asked_at: string;
  readonly due_at: string;
  readonly answered_at: string | null;
  readonly answered_by: string | null;
  readonly outcome: "stands" | "changed" | null;
  readonly answer: string | null;
}

/** A button that opens the request; afterwards it says when the answer is due. */
export function AskReview(props: { about: string; id: string; asked?(review: Review): void }) {
  const [open, setOpen] = useState(false);
  const [review, setReview] = useState<Review | null>(null);
  if (review) return <p class="note">{t("reviewAsked", { date: date(review.due_at) })}</p>;
  return (
    <>
      <Button look="plain" class="ask-review" onClick={() => setOpen(true)}>
        {t("askReview")}
      </Button>
      {open && (
        <ReviewSheet
          about={props.about}
          id={props.id}
          close={() => setOpen(false)}
          asked={(made) => {
            setOpen(false);
            setReview(made);
            props.asked?.(made);
          }}
        />
      )}
    </>
  );
}

function ReviewSheet(props: {
  about: string;
  id: string;
  close(): void;
  asked(review: Review): void;
}) {
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      const body = { about: props.about, about_id: props.id, words };
      props.asked(await ask<Review>("/api/agent/me/reviews", body));
    } catch (error) {
      setProblem(wordsOf(error));
      setBusy(false);
    }
  }
  return (
    <Sheet title={t("askReview")} closeLabel={t("close")} close={props.close}>
      <form class="stack" onSubmit={(event) => void send(event)}>
        <p>{t("reviewMeans")}</p>
        <label for="review-words">{t("reviewWords")}</label>
        <textarea
          id="review-words"
          rows={5}
          required
          maxLength={2000}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <p class="problem" role="alert">
          {problem}
        </p>
        <Button submit look="primary" disabled={busy}>
          {t("sendReview")}
        </Button>
      </form>
    </Sheet>
  );
}

export function ReviewCard({ review }: { review: Review }) {
  const late = !review.answered_at && Date.parse(review.due_at) < halfMinute.value;
  return (
    <li class={`card review ${late ? "late" : ""}`}>
      <p class="card-head">
        <b>{aboutWords(review.about)}</b>
        <span class={`state ${review.outcome ?? (late ? "late" : "open")}`}>
          {review.outcome
            ? t(review.outcome === "stands" ? "stands" : "changed")
            : t(late ? "overdue" : "dueWhen", { when: fromNow(review.due_at, halfMinute.value) })}
        </span>
      </p>
      <blockquote>{review.words}</blockquote>
      {review.answer && (
        <p>
          {t("answeredBy", { name: review.answered_by ?? "" })} <q>{review.answer}</q>
        </p>
      )}
      <p class="quiet small">
        {t("askedOn", { date: date(review.asked_at) })}
        {!review.answered_at && `, ${t("dueOn", { date: date(review.due_at) })}`}
      </p>
    </li>
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

function aboutWords(about: string): string {
  return t(abouts[about as keyof typeof abouts] ?? "aboutOther");
}
