/** What only Node can do. A page asks for it; so arguments and results are JSON. */

import type { FileRead } from "trusted-profile";

/** A simulator that runs. */
export interface Started {
  /** Its name, for all further calls. */
  readonly id: number;
  /** What placeholders stand for. */
  readonly values: Readonly<Record<string, string>>;
}

/** Simulators of one's own, and files. */
export interface Outside {
  /** Starts a simulator with the seeded account. */
  start(): Promise<Started>;
  stop(id: number): Promise<void>;
  /** One call of its control API; what it answers. */
  control(id: number, method: string, path: string, body: unknown): Promise<unknown>;
  /** Projects a token into a file of a folder of the runner's own. */
  tokenFile(id: number, token: unknown): Promise<{ readonly path: string; readonly id: string }>;
  readFile(path: string, maxBytes: number): Promise<FileRead>;
}
