/** Every offer with its reasons, and whom else the round looked at. */

import { useState } from "preact/hooks";

import { api } from "../../shared/account/api";
import { halfMinute } from "../../shared/clock";
import { Button } from "../../shared/components";
import { lengthWords } from "../../shared/durations";
import { locale } from "../../shared/i18n";
import { fullTime, timeLabel } from "../../shared/time";
import { languageName } from "../../shared/told/told";
import { pageSize, usePaged } from "../paged";
import { addresses } from "../route";
import type { Failed } from "./asked";
import type { OfferTold, RoundTold } from "./told";
import { t } from "./words";
import type { Words } from "./words/en";

export function OffersPage({ failed }: { failed: Failed }) {
  const list = usePaged<OfferTold>(
    async (last) => {
      const query = new URLSearchParams({ limit: String(pageSize) });
      if (last) query.set("before", last.made_at);
      return (await api<{ offers: OfferTold[] }>(`/api/console/offers?${query}`)).offers;
    },
    failed,
    "offers",
  );
  return (
    <>
      <p class="quiet">{t("offersFree")}</p>
      {list.entries === null && <p class="quiet">{t("dispatchLoading")}</p>}
      {list.entries?.length === 0 && <p class="empty quiet">{t("offersEmpty")}</p>}
      <ul class="plain-list offers">
        {list.entries?.map((each) => (
          <OfferRow key={each.id} offer={each} failed={failed} />
        ))}
      </ul>
      {list.hasMore && <Button onClick={list.more}>{t("dispatchMore")}</Button>}
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

function OfferRow({ offer, failed }: { offer: OfferTold; failed: Failed }) {
  const [round, setRound] = useState<RoundTold | null>(null);
  const look = (): void => {
    const query = new URLSearchParams({ conversation: offer.conversation });
    api<RoundTold>(`/api/console/rounds/${offer.round}?${query}`).then(setRound, failed);
  };
  return (
    <li class="panel offer">
      <p class="offer-head">
        <b>
          {t("offerTo", {
            customer: offer.customer ?? t("offerGuest"),
            agent: offer.agent_name ?? "–",
          })}
        </b>
        <span class={`stage ${offer.stage}`}>{t(stages[offer.stage])}</span>
      </p>
      <p class="quiet">
        <time dateTime={offer.made_at} title={fullTime(offer.made_at, locale.value)}>
          {timeLabel(offer.made_at, halfMinute.value, locale.value)}
        </time>
        {" · "}
        {[languageName(offer.language), offer.topic ?? offer.skill].filter(Boolean).join(" · ")}
        {" · "}
        {t("offerTerms", {
          waited: lengthWords(offer.waited_seconds, locale.value),
          minutes: lengthWords(offer.expected_minutes * 60, locale.value),
          pay: money(offer.pay_minor, offer.currency),
        })}
        {" · "}
        {t("offerPolicy")} <code>{offer.policy.slice(0, 8)}</code>
      </p>
      <ul lang="en">
        {offer.why.map((each) => (
          <li key={each.because}>{each.sentence}</li>
        ))}
      </ul>
      <div class="choices">
        <Button aria-expanded={round !== null} onClick={() => (round ? setRound(null) : look())}>
          {t(round ? "offerLess" : "offerMore")}
        </Button>
        <a class="button plain" href={addresses.story(offer.conversation)}>
          {t("offerStory")}
        </a>
      </div>
      {round && <Candidates round={round} />}
    </li>
  );
}

function Candidates({ round }: { round: RoundTold }) {
  return (
    <>
      <p class="quiet">{t("roundLooked", { n: round.looked_at })}</p>
      <div class="wide" role="region" tabIndex={0} aria-label={t("offerMore")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("colAgent")}</th>
              <th scope="col">{t("colVerdict")}</th>
              <th scope="col">{t("colScore")}</th>
              <th scope="col">{t("colReason")}</th>
            </tr>
          </thead>
          <tbody>
            {round.candidates.map((each) => (
              <tr key={each.agent}>
                <th scope="row">{each.offered ? <b>{each.name ?? "–"}</b> : (each.name ?? "–")}</th>
                <td>{t(`verdict_${each.verdict}` as keyof Words)}</td>
                <td>{each.score_points === null ? "–" : points(each.score_points)}</td>
                <td lang="en">{each.reasons[0]?.sentence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const points = (value: number): string =>
  new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 }).format(value);

function money(minor: number, currency: string): string {
  return new Intl.NumberFormat(locale.value, { style: "currency", currency }).format(minor / 100);
}
