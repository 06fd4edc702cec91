/** My offers with why each was mine, and what went to others with why it did. */

import { useState } from "preact/hooks";

import { halfMinute } from "../shared/clock";
import { Button } from "../shared/components";
import { locale } from "../shared/i18n";
import { fullTime, timeLabel } from "../shared/time";
import { ask, Shown, useFetched } from "./fetched";
import { languageName, money } from "./format";
import { AskReview } from "./review";
import { named, whyWords } from "./why";
import type { Names, Why } from "./why";
import { t } from "./words";

interface Offer {
  readonly id: string;
  readonly language: string;
  readonly topic: string | null;
  readonly difficulty: number;
  readonly expected_minutes: number;
  readonly pay_minor: number;
  readonly currency: string;
  readonly why: readonly Why[];
  readonly made_at: string;
  readonly stage: "open" | "accepted" | "declined" | "expired" | "withdrawn";
  readonly reason: string | null;
}

interface Missed {
  readonly conversation: string;
  readonly asked_at: string;
  readonly at: string;
  readonly language: string;
  readonly topic: string | null;
  readonly why_not: Why;
}

const pageSize = 20;
const path = `/api/agent/offers?limit=${pageSize}`;
const missedPath = `/api/agent/missed?limit=${pageSize}`;

interface GoingOnline {
  readonly topics: readonly { readonly key: string; readonly name: string }[];
  readonly skills: readonly { readonly key: string; readonly name: string }[];
}

export function OffersPage() {
  const tag = locale.value.split("-")[0] ?? "en";
  const known = useFetched<GoingOnline>(`/api/agent/going-online?language=${tag}`).value;
  const names: Names = Object.fromEntries(
    [...(known?.topics ?? []), ...(known?.skills ?? [])].map(({ key, name }) => [key, name]),
  );
  const first = useFetched<{ offers: readonly Offer[] }>(path);
  return (
    <>
      <p>{t("offersMeans")}</p>
      <Shown of={first}>{({ offers }) => <OfferList first={offers} names={names} />}</Shown>
      <MissedList names={names} />
    </>
  );
}

function OfferList({ first, names }: { first: readonly Offer[]; names: Names }) {
  const [older, setOlder] = useState<readonly Offer[]>([]);
  const [full, setFull] = useState(first.length === pageSize);
  const offers = [...first, ...older];
  async function more(): Promise<void> {
    const last = offers.at(-1);
    if (!last) return;
    const before = `before=${encodeURIComponent(last.made_at)}&before_id=${last.id}`;
    const answer = await ask<{ offers: readonly Offer[] }>(`${path}&${before}`);
    setOlder((known) => [...known, ...answer.offers]);
    setFull(answer.offers.length === pageSize);
  }
  if (offers.length === 0) return <p class="empty quiet">{t("offersEmpty")}</p>;
  return (
    <>
      <ul class="plain-list cards">
        {offers.map((offer) => (
          <OfferCard key={offer.id} offer={offer} names={names} />
        ))}
      </ul>
      {full && <Button onClick={() => void more().catch(() => undefined)}>{t("more")}</Button>}
    </>
  );
}

const stages = {
  open: "stageOpen",
  accepted: "stageAccepted",
  declined: "stageDeclined",
  expired: "stageExpired",
  withdrawn: "stageWithdrawn",
} as const;

function OfferCard({ offer, names }: { offer: Offer; names: Names }) {
  return (
    <li class="card">
      <p class="card-head">
        <b>{offer.topic ? named(offer.topic, names) : t("noTopic")}</b>
        <span class={`state ${offer.stage}`}>{t(stages[offer.stage])}</span>
      </p>
      <p class="facts">
        <span>{languageName(offer.language)}</span>
        <span>{t("minutes", { n: offer.expected_minutes })}</span>
        <span>{money(offer.pay_minor, offer.currency)}</span>
        <Moment at={offer.made_at} />
      </p>
      {offer.reason && <p>{t("yourReason", { reason: offer.reason })}</p>}
      <Reasons title={t("whyMe")} why={offer.why} names={names} />
      <AskReview about="offer" id={offer.id} />
    </li>
  );
}

function MissedList({ names }: { names: Names }) {
  const first = useFetched<{ missed: readonly Missed[] }>(missedPath);
  return (
    <section aria-labelledby="missed-title">
      <h3 id="missed-title">{t("missed")}</h3>
      <p class="quiet">{t("missedMeans")}</p>
      <Shown of={first}>{({ missed }) => <MissedCards first={missed} names={names} />}</Shown>
    </section>
  );
}

function MissedCards({ first, names }: { first: readonly Missed[]; names: Names }) {
  const [older, setOlder] = useState<readonly Missed[]>([]);
  const [full, setFull] = useState(first.length === pageSize);
  const missed = [...first, ...older];
  async function more(): Promise<void> {
    const last = missed.at(-1);
    if (!last) return;
    const before = `before=${encodeURIComponent(last.at)}&before_id=${last.conversation}`;
    const answer = await ask<{ missed: readonly Missed[] }>(`${missedPath}&${before}`);
    setOlder((known) => [...known, ...answer.missed]);
    setFull(answer.missed.length === pageSize);
  }
  if (missed.length === 0) return <p class="empty quiet">{t("missedEmpty")}</p>;
  return (
    <>
      <ul class="plain-list cards">
        {missed.map((each) => (
          <li class="card" key={`${each.conversation} ${each.at}`}>
            <p class="card-head">
              <b>{each.topic ? named(each.topic, names) : t("noTopic")}</b>
            </p>
            <p class="facts">
              <span>{languageName(each.language)}</span>
              <Moment at={each.asked_at} />
            </p>
            <Reasons title={t("whyNotMe")} why={[each.why_not]} names={names} />
            <AskReview about="offer" id={each.conversation} />
          </li>
        ))}
      </ul>
      {full && <Button onClick={() => void more().catch(() => undefined)}>{t("more")}</Button>}
    </>
  );
}

function Reasons({ title, why, names }: { title: string; why: readonly Why[]; names: Names }) {
  if (why.length === 0) return null;
  return (
    <div class="reasons">
      <p class="quiet small">{title}</p>
      <ul>
        {why.map((each) => (
          <li key={each.because}>{whyWords(each, names)}</li>
        ))}
      </ul>
    </div>
  );
}

function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at, locale.value)}>
      {timeLabel(at, halfMinute.value, locale.value)}
    </time>
  );
}
