/** Rate cards: what is in force, the next version, and the history. */

import { useState } from "preact/hooks";

import { Button } from "../../shared/components";
import { decimals, minorOf, moment, money } from "../../shared/pay/amounts";
import { Shown, useAsked, useSending } from "../../shared/pay/asked";
import type { Failed } from "../../shared/pay/asked";
import type { PayOverview } from "./floor";
import { SurgePanel } from "./surge";
import { t } from "./words";

export interface Card {
  readonly name: string;
  readonly market: string;
  readonly currency: string;
  readonly zone: string;
  readonly valid_from: string;
  readonly floor_minor_per_hour: number;
  readonly unit: "minute" | "conversation";
  readonly rate_minor: number;
  readonly night: readonly [string, string, number] | null;
  readonly languages: readonly (readonly [string, number])[];
  readonly surge: readonly [number, number] | null;
  readonly added_by?: string;
  readonly added_at?: string;
}

interface Cards {
  readonly cards: readonly Card[];
  readonly in_force: readonly string[];
}

export function CardsPage({ failed }: { failed: Failed }) {
  const cards = useAsked<Cards>("/api/console/pay/cards", failed);
  const overview = useAsked<PayOverview>("/api/console/pay/overview", failed);
  const again = (): void => {
    cards.again();
    overview.again();
  };
  return (
    <>
      <p class="quiet">{t("payFrozen")}</p>
      <Shown of={overview}>
        {({ markets }) => (
          <>
            {markets.map((market) => (
              <div class="panel" key={market.card.name}>
                <h3>{market.card.name}</h3>
                <CardFacts card={market.card} />
                {market.card.unit === "minute" && (
                  <p class="quiet small">
                    {t("payBreakEven", {
                      seventy: money(market.break_even["70"] ?? 0, market.currency),
                      fifty: money(market.break_even["50"] ?? 0, market.currency),
                    })}
                  </p>
                )}
                <SurgePanel market={market} failed={failed} done={again} />
              </div>
            ))}
          </>
        )}
      </Shown>
      <Shown of={cards}>
        {(known) => (
          <>
            <NewVersion key={known.cards[0]?.name ?? ""} from={known.cards[0] ?? null} failed={failed} done={again} />
            <div class="panel">
              <ul class="plain-list pay-history">
                {known.cards.map((card) => (
                  <li key={card.name}>
                    <p>
                      <b>{card.name}</b>{" "}
                      {known.in_force.includes(card.name) && <b class="pay-held">{t("payInForce")}</b>}{" "}
                      <small class="quiet">
                        {t("payAddedBy", { name: card.added_by ?? "", when: moment(card.added_at ?? card.valid_from) })}
                      </small>
                    </p>
                    <CardFacts card={card} />
                  </li>
                ))}
              </ul>
            </div>
          </>
        )}
      </Shown>
    </>
  );
}

function CardFacts({ card }: { card: Card }) {
  const say = (minor: number): string => money(minor, card.currency);
  const night = card.night && `${card.night[0].slice(0, 5)}–${card.night[1].slice(0, 5)} +${card.night[2] / 100}%`;
  const languages = card.languages.map(([tag, points]) => `${tag} +${points / 100}%`).join(", ");
  return (
    <p class="pay-card">
      {t("payFloorHour")} <b>{say(card.floor_minor_per_hour)}</b>, {t("payRate").toLowerCase()}{" "}
      <b>
        {say(card.rate_minor)}/{t(`payUnit_${card.unit}`)}
      </b>
      {night && `, ${night}`}
      {languages && `, ${languages}`}
      {card.surge && `, ${t("paySurge").toLowerCase()} ≤ ${card.surge[0] / 100}%, ${say(card.surge[1])}`}
      <span class="quiet"> ({card.zone})</span>
    </p>
  );
}

type Form = Record<
  | "market" | "currency" | "zone" | "floor" | "rate" | "night" | "from" | "to" | "languages" | "most" | "budget",
  string
>;

function formOf(card: Card | null): Form {
  const digits = card ? decimals(card.currency) : 2;
  const plain = (minor: number): string => (minor / 10 ** digits).toFixed(digits);
  return {
    market: card?.market ?? "SE",
    currency: card?.currency ?? "SEK",
    zone: card?.zone ?? "Europe/Stockholm",
    floor: card ? plain(card.floor_minor_per_hour) : "400.00",
    rate: card ? plain(card.rate_minor) : "9.52",
    night: card?.night ? String(card.night[2] / 100) : "",
    from: card?.night?.[0].slice(0, 5) ?? "22:00",
    to: card?.night?.[1].slice(0, 5) ?? "06:00",
    languages: card?.languages.map(([tag, points]) => `${tag} ${points / 100}`).join(", ") ?? "",
    most: card?.surge ? String(card.surge[0] / 100) : "",
    budget: card?.surge ? plain(card.surge[1]) : "",
  };
}

function bodyOf(form: Form, unit: string): unknown {
  const amount = (text: string): number => minorOf(text, form.currency) ?? -1;
  const points = (text: string): number => Math.round(Number(text.replace(",", ".")) * 100);
  const languages = form.languages
    .split(",")
    .map((each) => each.trim().split(/\s+/))
    .filter(([tag, share]) => tag && share);
  return {
    market: form.market,
    currency: form.currency,
    zone: form.zone,
    floor_minor_per_hour: amount(form.floor),
    unit,
    rate_minor: amount(form.rate),
    night: form.night ? { begins: form.from, ends: form.to, basis_points: points(form.night) } : null,
    languages: Object.fromEntries(languages.map(([tag, share]) => [tag, points(share ?? "")])),
    surge: form.most ? { most_basis_points: points(form.most), budget_minor: amount(form.budget || "0") } : null,
  };
}

function NewVersion({ from, failed, done }: { from: Card | null; failed: Failed; done(): void }) {
  const [form, setForm] = useState(() => formOf(from));
  const [unit, setUnit] = useState<string>(from?.unit ?? "minute");
  const sending = useSending(failed);
  const field = (name: keyof Form, title: string) => (
    <p>
      <label for={`pay-card-${name}`}>{title}</label>
      <input
        id={`pay-card-${name}`}
        autocomplete="off"
        value={form[name]}
        onInput={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
      />
    </p>
  );
  return (
    <details class="panel pay-new">
      <summary>{t("payNewVersion")}</summary>
      <form
        class="pay-grid"
        onSubmit={(event) => {
          event.preventDefault();
          void sending.send("/api/console/pay/cards", bodyOf(form, unit), done);
        }}
      >
        {field("market", t("payMarket"))}
        {field("currency", t("payCurrency"))}
        {field("zone", t("payZone"))}
        {field("floor", t("payFloorHour"))}
        <p>
          <label for="pay-card-unit">{t("payUnit")}</label>
          <select id="pay-card-unit" value={unit} onChange={(event) => setUnit(event.currentTarget.value)}>
            <option value="minute">{t("payUnit_minute")}</option>
            <option value="conversation">{t("payUnit_conversation")}</option>
          </select>
        </p>
        {field("rate", t("payRate"))}
        {field("night", t("payNight"))}
        {field("from", t("payNightFrom"))}
        {field("to", t("payNightTo"))}
        {field("languages", t("payLanguages"))}
        {field("most", t("paySurgeMost"))}
        {field("budget", t("paySurgeBudget"))}
        <p class="problem" role="alert">
          {sending.problem}
        </p>
        <Button submit look="primary" disabled={sending.busy}>
          {t("payNewVersion")}
        </Button>
      </form>
    </details>
  );
}
