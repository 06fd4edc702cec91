/** What the assistant gave the customer to press, for those who read along. */

import type { Card } from "./frames";

export function ShownCard({ card }: { card: Card }) {
  return (
    <section class="shown-card" aria-label={card.title}>
      <b>{card.title}</b>
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
