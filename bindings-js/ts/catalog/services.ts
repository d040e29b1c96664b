/** The client of each service. */

import type { TokenProvider } from "../provider.js";
import { Client, type ClientOptions, define, type MetadataClientOptions, type VpcOptions } from "./client.js";
import { CONTAINERS, IAM, METADATA, VPC } from "./generated/names.js";
import type { ContainersOperations } from "./generated/operations/containers.js";
import type { IamOperations } from "./generated/operations/iam.js";
import type { MetadataOperations } from "./generated/operations/metadata.js";
import type { VpcOperations } from "./generated/operations/vpc.js";

/** A client of the VPC API: a method for each operation. */
export class Vpc extends Client {
  /** @internal Bundlers would give it another one. */
  static override readonly name = "Vpc";

  static {
    define(this, VPC);
  }

  /** A client that takes its tokens from a provider, and may share that with others. */
  constructor(tokens: TokenProvider, options: VpcOptions = {}) {
    super("vpc", tokens, options);
  }
}
/** The operations of VPC. */
export interface Vpc extends VpcOperations {}

/** A client of IAM: tokens, identities, policies and access groups. */
export class Iam extends Client {
  /** @internal */
  static override readonly name = "Iam";

  static {
    define(this, IAM);
  }

  /** A client that takes its tokens from a provider, and may share that with others. */
  constructor(tokens: TokenProvider, options: ClientOptions = {}) {
    super("iam", tokens, options);
  }
}
/** The operations of IAM. */
export interface Iam extends IamOperations {}

/** A client of the metadata service of the instance or bare metal server that this program runs on. */
export class Metadata extends Client {
  /** @internal */
  static override readonly name = "Metadata";

  static {
    define(this, METADATA);
  }

  /** A client of the service that a provider of `vpcInstance` or `bareMetal` gets its tokens from. */
  constructor(tokens: TokenProvider, options: MetadataClientOptions = {}) {
    super("metadata", tokens, options);
  }
}
/** The operations of the metadata service. */
export interface Metadata extends MetadataOperations {}

/** A client of the Kubernetes Service, as far as trusted profiles need it. */
export class Containers extends Client {
  /** @internal */
  static override readonly name = "Containers";

  static {
    define(this, CONTAINERS);
  }

  /** A client that takes its tokens from a provider, and may share that with others. */
  constructor(tokens: TokenProvider, options: ClientOptions = {}) {
    super("containers", tokens, options);
  }
}
/** The operations of the Kubernetes Service. */
export interface Containers extends ContainersOperations {}
