/** What bodies and answers hold, service by service: `models.vpc.Instance`. Types only. */

export type * as containers from "./generated/models/containers.js";
export type * as iamAccessGroups from "./generated/models/iam_access_groups.js";
export type * as iamIdentity from "./generated/models/iam_identity.js";
export type * as iamPolicyManagement from "./generated/models/iam_policy_management.js";
export type * as iamToken from "./generated/models/iam_token.js";
export type * as metadata from "./generated/models/metadata.js";
export type * as vpc from "./generated/models/vpc.js";
