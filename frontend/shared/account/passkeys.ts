/** Passkeys in the browser: WebAuthn's objects to and from the JSON that the desk speaks. */

import { api } from "./api";
import type { Me } from "./api";

export interface Passkey {
  readonly id: string;
  readonly label: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

/** The reader closed the browser's passkey window, or no passkey fitted. */
export class PasskeyNotUsed extends Error {}

export function passkeysWork(): boolean {
  return typeof PublicKeyCredential !== "undefined" && window.isSecureContext;
}

export async function signInWithPasskey(): Promise<Me["agent"]> {
  const options = await api<Wrapped<PublicKeyCredentialRequestOptionsJSON>>(
    "/api/sign-in/passkey/options",
    { method: "POST", body: {} },
  );
  const publicKey = requestOptions(unwrap(options));
  const credential = await asked(() => navigator.credentials.get({ publicKey }));
  const answer = await api<{ agent: Me["agent"] }>("/api/sign-in/passkey", {
    method: "POST",
    body: { credential: assertionJson(credential) },
  });
  return answer.agent;
}

/** Makes a passkey on this device for whoever is signed in. */
export async function addPasskey(label: string): Promise<void> {
  const options = await api<Wrapped<PublicKeyCredentialCreationOptionsJSON>>(
    "/api/passkeys/options",
    { method: "POST", body: {} },
  );
  const publicKey = creationOptions(unwrap(options));
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  await api("/api/passkeys", {
    method: "POST",
    body: { credential: attestationJson(credential), label },
  });
}

export async function listPasskeys(): Promise<readonly Passkey[]> {
  const answer = await api<{ passkeys: Passkey[] } | Passkey[]>("/api/passkeys");
  return Array.isArray(answer) ? answer : answer.passkeys;
}

export async function removePasskey(id: string): Promise<void> {
  await api(`/api/passkeys/${encodeURIComponent(id)}`, { method: "DELETE" });
}

type Wrapped<T> = T | { publicKey: T };

function unwrap<T extends object>(options: Wrapped<T>): T {
  return "publicKey" in options ? options.publicKey : options;
}

async function asked(act: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let credential: Credential | null;
  try {
    credential = await act();
  } catch (error) {
    throw new PasskeyNotUsed(error instanceof Error ? error.name : "");
  }
  if (!credential) throw new PasskeyNotUsed("");
  return credential as PublicKeyCredential;
}

// --- JSON in ------------------------------------------------------------------------------

function requestOptions(
  json: PublicKeyCredentialRequestOptionsJSON,
): PublicKeyCredentialRequestOptions {
  if (typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function") {
    return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  }
  return {
    ...json,
    challenge: bytesOf(json.challenge),
    allowCredentials: (json.allowCredentials ?? []).map(descriptor),
  } as unknown as PublicKeyCredentialRequestOptions;
}

function creationOptions(
  json: PublicKeyCredentialCreationOptionsJSON,
): PublicKeyCredentialCreationOptions {
  if (typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function") {
    return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  }
  return {
    ...json,
    challenge: bytesOf(json.challenge),
    user: { ...json.user, id: bytesOf(json.user.id) },
    excludeCredentials: (json.excludeCredentials ?? []).map(descriptor),
  } as unknown as PublicKeyCredentialCreationOptions;
}

function descriptor(json: PublicKeyCredentialDescriptorJSON): PublicKeyCredentialDescriptor {
  return { ...json, id: bytesOf(json.id) } as unknown as PublicKeyCredentialDescriptor;
}

// --- JSON out -----------------------------------------------------------------------------

function assertionJson(credential: PublicKeyCredential): unknown {
  if (typeof credential.toJSON === "function") return credential.toJSON();
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...commonJson(credential),
    response: {
      clientDataJSON: base64url(response.clientDataJSON),
      authenticatorData: base64url(response.authenticatorData),
      signature: base64url(response.signature),
      userHandle: response.userHandle ? base64url(response.userHandle) : null,
    },
  };
}

function attestationJson(credential: PublicKeyCredential): unknown {
  if (typeof credential.toJSON === "function") return credential.toJSON();
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...commonJson(credential),
    response: {
      clientDataJSON: base64url(response.clientDataJSON),
      attestationObject: base64url(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

function commonJson(credential: PublicKeyCredential): object {
  return {
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

export function base64url(buffer: ArrayBuffer): string {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
