/** What shows instead of a browser's own error when the workspace is opened without a network. */

import type { Language } from "../../shared/i18n";

type Words = readonly [title: string, text: string, again: string];

const words: Record<Language, Words> = {
  en: ["No connection", "The workspace needs the network. Nothing you sent is lost.", "Try again"],
  sv: ["Ingen anslutning", "Arbetsplatsen behöver nätet. Inget som du har skickat är borta.", "Försök igen"],
  de: ["Keine Verbindung", "Der Arbeitsplatz braucht das Netz. Nichts, was Sie gesendet haben, ist verloren.", "Noch einmal"],
  it: ["Nessuna connessione", "L’area di lavoro ha bisogno della rete. Niente di ciò che hai inviato è perso.", "Riprova"],
  es: ["Sin conexión", "El espacio de trabajo necesita la red. Nada de lo que enviaste se pierde.", "Probar de nuevo"],
};

export function offlinePage(languages: readonly string[]): Response {
  const known = languages.map((tag) => tag.toLowerCase().split("-")[0] as Language);
  const language = known.find((each) => each in words) ?? "en";
  const [title, text, again] = words[language];
  const page = `<!doctype html><html lang="${language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>body{font:17px/1.5 system-ui,sans-serif;max-width:34ch;margin:20vh auto;
padding:0 16px}a{display:inline-block;padding:12px 0;color:inherit}</style>
<h1>${title}</h1><p>${text}</p><p><a href="/agent">${again}</a></p></html>`;
  return new Response(page, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
}
