/** The options of sources and policies, by IBM's names in JavaScript's spelling. */

/** A trusted profile; at most one of the three. */
export interface ProfileOptions {
  /** By id, such as `Profile-9fd84264-7de4-4627-94c4-8ecde51d5ac5`. */
  readonly profileId?: string | undefined;
  /** By CRN. */
  readonly profileCrn?: string | undefined;
  /** By name. */
  readonly profileName?: string | undefined;
}

/** On a VPC instance or bare metal server. Without a profile, the instance's default trusted profile is taken. */
export interface MetadataOptions extends ProfileOptions {
  /** Another address of the metadata service. */
  readonly endpoint?: string | undefined;
  /** How the metadata service is reached; `auto` unless given. */
  readonly protocol?: "auto" | "http" | "https" | undefined;
  /** The version date of the metadata service, `YYYY-MM-DD`. */
  readonly version?: string | undefined;
  /** The life of the identity token, 5 to 3600 **seconds**. */
  readonly identityTokenExpiresIn?: number | undefined;
}

/** How IAM is asked. */
export interface IamOptions {
  /** Where IAM is: `public`, `private`, `private(<region>)` or an address. */
  readonly endpoint?: string | undefined;
  /** Scopes, separated by blanks. Rarely needed. */
  readonly scope?: string | undefined;
  /** A client registered with IAM. Rarely needed. */
  readonly clientId?: string | undefined;
  /** Its secret. */
  readonly clientSecret?: string | undefined;
}

/** In a pod or Code Engine. A profile has to be named. */
export interface ContainerOptions extends ProfileOptions, IamOptions {
  /** The compute resource token's file, instead of the usual places. It is read for every exchange. */
  readonly crTokenFile?: string | undefined;
  /** The token itself, instead of a file; it is not renewed. */
  readonly crToken?: string | undefined;
}

/** Another profile on top of a source. */
export interface AssumeOptions extends ProfileOptions {
  /** The account of `profileName`. */
  readonly accountId?: string | undefined;
  /** Where IAM is; where `base` asks it, unless given. */
  readonly endpoint?: string | undefined;
}

/** A source with its options, as `TokenProvider.from`, `assume` and the machine of `trusted-profile/sansio` take it. */
export type SourceOptions =
  | ({ readonly source: "vpc_instance" | "bare_metal" } & MetadataOptions)
  | ({ readonly source: "container" } & ContainerOptions)
  | ({ readonly source: "api_key"; readonly apiKey: string } & IamOptions)
  | ({ readonly source: "assume"; readonly base: SourceOptions } & AssumeOptions)
  | { readonly source: "external" }
  | { readonly source: "bearer"; readonly token: string };

/** How long one kind of request may take, in milliseconds. */
export interface Timeouts {
  /** To connect, TLS not included. */
  readonly connect: number;
  /** One attempt, to the last byte of its answer. */
  readonly attempt: number;
  /** All attempts until a caller is told that there is no token, with the pauses between them. */
  readonly round: number;
}

/**
 * Times in milliseconds, numbers of attempts and expectations; [all of them with their
 * defaults](https://github.com/trusted-profile/trusted-profile/blob/main/docs/policy.md).
 */
export interface PolicyOptions {
  /** The metadata service: to connect without TLS, one attempt to the last byte of its answer, all attempts of a round. Given together. */
  readonly linkLocal?: Timeouts | undefined;
  /** IAM: to connect without TLS, one attempt to the last byte of its answer, all attempts of a round. Given together. */
  readonly remote?: Timeouts | undefined;
  /** The most attempts in a round, 1 to 100. Default 4. */
  readonly maxAttempts?: number | undefined;
  /** The longest first pause between attempts; doubles. Default 200 ms. */
  readonly backoffBase?: number | undefined;
  /** The longest pause between attempts. Default 5000 ms. */
  readonly backoffMax?: number | undefined;
  /** The most of a service's `Retry-After` that is obeyed. Default 30000 ms. */
  readonly retryAfterMax?: number | undefined;
  /** How long a failed round answers newcomers without traffic. Default 5000 ms. */
  readonly cooldown?: number | undefined;
  /** The pause after a failed refresh; doubles. Default 10000 ms. */
  readonly refreshBackoffBase?: number | undefined;
  /** The longest pause after failed refreshes. Default 300000 ms. */
  readonly refreshBackoffMax?: number | undefined;
  /** When a token is refreshed at the latest, as a part of its life, above 0 and up to 0.95: 0.8 is after 48 minutes of an hour. Default 0.8. */
  readonly refreshAt?: number | undefined;
  /** How much earlier than `refreshAt` at most, so that a fleet spreads out, as a part of the token's life. Default 0.1. */
  readonly refreshJitter?: number | undefined;
  /** The most that is kept clear of a token's end; never more than a tenth of its life. Default 10000 ms. */
  readonly marginMax?: number | undefined;
  /**
   * How long a service that refuses every token causes no further fetches: after a refused token was dropped, a second refusal
   * within this time drops the token it was made of as well, and further ones change nothing. Default 10000 ms.
   */
  readonly invalidateWindow?: number | undefined;
  /** How long past its timeout a request may still be answered; then it counts as lost, and the next attempt begins. Default 2000 ms. */
  readonly leaseGrace?: number | undefined;
  /** How long reading token files may take. Default 2000 ms. */
  readonly inputLease?: number | undefined;
  /** How long a token file that was named may be empty. Default 2000 ms. */
  readonly emptyFileGrace?: number | undefined;
  /** How long https may take to connect while `protocol` is `auto`. Default 250 ms. */
  readonly probeConnectTimeout?: number | undefined;
  /** On first boot: until the first token, "not linked", "not eligible" and "unreachable" are tried again for so long; each attempt that only this forgives is an event `not_ready`. Default 0 ms. */
  readonly waitUntilReady?: number | undefined;
  /** From which difference of the clocks it is reported. Default 60000 ms. */
  readonly skewReported?: number | undefined;
  /** The largest answer, 1 KiB to 64 MiB. Default 1048576 bytes. */
  readonly maxResponseBytes?: number | undefined;
  /** The largest token file, 1 KiB to 64 MiB. Default 65536 bytes. */
  readonly maxFileBytes?: number | undefined;
  /** Tokens of any other account are refused. */
  readonly expectedAccountId?: string | undefined;
  /** Tokens of any other trusted profile are refused. */
  readonly expectedProfileId?: string | undefined;
}

/** What is known of this machine; it orders the causes in errors. */
export interface Facts {
  /** Inside a container. */
  readonly container?: boolean | undefined;
  /** Inside a Kubernetes pod. */
  readonly kubernetes?: boolean | undefined;
  /** Inside Code Engine. */
  readonly codeEngine?: boolean | undefined;
  /** A proxy variable is set. */
  readonly proxySet?: boolean | undefined;
  /** As Rust names it, such as `x86_64`. */
  readonly arch?: string | undefined;
  /** As Rust names it, such as `linux`. */
  readonly os?: string | undefined;
}
