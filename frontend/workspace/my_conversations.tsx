/** The agent's own conversations: a strip on a phone, a column elsewhere. */

import { Avatar } from "../shared/components";
import { sinceShort } from "../shared/durations";
import type { ConversationCard } from "../shared/frames";
import { locale } from "../shared/i18n";
import { fullTime } from "../shared/time";
import { halfMinute } from "../shared/clock";
import type { Desk } from "./desk";
import { stillReadable } from "./lists";
import { languageName } from "../shared/told/told";
import { addressOf } from "./route";
import { customersLastWordAt } from "./thread";
import { t } from "./words";

export function MyConversations({ desk }: { desk: Desk }) {
  const cards = desk.cards.value;
  const finished = stillReadable(desk.finished.value, halfMinute.value);
  return (
    <section class={cards.length > 1 ? "mine" : "mine alone"} aria-labelledby="mine-title">
      <h2 id="mine-title" tabIndex={-1}>
        {t("mine")}
      </h2>
      {cards.length > 0 ? (
        <ul class="plain-list strip">
          {cards.map((card) => (
            <OwnCard key={card.conversation} desk={desk} card={card} />
          ))}
        </ul>
      ) : (
        <p class="quiet empty">{t("mineEmpty")}</p>
      )}
      {finished.length > 0 && (
        <>
          <h3>{t("finished")}</h3>
          <ul class="plain-list strip">
            {finished.map((each) => (
              <li key={each.conversation}>
                <a
                  class="own-card"
                  href={addressOf(each.conversation)}
                  aria-current={desk.current.value === each.conversation ? "true" : undefined}
                >
                  <Avatar kind="customer" name={each.name ?? t("guest")} small />
                  <span class="own-name">{each.name ?? t("guest")}</span>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function OwnCard({ desk, card }: { desk: Desk; card: ConversationCard }) {
  const thread = desk.threads.value.get(card.conversation);
  const lastWord = (thread && customersLastWordAt(thread.items)) || card.last_at;
  const since = lastWord ? sinceShort(lastWord, halfMinute.value, locale.value) : "";
  return (
    <li>
      <a
        class="own-card"
        href={addressOf(card.conversation)}
        aria-current={desk.current.value === card.conversation ? "true" : undefined}
      >
        <Avatar kind="customer" name={card.customer.name ?? t("guest")} small />
        <span class="own-name">{card.customer.name ?? t("guest")}</span>
        <span class="own-facts quiet">
          <span class="own-language">{languageName(card.language)} · </span>
          <time dateTime={lastWord} title={fullTime(lastWord, locale.value)}>
            <span class="unseen">{t("lastWord", { when: "" })}</span>
            {since}
          </time>
        </span>
        {card.unread > 0 && (
          <span class="badge">
            <span aria-hidden="true">{card.unread > 99 ? "99+" : card.unread}</span>
            <span class="unseen">{t("unread", { n: card.unread })}</span>
          </span>
        )}
      </a>
    </li>
  );
}
