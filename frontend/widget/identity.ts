/**
 * Who the customer is: a guest with a token of ours, or a person whom the company's own
 * token (JWT) names. A guest's token lives in localStorage and is rotated once a day.
 */

import { SignedOut } from "../shared/socket";
import { store } from "../shared/storage";

interface Guest {
  token: string;
  customer: string;
  /** When the token was given, in milliseconds. */
  at: number;
}

const guestKey = "alltid:guest";
const day = 24 * 60 * 60_000;

let companyToken: string | null = null;

export const hasGuest = (): boolean => readGuest() !== null;
export const isCompany = (): boolean => companyToken !== null;

/** Whether `jwt` names the person that we already speak as. */
export const isSame = (jwt: string): boolean =>
  companyToken !== null && subject(jwt) !== "" && subject(jwt) === subject(companyToken);

/** The company's page says who is signed in there; null when that ends. */
export function setCompanyToken(jwt: string | null): void {
  companyToken = jwt;
}

export function forgetGuest(): void {
  store.remove(guestKey);
}

/** The token of the moment, made or rotated where that is due. */
export async function token(): Promise<string> {
  if (companyToken) return companyToken;
  const guest = readGuest();
  if (guest && Date.now() - guest.at < day) return guest.token;
  return oneAtATime(async () => {
    // Another tab may have done it while we stood in line.
    const now = readGuest();
    if (now && Date.now() - now.at < day) return now.token;
    return now ? rotate(now) : newGuest();
  });
}

/** After the server refused the token of the moment. */
export async function renew(): Promise<void> {
  if (companyToken) throw new SignedOut();
  const refused = readGuest()?.token;
  await oneAtATime(async () => {
    const now = readGuest();
    if (now?.token !== refused) return;
    await (now ? rotate(now) : newGuest());
  });
}

/** Where this customer's outbox is kept; a customer has one conversation. */
export function scope(): string {
  return companyToken ? `company:${subject(companyToken)}` : `guest:${readGuest()?.customer ?? ""}`;
}

/** The name inside a token, unverified: only a key for our own storage. */
function subject(jwt: string): string {
  try {
    const body = (jwt.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    return String((JSON.parse(atob(body)) as { sub?: unknown }).sub ?? "");
  } catch {
    return "";
  }
}

function readGuest(): Guest | null {
  try {
    const guest = JSON.parse(store.get(guestKey) ?? "null") as Guest | null;
    return typeof guest?.token === "string" ? guest : null;
  } catch {
    return null;
  }
}

async function rotate(guest: Guest): Promise<string> {
  const response = await post("/api/customer/refresh", guest.token);
  // A token that cannot be rotated any more opens nothing: begin as a new guest.
  if (response.status === 401 || response.status === 403) return newGuest();
  return keep(response);
}

const newGuest = async (): Promise<string> => keep(await post("/api/customer/guest"));

async function keep(response: Response): Promise<string> {
  if (!response.ok) throw new Error();
  const given = (await response.json()) as { token: string; customer: { id: string } };
  const guest: Guest = { token: given.token, customer: given.customer.id, at: Date.now() };
  store.set(guestKey, JSON.stringify(guest));
  return guest.token;
}

function post(path: string, bearer?: string): Promise<Response> {
  return fetch(path, {
    method: "POST",
    credentials: "omit",
    headers: bearer ? { Authorization: `Bearer ${bearer}` } : {},
  });
}

/** Two tabs that open together must become one guest, not two. */
async function oneAtATime<T>(act: () => Promise<T>): Promise<T> {
  let begun = false;
  try {
    return (await navigator.locks.request("alltid:guest", () => {
      begun = true;
      return act();
    })) as T;
  } catch (error) {
    // Old browsers have no locks, and frames with blocked storage may not use them.
    if (begun) throw error;
    return act();
  }
}
