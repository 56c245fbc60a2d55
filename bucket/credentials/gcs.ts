import { LockAccessError } from "../../lock/mod.ts";
import { readVariable } from "../environment.ts";
import { type ServiceAccountKey, signJwt, type TokenClaims } from "../sign/jwt.ts";
import { SigningClock } from "../sign/signing_clock.ts";
import type { BearerToken, CredentialProvider } from "./credentials.ts";
import {
  askSource,
  checkSourceUrl,
  type CredentialContext,
  endOf,
  noCredentials,
  parseObject,
  readSourceFile,
  type SourceResponse,
} from "./source.ts";

const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";
const TOKEN_URL = "https://oauth2.googleapis.com/token";
const TOKEN_PATH = "/computeMetadata/v1/instance/service-accounts/default/token";

/**
 * Returns the provider of access tokens that the environment offers: `GOOGLE_OAUTH_ACCESS_TOKEN`; else the service account
 * whose file `GOOGLE_APPLICATION_CREDENTIALS` names; else that of the pod or the machine, by the metadata server.
 */
export function gcsCredentials(context: CredentialContext): CredentialProvider<BearerToken> {
  const accessToken = readVariable(context, "GOOGLE_OAUTH_ACCESS_TOKEN");
  if (accessToken !== undefined) return () => Promise.resolve({ accessToken });
  const file = readVariable(context, "GOOGLE_APPLICATION_CREDENTIALS");
  return file === undefined ? () => metadataToken(context) : serviceAccount(context, file);
}

/** Asks the metadata server of Google's cloud for the token of the pod's or the machine's service account. */
async function metadataToken(context: CredentialContext): Promise<BearerToken> {
  const host = readVariable(context, "GCE_METADATA_HOST") ?? "metadata.google.internal";
  const response = await askSource(context, {
    service: "Google's metadata server (GOOGLE_APPLICATION_CREDENTIALS is not set)",
    url: checkSourceUrl("GCE_METADATA_HOST", `http://${host}${TOKEN_PATH}`),
    headers: { "metadata-flavor": "Google" },
  });
  // Anything else at this address is not the metadata server.
  if (response.headers.get("metadata-flavor") !== "Google") throw noCredentials(response);
  return readBearerToken(context, response);
}

/**
 * Exchanges a text that is signed with the key of a service account for a token.
 *
 * @param file The account's key file, in JSON.
 */
function serviceAccount(
  context: CredentialContext,
  file: string,
): CredentialProvider<BearerToken> {
  const signingClock = new SigningClock(context.clock, () => {});
  return async () => {
    const key = await readKeyFile(context, file);
    let date: string | null = null;
    const exchange = () => exchangeKey(context, key, signingClock.now(), (seen) => date = seen);
    try {
      return await exchange();
    } catch (error) {
      // By Google's clock, the signed time was too early or too late.
      if (error instanceof LockAccessError && signingClock.correct(date)) return await exchange();
      throw error;
    }
  };
}

/** A service account's key, and who takes what it signs. */
interface KeyFile extends ServiceAccountKey {
  readonly tokenUrl: string;
}

async function exchangeKey(
  context: CredentialContext,
  key: KeyFile,
  time: number,
  onDate: (date: string | null) => void,
): Promise<BearerToken> {
  const assertion = sign(key, { scope: SCOPE, audience: key.tokenUrl, time });
  const response = await askSource(context, {
    service: "Google's token service",
    url: key.tokenUrl,
    form: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion },
    secrets: [assertion],
    onDate,
  });
  return readBearerToken(context, response);
}

async function readKeyFile(context: CredentialContext, file: string): Promise<KeyFile> {
  const variable = "GOOGLE_APPLICATION_CREDENTIALS";
  const value = parseObject(await readSourceFile(context, file, variable));
  if (value["type"] !== "service_account") {
    throw new LockAccessError(
      `The file that ${variable} names must be the key of a service account: for credentials of another type, pass a function that returns an access token`,
    );
  }
  const { client_email, private_key, private_key_id, token_uri = TOKEN_URL } = value;
  if (
    typeof client_email !== "string" || typeof private_key !== "string" ||
    typeof token_uri !== "string"
  ) {
    throw new LockAccessError(`The file that ${variable} names has no client_email or private_key`);
  }
  return {
    clientEmail: client_email,
    privateKey: private_key,
    ...(typeof private_key_id === "string" && { privateKeyId: private_key_id }),
    tokenUrl: checkSourceUrl("token_uri", token_uri),
  };
}

/** Signs, and keeps what the cryptographic library says of a key out of the error: it may quote it. */
function sign(key: KeyFile, claims: TokenClaims): string {
  try {
    return signJwt(key, claims);
  } catch {
    throw new LockAccessError(
      "The private_key of the service account must be an RSA key in PEM: download the key file again",
    );
  }
}

/** Reads the response of an OAuth 2.0 token service. */
export function readBearerToken(
  { clock }: CredentialContext,
  response: SourceResponse,
): BearerToken {
  const { access_token, expires_in } = parseObject(response.text);
  if (typeof access_token !== "string") throw noCredentials(response);
  const expiration = endOf(expires_in, clock);
  return { accessToken: access_token, ...(expiration !== undefined && { expiration }) };
}
