/** My rating, never without how sure it is. */

import { Shown, useFetched } from "./fetched";
import { decimal } from "./format";
import { AskReview } from "./review";
import { t } from "./words";

interface Rating {
  readonly count: number;
  readonly needed: number;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export function RatingPage() {
  const rating = useFetched<Rating>("/api/agent/me/rating");
  return (
    <>
      <p>{t("ratingMeans")}</p>
      <Shown of={rating}>{(value) => <Figure rating={value} />}</Shown>
      <AskReview about="rating" id="rating" />
    </>
  );
}

function Figure({ rating }: { rating: Rating }) {
  const { mean, low, high, count, needed } = rating;
  if (mean === null || low === null || high === null) {
    return (
      <section class="card">
        <h3>{t("tooFew")}</h3>
        <p>{t("tooFewMeans", { count, needed })}</p>
      </section>
    );
  }
  return (
    <section class="card rating">
      <p class="figure-value">{decimal(mean)}</p>
      <p>{t("ratingInterval", { low: decimal(low), high: decimal(high) })}</p>
      <svg class="scale" viewBox="0 0 400 24" aria-hidden="true">
        <line class="scale-line" x1="8" x2="392" y1="12" y2="12" />
        <line class="scale-interval" x1={at(low)} x2={at(high)} y1="12" y2="12" />
        <circle class="scale-mean" cx={at(mean)} cy="12" r="7" />
      </svg>
      <p class="scale-ends quiet small" aria-hidden="true">
        <span>1</span>
        <span>2</span>
        <span>3</span>
        <span>4</span>
        <span>5</span>
      </p>
      <p class="quiet">{t("ratingCount", { n: count })}</p>
    </section>
  );
}

/** Where a score of 1 to 5 lies on the scale. */
const at = (score: number): number => 8 + ((score - 1) / 4) * 384;
