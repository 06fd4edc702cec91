/** What the assistant hands over with a conversation: why, what was given, what was tried. */

import type { Words } from "./words/en";
import { t } from "./words";

export interface Packet {
  readonly because: string | null;
  /** The customer's words that decided it. */
  readonly quote?: string | null;
  readonly given: readonly { playbook: string; slot: string; value: string }[];
  readonly tried: readonly { kind: string; name: string; outcome: string }[];
  readonly articles: readonly { title: string; url: string }[];
  readonly tone: readonly string[];
  /** Names of procedures and of what they ask for, by their ids; an id says enough without. */
  readonly titles?: Readonly<Record<string, string>>;
}

export function PacketCard({ packet }: { packet: Packet }) {
  const named = (id: string): string => packet.titles?.[id] ?? plain(id);
  return (
    <div class="card tool-card tool-packet">
      {packet.because && (
        <p>
          <span class="quiet small">{t("toolLetGo")}</span> <b>{whyWords(packet.because)}</b>
        </p>
      )}
      {packet.quote && <blockquote class="tool-words">{packet.quote}</blockquote>}
      {packet.given.length > 0 && (
        <>
          <h3 class="quiet small">{t("toolGiven")}</h3>
          <dl>
            {packet.given.map(({ playbook, slot, value }) => (
              <div key={`${playbook}/${slot}`}>
                <dt class="quiet small">{named(slot)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {packet.tried.length + packet.articles.length > 0 && (
        <>
          <h3 class="quiet small">{t("toolTried")}</h3>
          <ul class="plain-list">
            {packet.tried.map((each) => (
              <li key={`${each.kind}/${each.name}`}>
                {named(each.name)} <span class="quiet small">{plain(each.outcome)}</span>
              </li>
            ))}
            {packet.articles.map(({ title, url }) => (
              <li key={url}>
                <a href={url} target="_blank" rel="noopener noreferrer">
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
      {packet.tone.length > 0 && (
        <p class="quiet small">{packet.tone.map((each) => t(`toolTone_${each}` as keyof Words)).join(" · ")}</p>
      )}
    </div>
  );
}

const plain = (id: string): string => id.replaceAll("_", " ");

/** A reason that has no words here yet is shown by its name. */
function whyWords(because: string): string {
  const name = `toolWhy_${because}` as keyof Words;
  const words = t(name);
  return words === name ? plain(because) : words;
}
