import { LockAccessError } from "../../lock/mod.ts";
import { readDate } from "../../store/kit.ts";
import { readVariable } from "../environment.ts";
import type { CredentialProvider, S3Credentials } from "./credentials.ts";
import {
  askSource,
  checkSourceUrl,
  type CredentialContext,
  noCredentials,
  parseObject,
  readToken,
  type SourceResponse,
} from "./source.ts";

/**
 * Returns the provider of access keys that the environment offers: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; else a web
 * identity (IRSA); else those of a container (EKS Pod Identity, ECS); else the role of the EC2 instance.
 *
 * @param region The region of the service that takes web identities; `""` for the global one.
 */
export function s3Credentials(
  context: CredentialContext,
  region: string,
): CredentialProvider<S3Credentials> {
  const has = (name: string) => readVariable(context, name) !== undefined;
  if (has("AWS_ACCESS_KEY_ID") || has("AWS_SECRET_ACCESS_KEY")) {
    return () => environmentKeys(context);
  }
  if (has("AWS_WEB_IDENTITY_TOKEN_FILE")) return () => webIdentity(context, region);
  if (has("AWS_CONTAINER_CREDENTIALS_FULL_URI") || has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    return () => containerCredentials(context);
  }
  return () => instanceRole(context);
}

/** Reads `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. */
// deno-lint-ignore require-await -- a missing variable must reject, not throw
async function environmentKeys(context: CredentialContext): Promise<S3Credentials> {
  const accessKeyId = readVariable(context, "AWS_ACCESS_KEY_ID");
  const secretAccessKey = readVariable(context, "AWS_SECRET_ACCESS_KEY");
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = accessKeyId === undefined ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY";
    throw new LockAccessError(`No complete access key: set ${missing}, too`);
  }
  const sessionToken = readVariable(context, "AWS_SESSION_TOKEN");
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** Exchanges the token of a Kubernetes service account for an access key (IRSA). */
async function webIdentity(context: CredentialContext, region: string): Promise<S3Credentials> {
  const role = readVariable(context, "AWS_ROLE_ARN");
  const file = readVariable(context, "AWS_WEB_IDENTITY_TOKEN_FILE");
  if (role === undefined || file === undefined) {
    throw new LockAccessError(
      "No role for the web identity: set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE",
    );
  }
  const token = await readToken(context, file, "AWS_WEB_IDENTITY_TOKEN_FILE");
  const service = region === "" ? "sts" : `sts.${region}`;
  const top = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const url = readVariable(context, "AWS_ENDPOINT_URL_STS") ?? `https://${service}.${top}/`;
  const response = await askSource(context, {
    service: "AWS STS",
    url: checkSourceUrl("AWS_ENDPOINT_URL_STS", url),
    form: {
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: role,
      RoleSessionName: readVariable(context, "AWS_ROLE_SESSION_NAME") ?? "leader-election",
      WebIdentityToken: token,
    },
    secrets: [token, encodeURIComponent(token)],
  });
  const element = (name: string) =>
    new RegExp(`<${name}>\\s*([^<]+?)\\s*</${name}>`).exec(response.text)?.[1]
      ?.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  return readKey(context, response, {
    AccessKeyId: element("AccessKeyId"),
    SecretAccessKey: element("SecretAccessKey"),
    Token: element("SessionToken"),
    Expiration: element("Expiration"),
  });
}

/** Asks the agent of EKS Pod Identity or ECS. */
async function containerCredentials(context: CredentialContext): Promise<S3Credentials> {
  const relative = readVariable(context, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const full = readVariable(context, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  const url = relative === undefined
    ? checkSourceUrl("AWS_CONTAINER_CREDENTIALS_FULL_URI", full ?? "")
    : new URL(`http://169.254.170.2/${relative.replace(/^\/+/, "")}`).href;
  const file = readVariable(context, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  const token = file === undefined
    ? readVariable(context, "AWS_CONTAINER_AUTHORIZATION_TOKEN")
    : await readToken(context, file, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (token !== undefined && !/^[\x20-\x7e]+$/.test(token)) {
    throw new LockAccessError("AWS_CONTAINER_AUTHORIZATION_TOKEN must be visible ASCII");
  }
  const response = await askSource(context, {
    service: "the container's credentials service",
    url,
    ...(token !== undefined && { headers: { authorization: token }, secrets: [token] }),
  });
  return readKey(context, response, parseObject(response.text));
}

/** How long the session with the metadata service lasts, in seconds. One is opened for each use. */
const SESSION_SECONDS = 300;

/** Asks the metadata service of the EC2 instance for its role's access key, by IMDSv2. */
async function instanceRole(context: CredentialContext): Promise<S3Credentials> {
  if (readVariable(context, "AWS_EC2_METADATA_DISABLED")?.toLowerCase() === "true") {
    throw new LockAccessError(
      "No AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the workload a role",
    );
  }
  const service = "the metadata service of EC2 (AWS_ACCESS_KEY_ID is not set)";
  const base = checkSourceUrl("AWS_EC2_METADATA_SERVICE_ENDPOINT", instanceEndpoint(context))
    .replace(/\/+$/, "");
  const session = await askSource(context, {
    service,
    method: "PUT",
    url: `${base}/latest/api/token`,
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": String(SESSION_SECONDS) },
  });
  const token = session.text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw noCredentials(session);
  const get = (path: string) =>
    askSource(context, {
      service,
      url: `${base}/latest/meta-data/iam/security-credentials/${path}`,
      headers: { "x-aws-ec2-metadata-token": token },
      secrets: [token],
    });
  const role = (await get("")).text.trim().split("\n", 1)[0] ?? "";
  if (!/^[\w+=,.@-]{1,64}$/.test(role)) {
    throw new LockAccessError("No AWS credentials: the EC2 instance has no role");
  }
  const response = await get(role);
  return readKey(context, response, parseObject(response.text));
}

function instanceEndpoint(context: CredentialContext): string {
  const mode = readVariable(context, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
  return readVariable(context, "AWS_EC2_METADATA_SERVICE_ENDPOINT") ??
    (mode?.toLowerCase() === "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
}

/** Reads an access key as AWS's services spell it. Its end is moved to our own clock, which may be wrong. */
function readKey(
  { clock }: CredentialContext,
  response: SourceResponse,
  value: Readonly<Record<string, unknown>>,
): S3Credentials {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = value;
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    throw noCredentials(response);
  }
  const now = clock.wall();
  const ahead = (readDate(response.headers.get("date")) ?? now) - now;
  const end = typeof Expiration === "string" ? Date.parse(Expiration) - ahead : NaN;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof Token === "string" && { sessionToken: Token }),
    ...(Number.isFinite(end) && { expiration: new Date(Math.max(end, now)) }),
  };
}
