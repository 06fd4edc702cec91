/** What became of an application or an account: the decision, its reason, and what comes next. */

import { useEffect, useState } from "preact/hooks";

import { Button } from "../shared/components";
import { locale } from "../shared/i18n";
import { ask, problemWords } from "./desk";
import type { Followed, Review } from "./desk";
import { t } from "./words";

export function Follow({ token }: { token: string }) {
  const [shown, setShown] = useState<Followed | null>(null);
  const [problem, setProblem] = useState("");
  const [round, setRound] = useState(0);
  useEffect(() => {
    let here = true;
    ask<Followed>("/mine", { token }).then(
      (answer) => here && setShown(answer),
      (error: unknown) => here && setProblem(problemWords(error)),
    );
    return () => {
      here = false;
    };
  }, [token, round]);
  if (problem) {
    return (
      <>
        <h1>{t("follow")}</h1>
        <p role="alert">{problem}</p>
      </>
    );
  }
  if (!shown) return <p class="quiet">{t("loading")}</p>;
  const again = (): void => setRound((known) => known + 1);
  return (
    <>
      <h1>{t(shown.kind === "application" ? "follow" : "yourAccount")}</h1>
      <Decision shown={shown} />
      {shown.may_set_password && <FirstPassword token={token} email={shown.email} />}
      {shown.reviews.map((review) => (
        <ReviewCard key={review.id} review={review} />
      ))}
      {(shown.decision === "refused" || shown.decision === "deactivated") &&
        shown.reviews.every((review) => review.outcome) && <Contest token={token} asked={again} />}
      {shown.kind === "application" && <KeepLink />}
    </>
  );
}

const states = {
  approved: "isApproved",
  refused: "isRefused",
  deactivated: "isDeactivated",
} as const;

function Decision({ shown }: { shown: Followed }) {
  const { decision } = shown;
  const open = shown.kind === "application" ? "isOpen" : "isActive";
  return (
    <section class={`card decision ${decision ?? "open"}`}>
      <h2>{t(decision ? states[decision] : open)}</h2>
      {decision && shown.reason && (
        <p>
          {shown.decided_by && <span class="quiet">{t("decidedBy", { name: shown.decided_by })} </span>}
          <q>{shown.reason}</q>
        </p>
      )}
      {!decision && shown.kind === "application" && <p>{t("openNext", { name: shown.name })}</p>}
      {decision === "approved" && !shown.may_set_password && (
        <p>
          {t("approvedNext")} <a href="/agent/me">{t("toMyPages")}</a>
        </p>
      )}
      {decision === "refused" && <p class="quiet">{t("refusedNext")}</p>}
      <p class="quiet small">
        {shown.applied_at && t("appliedOn", { date: date(shown.applied_at) })}
        {shown.decided_at && ` ${t("decidedOn", { date: date(shown.decided_at) })}`}
      </p>
    </section>
  );
}

function FirstPassword({ token, email }: { token: string; email: string }) {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await ask("/mine/sign-in", { token, body: { password } });
      location.assign("/agent/me#/skills");
    } catch (error) {
      setProblem(problemWords(error));
      setBusy(false);
    }
  }
  return (
    <form class="card fields" onSubmit={(event) => void send(event)}>
      <h2>{t("setPassword")}</h2>
      <p>{t("setPasswordMeans", { email })}</p>
      <input class="username" type="email" autocomplete="username" value={email} readOnly tabIndex={-1} aria-hidden="true" />
      <label for="password">{t("newPassword")}</label>
      <input
        id="password"
        type="password"
        autocomplete="new-password"
        required
        minLength={12}
        maxLength={256}
        aria-describedby="password-hint"
        value={password}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      <p class="hint quiet" id="password-hint">
        {t("passwordHint")}
      </p>
      <p class="problem" role="alert">
        {problem}
      </p>
      <Button submit look="primary" class="wide" disabled={busy}>
        {t("signInFirst")}
      </Button>
    </form>
  );
}

function Contest({ token, asked }: { token: string; asked(): void }) {
  const [words, setWords] = useState("");
  const [problem, setProblem] = useState("");
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setProblem("");
    try {
      await ask("/mine/review", { token, body: { words } });
      asked();
    } catch (error) {
      setProblem(problemWords(error));
    }
  }
  return (
    <form class="card fields" onSubmit={(event) => void send(event)}>
      <h2>{t("askReview")}</h2>
      <p>{t("reviewMeans")}</p>
      <label for="words">{t("reviewWords")}</label>
      <textarea
        id="words"
        rows={4}
        required
        maxLength={2000}
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      <p class="problem" role="alert">
        {problem}
      </p>
      <Button submit>{t("sendReview")}</Button>
    </form>
  );
}

function ReviewCard({ review }: { review: Review }) {
  return (
    <section class="card">
      <h2>
        {review.outcome
          ? t(review.outcome === "stands" ? "reviewStands" : "reviewChanged")
          : t("reviewDue", { date: date(review.due_at) })}
      </h2>
      <blockquote>{review.words}</blockquote>
      {review.answer && (
        <p>
          <span class="quiet">{t("decidedBy", { name: review.answered_by ?? "" })}</span>{" "}
          <q>{review.answer}</q>
        </p>
      )}
    </section>
  );
}

function KeepLink() {
  const [copied, setCopied] = useState(false);
  return (
    <section class="card">
      <h2>{t("keepLink")}</h2>
      <p>{t("keepLinkMeans")}</p>
      <Button
        onClick={() => void navigator.clipboard?.writeText(location.href).then(() => setCopied(true))}
      >
        {t("copyLink")}
      </Button>
      <span role="status"> {copied ? t("copied") : ""}</span>
    </section>
  );
}

const date = (at: string): string =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: "long" }).format(new Date(at));
