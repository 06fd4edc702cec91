/** Text with its web and mail addresses as links. The text itself is never read as HTML. */

import type { ComponentChildren } from "preact";

const address = /\b(?:https?:\/\/|www\.)[^\s<>"]+|\b[\w.+-]+@[\w-]+\.[\w.-]*\w/gi;

export type Piece = string | { text: string; href: string };

/** Splits `text` into words and links; only http(s) and mailto ever become an address. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const shown = withoutTail(match[0]);
    const href = shown.includes("://")
      ? shown
      : shown.toLowerCase().startsWith("www.")
        ? `https://${shown}`
        : `mailto:${shown}`;
    if (!safeHref(href)) continue;
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push({ text: shown, href });
    from = match.index + shown.length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

/** A full stop or a closing bracket after an address belongs to the sentence. */
function withoutTail(shown: string): string {
  let cut = shown.replace(/[.,;:!?'"»”’\]}]+$/, "");
  while (cut.endsWith(")") && count(cut, ")") > count(cut, "(")) cut = cut.slice(0, -1);
  return cut;
}

const count = (text: string, sign: string): number => text.split(sign).length - 1;

/** Whether an address from outside may be followed: never javascript:, data: and the like. */
export function safeHref(href: string): boolean {
  try {
    return ["http:", "https:", "mailto:"].includes(new URL(href, "https://relative.invalid").protocol);
  } catch {
    return false;
  }
}

export function Linked({ text }: { text: string }): ComponentChildren {
  return pieces(text).map((piece) =>
    typeof piece === "string" ? (
      piece
    ) : (
      <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {piece.text}
      </a>
    ),
  );
}
