/** Did declining cost me anything? The share of offers before and after a decline, plainly. */

import { Shown, useFetched } from "./fetched";
import { percent } from "./format";
import { AskReview } from "./review";
import { t } from "./words";

interface Audit {
  readonly offers: number;
  readonly accepted: number;
  readonly declined: number;
  readonly missed: number;
  readonly share_before: number | null;
  readonly share_after: number | null;
  /** All offers that were made to anyone in those hours. */
  readonly offers_before: number;
  readonly offers_after: number;
}

export function FairnessPage() {
  const audit = useFetched<Audit>("/api/agent/self-audit");
  return (
    <>
      <p>{t("fairnessMeans")}</p>
      <Shown of={audit}>{(value) => <Figures audit={value} />}</Shown>
    </>
  );
}

function Figures({ audit }: { audit: Audit }) {
  const { share_before: before, share_after: after } = audit;
  const counts = [
    ["auditOffers", audit.offers],
    ["auditAccepted", audit.accepted],
    ["auditDeclined", audit.declined],
    ["auditMissed", audit.missed],
  ] as const;
  return (
    <>
      <dl class="counts">
        {counts.map(([name, count]) => (
          <div class="card" key={name}>
            <dt>{t(name)}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      <section class="card" aria-labelledby="share-title">
        <h3 id="share-title">{t("shareTitle")}</h3>
        <p class="quiet">{t("shareMeans")}</p>
        {before === null || after === null ? (
          <p>{t("shareNone")}</p>
        ) : (
          <>
            <Bar name={t("shareBefore")} share={before} />
            <Bar name={t("shareAfter")} share={after} />
            <p>{t(couldBeChance(audit, before, after) ? "shareSame" : "shareDiffers")}</p>
          </>
        )}
      </section>
      <AskReview about="offer" id="self-audit" />
    </>
  );
}

/** Whether shares as far apart come about by chance alone in one case of ten or more. */
function couldBeChance(audit: Audit, before: number, after: number): boolean {
  const { offers_before: first, offers_after: second } = audit;
  const both = (before * first + after * second) / Math.max(1, first + second);
  const spread = Math.sqrt(both * (1 - both) * (1 / Math.max(1, first) + 1 / Math.max(1, second)));
  return Math.abs(before - after) <= inNineOfTen * spread || before === after;
}

/** The normal distribution holds 90% within so many standard deviations. */
const inNineOfTen = 1.645;

function Bar({ name, share }: { name: string; share: number }) {
  return (
    <p class="bar">
      <span>{name}</span>
      <b>{percent(share)}</b>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="bar-ground" width="100" height="6" rx="1" />
        <rect class="bar-share" width={100 * Math.min(1, Math.max(0, share))} height="6" rx="1" />
      </svg>
    </p>
  );
}
