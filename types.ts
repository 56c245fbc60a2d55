import type {
  AccessKey,
  AccountKey,
  BearerToken,
  BucketCredentials,
  BucketOptions,
  CredentialProvider,
  Environment,
  Expiring,
  S3Credentials,
  SasToken,
} from "./bucket/mod.ts";
import type {
  CampaignControl,
  HandoverRequest,
  HandoverResult,
  LastObserved,
  Leadership,
  Preference,
  PreferenceOptions,
  TimingOptions,
  WatchOptions,
} from "./elector/mod.ts";
import type { GistOptions, Protocol } from "./gist/mod.ts";
import type {
  CallOptions,
  LockErrorCode,
  LockTimings,
  Quota,
  RequestCounts,
  SleepOptions,
} from "./lock/mod.ts";
import type { Snapshot, Store, StoreLock, StoreLockOptions } from "./store/mod.ts";

/**
 * The types of options and results to which the other names refer. Each is also exported by its own folder, such as
 * `./lock`.
 */
export declare namespace Types {
  export type {
    AccessKey,
    AccountKey,
    BearerToken,
    BucketCredentials,
    BucketOptions,
    CallOptions,
    CampaignControl,
    CredentialProvider,
    Environment,
    Expiring,
    GistOptions,
    HandoverRequest,
    HandoverResult,
    LastObserved,
    Leadership,
    LockErrorCode,
    LockTimings,
    Preference,
    PreferenceOptions,
    Protocol,
    Quota,
    RequestCounts,
    S3Credentials,
    SasToken,
    SleepOptions,
    Snapshot,
    Store,
    StoreLock,
    StoreLockOptions,
    TimingOptions,
    WatchOptions,
  };
}
