/** One offer: what it is, what it pays, why it came here, and two equal ways to answer. */

import { useEffect, useRef, useState } from "preact/hooks";

import { Button } from "../../shared/components";
import type { Offer } from "../../shared/frames";
import { locale } from "../../shared/i18n";
import { languageName } from "../../shared/told/told";
import type { Desk } from "../desk";
import { skillName, topicName, whyWords } from "./because";
import { money } from "./money";
import type { OpenOffer } from "./offers";
import { Ring } from "./ring";
import { say } from "./say";

const reasonLimit = 200;
const difficulties = ["difficulty1", "difficulty2", "difficulty3"] as const;

export function OfferCard({ desk, offer, covered }: { desk: Desk; offer: OpenOffer; covered: boolean }) {
  const [reason, setReason] = useState("");
  const card = useRef<HTMLElement>(null);
  useSeen(card, !covered, () => desk.session.seen(offer));
  const underWay = desk.out.stepUnderWay(offer.conversation);
  const { outlook } = desk.session;
  const [first, ...more] = offer.why.map((why) => whyWords(why, outlook.value, locale.value));
  const title = `offer-${offer.id}`;
  return (
    <article class="offer" ref={card} aria-labelledby={title} aria-busy={underWay !== null}>
      <Ring offer={offer} />
      <div class="offer-head">
        <h3 id={title}>{topicWords(desk, offer)}</h3>
        <p class="offer-pay">{money(offer.pay_minor, offer.currency, locale.value)}</p>
        <p class="quiet small">
          {languageName(offer.language)} · <Difficulty level={offer.difficulty} /> ·{" "}
          {say("offerMinutes", { n: offer.expected_minutes })}
        </p>
      </div>
      {first && <p class="offer-why">{first}</p>}
      <div class="offer-answers">
        <Button
          aria-describedby={title}
          aria-disabled={underWay !== null}
          onClick={() => desk.decline(offer, reason.trim() || null)}
        >
          {say(underWay === "decline_offer" ? "offerDeclining" : "offerDecline")}
        </Button>
        <Button
          look="primary"
          aria-describedby={title}
          aria-disabled={underWay !== null}
          onClick={() => desk.accept(offer)}
        >
          {say(underWay === "accept_offer" ? "offerAccepting" : "offerAccept")}
        </Button>
      </div>
      <details class="offer-more">
        <summary>{say("offerMore")}</summary>
        {more.length > 0 && (
          <ul>
            {more.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        )}
        <label for={`reason-${offer.id}`}>{say("offerReason")}</label>
        <input
          id={`reason-${offer.id}`}
          maxLength={reasonLimit}
          placeholder={say("offerReasonPlace")}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </details>
    </article>
  );
}

/** What it is about: the topic, else the skill, else that nobody knows yet. */
export function topicWords(desk: Desk, offer: Pick<Offer, "topic" | "skill">): string {
  const outlook = desk.session.outlook.value;
  if (offer.topic) return topicName(offer.topic, outlook);
  return offer.skill ? skillName(offer.skill, outlook) : say("offerNoTopic");
}

function Difficulty({ level }: { level: number }) {
  const known = Math.min(3, Math.max(1, level));
  return (
    <span class="difficulty">
      <span aria-hidden="true">{"●".repeat(known) + "○".repeat(3 - known)}</span>{" "}
      {say(difficulties[known - 1] ?? "difficulty1")}
    </span>
  );
}

/** Calls `seen` once the card is on screen in a page that is looked at. */
function useSeen(card: { current: HTMLElement | null }, may: boolean, seen: () => void): void {
  useEffect(() => {
    const element = card.current;
    if (!element || !may) return;
    let onScreen = false;
    const look = (): void => {
      if (onScreen && document.visibilityState === "visible") seen();
    };
    const observer = new IntersectionObserver(
      (entries) => {
        onScreen = entries.at(-1)?.isIntersecting ?? false;
        look();
      },
      // Half of it: its head and what it pays.
      { threshold: 0.5 },
    );
    observer.observe(element);
    document.addEventListener("visibilitychange", look);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
  }, [may]);
}
