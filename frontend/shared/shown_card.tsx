/** What the assistant gave the customer to press, for those who read along. */

import type { Card } from "./card";

/** `said` is the message itself: a title that only repeats it is left out. */
export function ShownCard({ card, said }: { card: Card; said: string }) {
  return (
    <section class="shown-card" aria-label={card.title}>
      {card.title !== said && <b>{card.title}</b>}
      {card.lines.length > 0 && (
        <dl>
          {card.lines.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <p class="quiet">{card.choices.map((each) => each.label).join(" · ")}</p>
    </section>
  );
}
