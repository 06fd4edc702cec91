/** The console's places and their addresses. */

export type Route =
  | { readonly view: "now" }
  | { readonly view: "conversations" }
  | { readonly view: "story"; readonly id: string; readonly version: number | null }
  | { readonly view: "breaches"; readonly promise: string | null }
  // A place that is loaded when it is opened (later_places.ts); what follows in the address is its.
  | { readonly view: "place"; readonly place: string; readonly path: readonly string[] };

/** The places that are loaded later, in the order of the navigation. */
export const laterNames = ["people", "dispatch", "work", "pay"] as const;

export function routeIn(hash: string): Route {
  const parts = hash.replace(/^#\/?/, "").split("/").map(decoded);
  const [view, first, second] = parts;
  if (view === "conversations" && first) {
    const version = Number(second);
    return { view: "story", id: first, version: second && version > 0 ? version : null };
  }
  if (view === "conversations") return { view };
  if (view === "breaches") return { view, promise: first || null };
  const place = laterNames.find((each) => each === view);
  if (place) return { view: "place", place, path: parts.slice(1) };
  return { view: "now" };
}

export const addresses = {
  place: (place: string, ...path: string[]): string =>
    `#/${[place, ...path].map(encodeURIComponent).join("/")}`,
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
