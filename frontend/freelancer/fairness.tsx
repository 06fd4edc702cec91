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
            <p>{t(Math.abs(before - after) < closeShare ? "shareSame" : "shareDiffers")}</p>
          </>
        )}
      </section>
      <AskReview about="offer" id="self-audit" />
    </>
  );
}

/** Within this, two shares of a few dozen offers can't be told apart from chance. */
const closeShare = 0.1;

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
