/** How many people each quarter-hour needs, and how many were and are guaranteed. */

import { useState } from "preact/hooks";

import { lengthWords } from "../../shared/durations";
import { locale } from "../../shared/i18n";
import { languageName } from "../../shared/told/told";
import { clockTime } from "../../shared/time";
import { useAsked } from "./asked";
import type { Failed } from "./asked";
import { Axis, Chart, scale, stepPath, ticks } from "./chart";
import type { Frame } from "./chart";
import type { Capacity, QuarterTold } from "./told";
import { t } from "./words";

export function CapacityPage({ failed }: { failed: Failed }) {
  const [language, setLanguage] = useState("");
  const query = language ? `?${new URLSearchParams({ language })}` : "";
  const told = useAsked<Capacity>(`/api/console/capacity${query}`, failed);
  const whole = useAsked<Capacity>("/api/console/capacity", failed);
  if (!told || !whole) return <p class="quiet">{t("dispatchLoading")}</p>;
  return (
    <>
      <p>{basis(told)}</p>
      <p class="quiet">
        {t("capRule", {
          share: percent(told.service_level_share),
          target: lengthWords(told.service_level_seconds, locale.value),
          handle: lengthWords(told.handle_seconds, locale.value),
          patience: lengthWords(told.patience_seconds, locale.value),
          chats: decimal(told.chats_an_agent),
        })}
      </p>
      <label class="filter">
        <span>{t("capLanguage")}</span>
        <select value={language} onChange={(event) => setLanguage(event.currentTarget.value)}>
          <option value="">{t("capAll")}</option>
          {whole.languages.map((each) => (
            <option key={each.language} value={each.language}>
              {languageName(each.language)}
            </option>
          ))}
        </select>
      </label>
      <section class="panel">
        <h3>{t("capChart")}</h3>
        <People quarters={told.quarters} now={told.at} />
        <Quarters quarters={told.quarters} />
      </section>
      {whole.languages.length > 0 && (
        <section class="panel">
          <h3>{t("capNow")}</h3>
          <Languages capacity={whole} />
        </section>
      )}
    </>
  );
}

function basis(told: Capacity): string {
  const filled = t("capFilled", { filled: told.filled, places: told.places });
  if (!told.known) return `${t("capUnknown", { least: told.least })} ${filled}`;
  return `${t("capKnown", { n: told.requests })} ${filled}`;
}

function People({ quarters, now }: { quarters: readonly QuarterTold[]; now: string }) {
  const most = Math.max(1, ...quarters.map((each) => Math.max(each.needed, online(each), each.high)));
  const values = ticks(most);
  return (
    <>
      <Chart label={t("capChartLabel")} height={220}>
        {(frame) => {
          const x = timeScale(quarters, frame);
          const width = (frame.right - frame.left) / Math.max(quarters.length, 1);
          const y = scale(0, values.at(-1) ?? 1, frame.bottom, frame.top);
          const at = (value: (each: QuarterTold) => number, of = quarters) =>
            stepPath(of.map((each) => [x(quarters.indexOf(each)), y(value(each))] as const), width);
          const past = quarters.filter((each) => each.guaranteed !== undefined);
          const begins = quarters.findIndex((each) => each.guaranteed === undefined);
          return (
            <>
              <Axis frame={frame} values={values} y={y} say={decimal} />
              {quarters.map((each, index) => (
                <rect
                  key={each.start}
                  class={each.asked === undefined ? "bar coming" : "bar"}
                  x={x(index) + 1}
                  width={Math.max(1, width - 2)}
                  y={y(each.asked ?? each.expected)}
                  height={Math.max(0, frame.bottom - y(each.asked ?? each.expected))}
                />
              ))}
              <path class="line needed" d={at((each) => each.needed)} />
              <path class="line there" d={at(online, past)} />
              <path class="line guaranteed" d={at((each) => each.guaranteed ?? 0, past)} />
              {begins > 0 && (
                <line class="now" x1={x(begins)} x2={x(begins)} y1={frame.top} y2={frame.bottom} />
              )}
              <Hours quarters={quarters} x={x} y={frame.bottom + 18} room={frame.right - frame.left} now={now} />
            </>
          );
        }}
      </Chart>
      <ul class="plain-list key">
        <li class="needed">{t("capNeeded")}</li>
        <li class="guaranteed">{t("capGuaranteed")}</li>
        <li class="there">{t("capThere")}</li>
        <li class="asked">{t("capAsked")}</li>
      </ul>
    </>
  );
}

function Hours(props: {
  quarters: readonly QuarterTold[];
  x(index: number): number;
  y: number;
  room: number;
  now: string;
}) {
  const { quarters, x, y, room } = props;
  const every = room < 420 ? 3 : room < 700 ? 2 : 1;
  return (
    <g class="axis">
      {quarters.map((each, index) => {
        const start = new Date(each.start);
        if (start.getMinutes() !== 0 || start.getHours() % every !== 0) return null;
        if (x(index) > room + 10) return null;
        return (
          <text key={each.start} x={x(index)} y={y} text-anchor="middle">
            {clockTime(each.start, locale.value)}
          </text>
        );
      })}
    </g>
  );
}

function Quarters({ quarters }: { quarters: readonly QuarterTold[] }) {
  return (
    <details>
      <summary>{t("asTable")}</summary>
      <div class="wide" role="region" tabIndex={0} aria-label={t("capChart")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("colQuarter")}</th>
              <th scope="col">{t("colExpected")}</th>
              <th scope="col">{t("colAsked")}</th>
              <th scope="col">{t("capNeeded")}</th>
              <th scope="col">{t("capGuaranteed")}</th>
              <th scope="col">{t("colStandby")}</th>
            </tr>
          </thead>
          <tbody>
            {quarters.map((each) => (
              <tr key={each.start}>
                <th scope="row">{clockTime(each.start, locale.value)}</th>
                <td>{t("upTo", { mean: decimal(each.expected), high: decimal(each.high) })}</td>
                <td>{each.asked ?? "–"}</td>
                <td>{each.needed}</td>
                <td>{each.guaranteed ?? "–"}</td>
                <td>{each.standby ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Languages({ capacity }: { capacity: Capacity }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("capLanguage")}</th>
          <th scope="col">{t("capNeeded")}</th>
          <th scope="col">{t("capGuaranteed")}</th>
          <th scope="col">{t("colStandby")}</th>
        </tr>
      </thead>
      <tbody>
        {capacity.languages.map((each) => (
          <tr key={each.language}>
            <th scope="row">{languageName(each.language)}</th>
            <td>{each.needed}</td>
            <td>{each.guaranteed}</td>
            <td>{each.standby}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const online = (each: QuarterTold): number => (each.guaranteed ?? 0) + (each.standby ?? 0);

const timeScale = (quarters: readonly QuarterTold[], frame: Frame) =>
  scale(0, Math.max(quarters.length, 1), frame.left, frame.right);

function decimal(value: number): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 }).format(value);
}

function percent(share: number): string {
  return new Intl.NumberFormat(locale.value, { style: "percent" }).format(share);
}
