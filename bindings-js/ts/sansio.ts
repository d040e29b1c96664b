/**
 * The token machine without I/O, for a transport, a loop or a framework of your own.
 *
 * The driver owns sockets, clocks, timers and waking; the machine owns every decision:
 *
 * ```ts
 * const machine = await TokenManager.create({ source: "container", profileId: "Profile-..." });
 * const ticket = new Ticket();
 * for (;;) {
 *   const action = machine.poll(ticket);
 *   if (action.kind === "ready") break;
 *   if (action.kind === "failed") throw action.error;
 *   if (action.kind === "wait") await delay(action.atMost);
 *   if (action.kind === "send") machine.handle(action.exchange.id, await send(action.exchange)); // or machine.fail(id, "dns")
 *   if (action.kind === "needFiles") machine.provideFiles(action.id, await read(action.paths));
 * }
 * ```
 *
 * That is all of it for one caller. Where several share a machine, each unit of work (`send`, `needFiles`, `needToken`)
 * runs apart from the caller that got it, and everybody who waits is woken after every report. A waiter registers in the
 * turn in which it polled, or it misses the report that comes between.
 *
 * @packageDocumentation
 */

export { type Action, type Answer, Exchange, type FailureKind, type FileProblem, type FileRead, type Network, TransportError, type Work } from "./action.js";
export type { MetadataService } from "./event.js";
export { type MachineOptions, Ticket, TokenManager } from "./machine.js";
export type { Facts, PolicyOptions, SourceOptions } from "./options.js";
