/** The parameters of operations, client by client: `parameters.vpc.ListInstances`. Types only. */

export type * as containers from "./generated/parameters/containers.js";
export type * as iam from "./generated/parameters/iam.js";
export type * as metadata from "./generated/parameters/metadata.js";
export type * as vpc from "./generated/parameters/vpc.js";
