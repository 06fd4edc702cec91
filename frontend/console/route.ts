/** The console's places and their addresses. */

export type Route =
  | { readonly view: "now" }
  | { readonly view: "conversations" }
  | { readonly view: "story"; readonly id: string; readonly version: number | null }
  | { readonly view: "breaches"; readonly promise: string | null };

export function routeIn(hash: string): Route {
  const [view, first, second] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (view === "conversations" && first) {
    const version = Number(second);
    return { view: "story", id: first, version: second && version > 0 ? version : null };
  }
  if (view === "conversations") return { view };
  if (view === "breaches") return { view, promise: first || null };
  return { view: "now" };
}

export const addresses = {
  now: "#/now",
  conversations: "#/conversations",
  story: (id: string, version?: number): string =>
    `#/conversations/${encodeURIComponent(id)}${version ? `/${version}` : ""}`,
  breaches: (promise?: string): string => `#/breaches${promise ? `/${promise}` : ""}`,
};

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
