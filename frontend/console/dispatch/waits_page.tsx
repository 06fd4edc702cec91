/** How honest the waits were that customers were told. */

import { useState } from "preact/hooks";

import { lengthWords } from "../../shared/durations";
import { locale } from "../../shared/i18n";
import { languageName } from "../../shared/told/told";
import { useAsked } from "./asked";
import type { Failed } from "./asked";
import { Axis, Chart, scale, ticks } from "./chart";
import type { Honesty, Waits } from "./told";
import { t } from "./words";

const spans = ["1", "7", "30"] as const;

export function WaitsPage({ failed }: { failed: Failed }) {
  const [days, setDays] = useState("7");
  const [language, setLanguage] = useState("");
  const query = new URLSearchParams({ days, ...(language ? { language } : {}) });
  const told = useAsked<Waits>(`/api/console/waits?${query}`, failed);
  return (
    <>
      <div class="filters">
        <label class="filter">
          <span>{t("waitsSpan")}</span>
          <select value={days} onChange={(event) => setDays(event.currentTarget.value)}>
            {spans.map((each) => (
              <option key={each} value={each}>
                {t("waitsDays", { n: Number(each) })}
              </option>
            ))}
          </select>
        </label>
        <label class="filter">
          <span>{t("capLanguage")}</span>
          <select value={language} onChange={(event) => setLanguage(event.currentTarget.value)}>
            <option value="">{t("capAll")}</option>
            {[...new Set([...(told?.languages ?? []), ...(language ? [language] : [])])].map((each) => (
              <option key={each} value={each}>
                {languageName(each)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {!told && <p class="quiet">{t("dispatchLoading")}</p>}
      {told && told.all.told === 0 && <p class="empty quiet">{t("waitsEmpty")}</p>}
      {told && told.all.told > 0 && <Told waits={told} />}
    </>
  );
}

function Told({ waits }: { waits: Waits }) {
  const { all, busy, pace } = waits;
  return (
    <>
      <p>
        {t("waitsCoverage", {
          n: all.judged,
          share: percent(all.coverage),
          sooner: all.sooner,
          later: all.later,
        })}{" "}
        {t("waitsAim")}
      </p>
      <section class="panel">
        <h3>{t("waitsPlot")}</h3>
        {busy.told === 0 ? (
          <p class="empty quiet">{t("waitsNoBusy")}</p>
        ) : (
          <>
            <Plot waits={waits} />
            <p class="quiet">{bias(busy)}</p>
          </>
        )}
        <Calibration waits={waits} />
      </section>
      {busy.rmse_seconds && (
        <section class="panel">
          <h3>{t("waitsErrors")}</h3>
          <Errors honesty={busy} />
        </section>
      )}
      <section class="panel">
        <h3>{t("waitsByDay")}</h3>
        <ul class="plain-list days">
          {waits.by_day.map((each) => (
            <li key={each.day}>
              <span>{day(each.day)}</span>
              <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect width={100 * (each.coverage ?? 0)} height={8} />
              </svg>
              <span>
                {percent(each.coverage)} <span class="quiet">{t("waitsOf", { n: each.judged })}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <p class="quiet">
        {t("waitsPace", {
          handle: length(pace.handle_seconds),
          patience: length(pace.patience_seconds),
          pickup: length(pace.pickup_seconds),
          stretch: new Intl.NumberFormat(locale.value, { maximumFractionDigits: 2 }).format(pace.stretch),
          seen: pace.seen,
        })}
      </p>
    </>
  );
}

function bias({ bias_seconds: seconds }: Honesty): string {
  if (seconds === null) return "";
  if (Math.abs(seconds) < 1) return t("waitsNoBias");
  return t(seconds > 0 ? "waitsTooLong" : "waitsTooShort", { length: length(Math.abs(seconds)) });
}

/** Told across, waited upwards: on the line is right, above it somebody waited longer. */
function Plot({ waits }: { waits: Waits }) {
  const every = [...waits.points, ...waits.calibration];
  const most = Math.max(60, ...every.map((each) => Math.max(each.told_seconds, each.waited_seconds)));
  const values = ticks(most / 60).map((each) => each * 60);
  const end = values.at(-1) ?? most;
  return (
    <>
      <Chart label={t("waitsPlotLabel")} height={260}>
        {(frame) => {
          const x = scale(0, end, frame.left, frame.right);
          const y = scale(0, end, frame.bottom, frame.top);
          const line = waits.calibration
            .map((each, index) => `${index ? "L" : "M"}${x(each.told_seconds)} ${y(each.waited_seconds)}`)
            .join("");
          return (
            <>
              <Axis frame={frame} values={values} y={y} say={minutes} />
              {values.map((value) => (
                <text key={value} class="axis-word" x={x(value)} y={frame.bottom + 18} text-anchor="middle">
                  {minutes(value)}
                </text>
              ))}
              <line class="now" x1={x(0)} y1={y(0)} x2={x(end)} y2={y(end)} />
              {waits.points.map((each, index) => (
                <circle key={index} class="point" r="3" cx={x(each.told_seconds)} cy={y(each.waited_seconds)} />
              ))}
              <path class="line needed" d={line} />
            </>
          );
        }}
      </Chart>
      <ul class="plain-list key">
        <li class="exact">{t("waitsDiagonal")}</li>
        <li class="needed">{t("waitsMeans")}</li>
      </ul>
    </>
  );
}

function Calibration({ waits }: { waits: Waits }) {
  if (waits.calibration.length === 0) return null;
  return (
    <details>
      <summary>{t("asTable")}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("colTold")}</th>
            <th scope="col">{t("colWaitedReally")}</th>
            <th scope="col">{t("colCount")}</th>
          </tr>
        </thead>
        <tbody>
          {waits.calibration.map((each, index) => (
            <tr key={index}>
              <th scope="row">{length(each.told_seconds)}</th>
              <td>{length(each.waited_seconds)}</td>
              <td>{each.count}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

const estimators = {
  ours: "errOurs",
  last_to_enter_service: "errLast",
  head_of_line: "errHead",
} as const;

function Errors({ honesty }: { honesty: Honesty }) {
  const errors = honesty.rmse_seconds ?? {};
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("colEstimator")}</th>
          <th scope="col">{t("colError", { n: honesty.compared })}</th>
        </tr>
      </thead>
      <tbody>
        {(Object.keys(estimators) as (keyof typeof estimators)[]).map((name) => (
          <tr key={name}>
            <th scope="row">{t(estimators[name])}</th>
            <td>{length(errors[name] ?? 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const length = (seconds: number): string => lengthWords(seconds, locale.value);

const minutes = (seconds: number): string =>
  new Intl.NumberFormat(locale.value, {
    style: "unit",
    unit: "minute",
    unitDisplay: "narrow",
    maximumFractionDigits: 1,
  }).format(seconds / 60);

function percent(share: number | null): string {
  return share === null
    ? "–"
    : new Intl.NumberFormat(locale.value, { style: "percent" }).format(share);
}

function day(iso: string): string {
  return new Intl.DateTimeFormat(locale.value, { day: "numeric", month: "short" }).format(
    new Date(`${iso}T12:00:00`),
  );
}
