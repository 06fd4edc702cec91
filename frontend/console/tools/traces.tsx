/** How each of the assistant's answers came about, from top to bottom. */

import { When } from "./parts";
import { t } from "./words";

type Facts = Readonly<Record<string, unknown>>;

export interface Trace {
  readonly id: string;
  readonly in_reply_to: number;
  readonly at: string;
  readonly trace: Facts;
}

/** In the order in which a turn goes; what else is in a trace follows. */
const order = ["understanding", "pressed", "readings", "model", "tools", "passages", "acted", "ended", "guard", "policy"];

export function Traces({ traces }: { traces: readonly Trace[] }) {
  if (traces.length === 0) return null;
  return (
    <section class="work" aria-label={t("workTraces")}>
      <h3>{t("workTraces")}</h3>
      <div class="work-cards">
        {traces.map(({ id, in_reply_to, at, trace }) => (
          <details key={id} class="card trace">
            <summary>
              {t("workTraceOf", { version: in_reply_to })} <When at={at} />
            </summary>
            <Shown value={inOrder(trace)} />
          </details>
        ))}
      </div>
    </section>
  );
}

function inOrder(trace: Facts): Facts {
  const names = [...order.filter((each) => each in trace), ...Object.keys(trace)];
  return Object.fromEntries([...new Set(names)].map((name) => [name, trace[name]]));
}

/** A fact of a trace: lists and records one below the other, with nothing empty. */
function Shown({ value }: { value: unknown }) {
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== "object" || each === null)) return <>{value.join(", ")}</>;
    return (
      <ol class="plain-list">
        {value.map((each, index) => (
          <li key={index}>
            <Shown value={each} />
          </li>
        ))}
      </ol>
    );
  }
  if (typeof value !== "object" || value === null) return <>{String(value)}</>;
  return (
    <dl>
      {Object.entries(value)
        .filter(([, each]) => !isEmpty(each))
        .map(([name, each]) => (
          <div key={name}>
            <dt class="quiet">{name.replaceAll("_", " ")}</dt>
            <dd>
              <Shown value={each} />
            </dd>
          </div>
        ))}
    </dl>
  );
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
