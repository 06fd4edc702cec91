/** The field of the answer: the composer's own, written into as if by hand. */

export function answerField(): HTMLTextAreaElement | null {
  const field = document.getElementById("answer");
  return field instanceof HTMLTextAreaElement ? field : null;
}

/** Puts text where the cursor is, or in place of what lies between two positions. */
export function insert(text: string, from?: number, to?: number): void {
  const field = answerField();
  if (!field) return;
  const start = from ?? field.selectionStart;
  const end = to ?? field.selectionEnd;
  const before = field.value.slice(0, start);
  const gap = from === undefined && before && !/\s$/.test(before) ? "\n" : "";
  field.setRangeText(gap + text, start, end, "end");
  // The composer hears of it as of any other writing: it keeps the draft, counts and grows.
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
