/** What can be made to go wrong at a click, in the words of the simulator's fault scripts. */

/** The flows of this page. */
export type Kind = "vpc_instance" | "container";

/** A request of a flow. */
export interface Target {
  readonly label: string;
  readonly service: "metadata" | "iam";
  readonly method: string;
  readonly path: string;
}

/** The requests of each flow, in their order. */
export const TARGETS: Readonly<Record<Kind, readonly [Target, ...Target[]]>> = {
  vpc_instance: [
    { label: "identity token", service: "metadata", method: "PUT", path: "/identity/v1/token" },
    { label: "IAM token", service: "metadata", method: "POST", path: "/identity/v1/iam_tokens" },
  ],
  container: [{ label: "IAM token", service: "iam", method: "POST", path: "/identity/token" }],
};

/** A fault with a name for people. */
export interface Trouble {
  readonly label: string;
  readonly fault: Readonly<Record<string, unknown>>;
}

/** Those that a page can tell apart. */
export const TROUBLES: readonly Trouble[] = [
  { label: "503", fault: { kind: "status", status: 503 } },
  { label: "429, Retry-After: 7", fault: { kind: "status", status: 429, retry_after: "7" } },
  { label: "401", fault: { kind: "status", status: 401 } },
  { label: "403", fault: { kind: "status", status: 403 } },
  { label: "No answer", fault: { kind: "hang" } },
  { label: "Connection reset", fault: { kind: "reset" } },
  { label: "HTML page", fault: { kind: "html" } },
  { label: "Half the JSON", fault: { kind: "truncated_json" } },
  { label: "Expired on arrival", fault: { kind: "expired_on_arrival" } },
  { label: "Redirect", fault: { kind: "redirect", status: 307, location: "/elsewhere" } },
  { label: "Clock an hour ahead", fault: { kind: "skew", seconds: 3600 } },
];

/** What a fault of the simulator is called here. */
export function labelOf(fault: Readonly<Record<string, unknown>>): string {
  const status = fault["status"];
  const found = TROUBLES.find((trouble) => trouble.fault["kind"] === fault["kind"] && (fault["kind"] !== "status" || trouble.fault["status"] === status));
  return found?.label ?? String(fault["kind"]);
}
