/** The few words that stand on the company's site: [open, close, unread mark, iframe's name]. */
export const words: Record<string, readonly [string, string, string, string]> = {
  en: ["Open chat", "Close chat", "new messages", "Chat"],
  sv: ["Öppna chatten", "Stäng chatten", "nya meddelanden", "Chatt"],
  de: ["Chat öffnen", "Chat schließen", "neue Nachrichten", "Chat"],
  it: ["Apri la chat", "Chiudi la chat", "nuovi messaggi", "Chat"],
  es: ["Abrir el chat", "Cerrar el chat", "mensajes nuevos", "Chat"],
};
