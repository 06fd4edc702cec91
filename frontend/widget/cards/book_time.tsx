/** Choosing a time: one native list, by day, in the customer's own zone. */

import { Button } from "../../shared/components";
import { host, locale } from "./host";
import { byDay, zoneName } from "./times";
import { t } from "./words";

let chosen = "";

interface Props {
  times: readonly string[];
  leave: () => void;
}

export function BookTime({ times, leave }: Props) {
  // A time that somebody else has just taken is not there any more.
  const at = times.includes(chosen) ? chosen : times[0]!;
  const book = (event: Event): void => {
    event.preventDefault();
    host.press({ type: "book_callback", at: times.includes(chosen) ? chosen : at });
  };
  return (
    <form onSubmit={book}>
      <label class="comment">
        {t("chooseTime")}
        <select
          class="times"
          ref={focusOnce}
          value={at}
          onChange={(event) => (chosen = event.currentTarget.value)}
        >
          {byDay(times, locale()).map((day) => (
            <optgroup key={day.name} label={day.name}>
              {day.times.map((time) => (
                <option key={time.at} value={time.at}>
                  {`${time.name}, ${day.name}`}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <p class="quiet">{t("zone", { zone: zoneName() })}</p>
      <div class="choices">
        <Button look="primary" submit>
          {t("book")}
        </Button>
        <Button onClick={leave}>{t("back")}</Button>
      </div>
    </form>
  );
}

/** Whoever opened the list goes on in it. */
function focusOnce(list: HTMLSelectElement | null): void {
  list?.focus();
}
