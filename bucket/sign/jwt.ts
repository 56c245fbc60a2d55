import { Buffer } from "node:buffer";
import { sign } from "node:crypto";

export interface ServiceAccountKey {
  /** The account's address, such as `elector@project.iam.gserviceaccount.com`. */
  readonly clientEmail: string;
  /** The private RSA key, in PEM. */
  readonly privateKey: string;
  readonly privateKeyId?: string | undefined;
}

export interface TokenClaims {
  /** What the token may be used for. */
  readonly scope: string;
  /** Who exchanges the signed text for a token. */
  readonly audience: string;
  /** When it is signed, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/** How long a signed text can be exchanged for a token, in seconds: the longest time that Google takes. */
const LIFETIME_SECONDS = 3_600;

/**
 * Returns a JSON Web Token, signed with RS256, that Google exchanges for an access token.
 *
 * @throws {Error} If the private key cannot be read.
 */
export function signJwt(key: ServiceAccountKey, { scope, audience, time }: TokenClaims): string {
  const issued = Math.floor(time / 1_000);
  const header = {
    alg: "RS256",
    typ: "JWT",
    ...(key.privateKeyId !== undefined && { kid: key.privateKeyId }),
  };
  const claims = {
    iss: key.clientEmail,
    scope,
    aud: audience,
    iat: issued,
    exp: issued + LIFETIME_SECONDS,
  };
  const text = `${base64Url(header)}.${base64Url(claims)}`;
  const signature = sign("RSA-SHA256", Buffer.from(text), key.privateKey);
  return `${text}.${signature.toString("base64url")}`;
}

function base64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
