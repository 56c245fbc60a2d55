import { LockAccessError } from "../../lock/mod.ts";
import { readVariable } from "../environment.ts";
import type { AccountKey, BearerToken, CredentialProvider, SasToken } from "./credentials.ts";
import { readBearerToken } from "./gcs.ts";
import { askSource, checkSourceUrl, type CredentialContext, readToken } from "./source.ts";

const SCOPE = "https://storage.azure.com/.default";
const RESOURCE = "https://storage.azure.com/";
const AUTHORITY = "https://login.microsoftonline.com/";

/**
 * Returns the provider of credentials that the environment offers: `AZURE_STORAGE_SAS_TOKEN`; else `AZURE_STORAGE_KEY`; else the
 * workload identity that `AZURE_FEDERATED_TOKEN_FILE` belongs to; else the machine's managed identity.
 */
export function azureCredentials(
  context: CredentialContext,
): CredentialProvider<BearerToken | SasToken | AccountKey> {
  const sasToken = readVariable(context, "AZURE_STORAGE_SAS_TOKEN");
  if (sasToken !== undefined) return () => Promise.resolve({ sasToken });
  const accountKey = readVariable(context, "AZURE_STORAGE_KEY");
  if (accountKey !== undefined) return () => Promise.resolve({ accountKey });
  const file = readVariable(context, "AZURE_FEDERATED_TOKEN_FILE");
  return () => file === undefined ? managedIdentity(context) : workloadIdentity(context, file);
}

/**
 * Exchanges the token of a Kubernetes service account for one of Microsoft Entra.
 *
 * @param file The file that Kubernetes keeps the token in.
 */
async function workloadIdentity(context: CredentialContext, file: string): Promise<BearerToken> {
  const tenant = readVariable(context, "AZURE_TENANT_ID");
  const client = readVariable(context, "AZURE_CLIENT_ID");
  if (tenant === undefined || client === undefined || !/^[\w.-]{1,255}$/.test(tenant)) {
    throw new LockAccessError(
      "No workload identity: set AZURE_TENANT_ID and AZURE_CLIENT_ID next to AZURE_FEDERATED_TOKEN_FILE",
    );
  }
  const assertion = await readToken(context, file, "AZURE_FEDERATED_TOKEN_FILE");
  const host = readVariable(context, "AZURE_AUTHORITY_HOST") ?? AUTHORITY;
  const authority = checkSourceUrl("AZURE_AUTHORITY_HOST", host).replace(/\/+$/, "");
  const response = await askSource(context, {
    service: "Microsoft Entra",
    url: `${authority}/${tenant}/oauth2/v2.0/token`,
    form: {
      grant_type: "client_credentials",
      client_id: client,
      scope: SCOPE,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    },
    secrets: [assertion],
  });
  return readBearerToken(context, response);
}

/** Asks the metadata service of an Azure machine for the token of its managed identity. */
async function managedIdentity(context: CredentialContext): Promise<BearerToken> {
  const client = readVariable(context, "AZURE_CLIENT_ID");
  const query = new URLSearchParams({
    "api-version": "2018-02-01",
    resource: RESOURCE,
    ...(client !== undefined && { client_id: client }),
  });
  const response = await askSource(context, {
    service: "the metadata service of Azure (no other credentials are set)",
    url: `http://169.254.169.254/metadata/identity/oauth2/token?${query}`,
    headers: { metadata: "true" },
  });
  return readBearerToken(context, response);
}
