import type { Dialect } from "../address.ts";
import { azureCredentials } from "./azure.ts";
import type { CredentialProvider } from "./credentials.ts";
import { gcsCredentials } from "./gcs.ts";
import { s3Credentials } from "./s3.ts";
import type { CredentialContext } from "./source.ts";

/** Returns the provider of the credentials that the environment offers for one kind of bucket. */
export function defaultCredentials(
  dialect: Dialect,
  region: string,
  context: CredentialContext,
): CredentialProvider {
  switch (dialect) {
    case "s3":
      return s3Credentials(context, region);
    case "gcs":
      return gcsCredentials(context);
    case "azure":
      return azureCredentials(context);
  }
}
