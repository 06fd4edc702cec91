/** What was decided about me, by whom and why; and my requests to have it looked at again. */

import { halfMinute } from "../shared/clock";
import { locale } from "../shared/i18n";
import { fullTime, timeLabel } from "../shared/time";
import { Shown, useFetched } from "./fetched";
import { AskReview, ReviewCard } from "./review";
import type { Review } from "./review";
import { t } from "./words";

interface Decision {
  readonly id: string;
  readonly kind: string;
  readonly about: string | null;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

export function DecisionsPage() {
  const decisions = useFetched<{ decisions: readonly Decision[] }>("/api/agent/me/decisions");
  const reviews = useFetched<{ reviews: readonly Review[] }>("/api/agent/me/reviews");
  return (
    <>
      <p>{t("decisionsMeans")}</p>
      <section aria-labelledby="reviews-title">
        <h3 id="reviews-title">{t("reviews")}</h3>
        <Shown of={reviews}>
          {(answer) =>
            answer.reviews.length === 0 ? (
              <p class="empty quiet">{t("reviewsEmpty")}</p>
            ) : (
              <ul class="plain-list cards">
                {answer.reviews.map((review) => (
                  <ReviewCard key={review.id} review={review} />
                ))}
              </ul>
            )
          }
        </Shown>
      </section>
      <section aria-labelledby="decided-title">
        <h3 id="decided-title">{t("decided")}</h3>
        <Shown of={decisions}>
          {(answer) =>
            answer.decisions.length === 0 ? (
              <p class="empty quiet">{t("decisionsEmpty")}</p>
            ) : (
              <ul class="plain-list cards">
                {answer.decisions.map((each) => (
                  <DecisionCard key={each.id} decision={each} asked={reviews.again} />
                ))}
              </ul>
            )
          }
        </Shown>
      </section>
      <section class="card" aria-labelledby="other-title">
        <h3 id="other-title">{t("otherDecision")}</h3>
        <p class="quiet">{t("otherMeans")}</p>
        <AskReview about="other" id="other" asked={reviews.again} />
      </section>
    </>
  );
}

const kinds = {
  approved: "kindApproved",
  deactivated: "kindDeactivated",
  reactivated: "kindReactivated",
  skill_given: "kindSkillGiven",
  skill_taken: "kindSkillTaken",
  review_stands: "kindReviewStands",
  review_changed: "kindReviewChanged",
} as const;

function DecisionCard({ decision, asked }: { decision: Decision; asked(): void }) {
  const kind = kinds[decision.kind as keyof typeof kinds];
  const answersReview = decision.kind.startsWith("review_");
  return (
    <li class="card">
      <p class="card-head">
        <b>{t(kind ?? "kindOther", { about: decision.about ?? "" })}</b>
        <time dateTime={decision.at} title={fullTime(decision.at, locale.value)} class="quiet">
          {timeLabel(decision.at, halfMinute.value, locale.value)}
        </time>
      </p>
      <p>
        {decision.by.startsWith("lead:") && (
          <span class="quiet">{t("byLead", { name: decision.by.slice(5) })}: </span>
        )}
        {decision.reason}
      </p>
      {!answersReview && <AskReview about="decision" id={decision.id} asked={asked} />}
    </li>
  );
}
