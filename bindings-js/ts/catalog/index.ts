/**
 * Every operation of the metadata service, IAM and the VPC API: `trusted-profile/catalog`.
 *
 * ```ts
 * import { TokenProvider } from "trusted-profile";
 * import { Vpc } from "trusted-profile/catalog";
 *
 * const vpc = new Vpc(await TokenProvider.vpcInstance(), { region: "eu-de" });
 * for await (const instance of vpc.listInstancesItems({ limit: 50 })) console.info(instance.name);
 * ```
 *
 * Clients take their tokens from a `TokenProvider`, and share it with whatever else uses it. Results are plain objects, with
 * the API's own names, and so are bodies; everything may be missing from an answer, and there may be more in it.
 *
 * @module catalog
 */

export {
  type BuiltRequest,
  type CallOptions,
  Client,
  type ClientOptions,
  type MetadataClientOptions,
  type OperationParameters,
  type VpcOptions,
} from "./client.js";
export type * as models from "./models.js";
export type { ContainersOperations } from "./generated/operations/containers.js";
export type { IamOperations } from "./generated/operations/iam.js";
export type { MetadataOperations } from "./generated/operations/metadata.js";
export type { VpcOperations } from "./generated/operations/vpc.js";
export type * as parameters from "./parameter_types.js";
export { Reply } from "./reply.js";
export { Containers, Iam, Metadata, Vpc } from "./services.js";
export {
  buildRequest,
  type ClientName,
  type OperationInfo,
  operations,
  type ParameterInfo,
  parseAnswer,
  type RequestOptions,
} from "./tools.js";
