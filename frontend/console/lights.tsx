/** The promises as a row of lights: told apart by shape and word, and only then by colour. */

import type { PromiseLight } from "./overview";
import { addresses } from "./route";
import { t } from "./words";

const known = ["P1", "P2", "P3", "P4", "P5", "P7", "P8", "P9"] as const;

/** The promise's name in the reader's language; one that we don't know keeps the server's. */
export function promiseName(promise: string, name = ""): string {
  const code = known.find((each) => each === promise);
  return code ? t(code) : name;
}

export function Lights({ promises }: { promises: readonly PromiseLight[] | null }) {
  return (
    <section class="lights" aria-label={t("promises")}>
      <ul class="plain-list">
        {(promises ?? known.map(unknown)).map((each) => (
          <li key={each.promise}>
            <Light light={each} told={promises !== null} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Light({ light, told }: { light: PromiseLight; told: boolean }) {
  const broken = light.breaches_24h > 0;
  const earlier = light.breaches_open - light.breaches_24h;
  return (
    <a
      class={!told ? "light" : broken ? "light broken" : "light kept"}
      href={addresses.breaches(light.promise)}
    >
      <Sign broken={broken} />
      <span class="light-name">
        <b>{light.promise}</b> {promiseName(light.promise, light.name)}
      </span>
      <span class="light-state">
        {told ? t(broken ? "broken" : "kept") : "…"}
        <small>
          {told && t("inADay", { n: light.breaches_24h })}
          {earlier > 0 && ` · ${t("earlier", { n: earlier })}`}
        </small>
      </span>
    </a>
  );
}

/** A round tick for kept, a pointed cross for broken. */
function Sign({ broken }: { broken: boolean }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" class="sign">
      {broken ? (
        <>
          <path class="sign-ground" d="M12 1l11 11-11 11L1 12z" />
          <path class="sign-mark" d="M9 9l6 6M15 9l-6 6" />
        </>
      ) : (
        <>
          <circle class="sign-ground" cx="12" cy="12" r="10" />
          <path class="sign-mark" d="M7.5 12.4l3.1 3.1 6-6.4" />
        </>
      )}
    </svg>
  );
}

function unknown(promise: string): PromiseLight {
  return { promise, name: "", breaches_open: 0, breaches_24h: 0 };
}
