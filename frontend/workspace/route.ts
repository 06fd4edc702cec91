/** Which conversation is on screen, in the address: the phone's back button goes home. */

const prefix = "#c/";

export function conversationInAddress(hash: string): string | null {
  if (!hash.startsWith(prefix)) return null;
  try {
    return decodeURIComponent(hash.slice(prefix.length)) || null;
  } catch {
    return null;
  }
}

export function addressOf(conversation: string | null): string {
  return conversation ? prefix + encodeURIComponent(conversation) : "#";
}
