/** What happens now: four figures with their last ten minutes, and the queue. */

import { second } from "../shared/clock";
import { lengthWords, waitClock } from "../shared/durations";
import { locale } from "../shared/i18n";
import { howWords, languageName } from "../shared/told/told";
import type { Counted } from "../shared/waiting";
import { serviceAll, serviceShare } from "./overview";
import type { LineLevel, Overview, QueueEntry } from "./overview";
import { addresses } from "./route";
import { sparkPath } from "./sparkline";
import { t } from "./words";

export interface NowProps {
  overview: Overview | null;
  queue: readonly Counted<QueueEntry>[];
}

export function Now({ overview, queue }: NowProps) {
  return (
    <>
      <h2 tabIndex={-1}>{t("now")}</h2>
      <div class="figures">
        <Figures overview={overview} />
      </div>
      <section class="panel" aria-labelledby="queue-title">
        <h3 id="queue-title">
          {t("queue")} <span class="quiet count">{overview ? queue.length : ""}</span>
        </h3>
        {overview && queue.length === 0 && <p class="empty quiet">{t("queueEmpty")}</p>}
        {queue.length > 0 && <QueueTable queue={queue} />}
      </section>
      {overview?.by_language && overview.by_language.length > 0 && (
        <section class="panel" aria-labelledby="lines-title">
          <h3 id="lines-title">{t("lines")}</h3>
          <LinesTable lines={overview.by_language} />
        </section>
      )}
    </>
  );
}

function Figures({ overview }: { overview: Overview | null }) {
  const now = overview?.now;
  const level = overview?.service_level;
  const share = level ? serviceShare(level) : null;
  const sparks = overview?.sparks ?? {};
  const longest = now?.longest_wait_seconds ?? null;
  return (
    <>
      <Figure
        name={t("waiting")}
        value={whole(now?.waiting)}
        hint={
          longest === null
            ? t("waitingNone")
            : t("waitingHint", { wait: lengthWords(longest, locale.value) })
        }
        values={sparks["waiting"]}
        amber={(now?.waiting ?? 0) > 0}
      />
      <Figure
        name={t("online")}
        value={whole(now?.online)}
        hint={t("onlineHint", { n: now?.with_agents ?? 0 })}
        values={sparks["online"]}
      />
      <Figure
        name={t("withAssistant")}
        value={whole(now?.with_assistant)}
        hint={t("withAssistantHint")}
        values={sparks["with_assistant"]}
      />
      <Figure
        name={t("serviceLevel")}
        value={share === null ? "–" : percent(share)}
        hint={
          level && share !== null
            ? t("serviceHint", {
                within: level.within,
                all: serviceAll(level),
                target: lengthWords(level.target_seconds, locale.value),
              })
            : t("serviceNone")
        }
        values={sparks["service_level"]}
        show={percent}
      />
    </>
  );
}

interface FigureProps {
  name: string;
  value: string;
  hint: string;
  values: readonly number[] | undefined;
  show?(value: number): string;
  amber?: boolean;
}

function Figure({ name, value, hint, values, show = whole, amber }: FigureProps) {
  return (
    <section class={amber ? "figure amber" : "figure"}>
      <h3>{name}</h3>
      <p class="figure-value">{value}</p>
      {values && values.length > 0 && <Sparkline name={name} values={values} show={show} />}
      <p class="quiet figure-hint">{hint}</p>
    </section>
  );
}

const width = 120;
const height = 36;

function Sparkline(props: { name: string; values: readonly number[]; show(value: number): string }) {
  const { name, values, show } = props;
  const label = t("spark", {
    name,
    low: show(Math.min(...values)),
    high: show(Math.max(...values)),
    last: show(values.at(-1) ?? 0),
  });
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <path d={sparkPath(values, width, height)} />
    </svg>
  );
}

function QueueTable({ queue }: { queue: readonly Counted<QueueEntry>[] }) {
  return (
    <table class="queue">
      <thead>
        <tr>
          <th scope="col" class="figure-column">{t("placeColumn")}</th>
          <th scope="col">{t("customerColumn")}</th>
          <th scope="col" class="roomy">{t("languageColumn")}</th>
          <th scope="col" class="roomy">{t("howColumn")}</th>
          <th scope="col" class="figure-column">{t("waitColumn")}</th>
        </tr>
      </thead>
      <tbody>
        {queue.map((entry) => (
          <tr key={entry.conversation}>
            <td class="figure-column">{entry.place}</td>
            <th scope="row">
              <a class="row-link" href={addresses.story(entry.conversation)}>
                {entry.customer ?? t("guest")}
              </a>
              <small class="quiet narrow">
                {languageName(entry.language)} · {howWords(entry.how)}
              </small>
            </th>
            <td class="roomy">{languageName(entry.language)}</td>
            <td class="roomy">{howWords(entry.how)}</td>
            <td class="figure-column wait">
              <Wait sinceMs={entry.sinceMs} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Each language's line in 24 hours: how many in time, and how long until a person answered. */
function LinesTable({ lines }: { lines: readonly LineLevel[] }) {
  const length = (seconds: number | null): string =>
    seconds === null ? "–" : lengthWords(seconds, locale.value);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("languageColumn")}</th>
          <th scope="col">{t("serviceLevel")}</th>
          <th scope="col" class="roomy">{t("medianColumn")}</th>
          <th scope="col">{t("ninetyColumn")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => {
          const share = serviceShare(line);
          return (
            <tr key={line.language}>
              <th scope="row">{languageName(line.language)}</th>
              <td>
                {share === null ? "–" : percent(share)}{" "}
                <span class="quiet">{t("ofAll", { within: line.within, all: serviceAll(line) })}</span>
              </td>
              <td class="roomy">{length(line.median_seconds)}</td>
              <td>{length(line.p90_seconds)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The running wait, in its own component so that each second draws nothing else. */
function Wait({ sinceMs }: { sinceMs: number }) {
  return <>{waitClock((second.value - sinceMs) / 1000)}</>;
}

function whole(value: number | undefined): string {
  return value === undefined ? "–" : new Intl.NumberFormat(locale.value).format(value);
}

function percent(share: number): string {
  return new Intl.NumberFormat(locale.value, { style: "percent" }).format(share);
}
