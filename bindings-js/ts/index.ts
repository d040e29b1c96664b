/**
 * An IAM access token for a program on IBM Cloud compute, without a stored secret.
 *
 * @packageDocumentation
 */

export type { FileProblem, FileRead } from "./action.js";
export type { Now } from "./clocks.js";
export type { Patience, TokenCallback } from "./driver.js";
export { type Cause, type ErrorFacts, type ErrorKind, type ServiceFacts, TrustedProfileError } from "./error.js";
export * from "./errors.js";
export type { Instant, SlotStatus, Status, TokenEvent } from "./event.js";
export type * from "./options.js";
export type { Choice } from "./platform/platform.js";
export { type CommonOptions, type Description, TokenProvider } from "./provider.js";
export type { ReadFile } from "./reading.js";
export { AccessToken, type ExternalToken, type Slot } from "./token.js";
export type { Fetch } from "./transport/transport.js";
