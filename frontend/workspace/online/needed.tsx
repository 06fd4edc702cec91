/** When you are needed: the hours to come as bars, each with its figure. */

import type { GoingOnline } from "../../shared/frames";
import { locale } from "../../shared/i18n";
import { say } from "./say";

export function Needed({ hours }: { hours: GoingOnline["hours"] }) {
  if (hours.length === 0) return null;
  const most = Math.max(1, ...hours.map((each) => each.needed));
  return (
    <section class="needed">
      <h3>{say("neededTitle")}</h3>
      <ol class="plain-list">
        {hours.map(({ start, needed }) => (
          <li key={start}>
            <span class="needed-hour">{hour(start)}</span>
            <span class="needed-bar" aria-hidden="true">
              <span style={{ width: `${(needed / most) * 100}%` }} />
            </span>
            <span>{say("neededPeople", { n: needed })}</span>
          </li>
        ))}
      </ol>
      <p class="quiet small">{say("neededHint")}</p>
    </section>
  );
}

const hour = (start: string): string =>
  new Date(start).toLocaleTimeString(locale.value, { hour: "2-digit", minute: "2-digit" });
