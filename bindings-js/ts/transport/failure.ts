/** What went wrong below HTTP, from the codes that Node gives its errors. */

import { type FailureKind, TransportError } from "../action.js";
import { causeOf } from "./cause.js";

const KINDS: Readonly<Record<string, FailureKind>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EMFILE: "unreachable",
  ENFILE: "unreachable",
  ENOBUFS: "unreachable",
  ETIMEDOUT: "connect_timeout",
  UND_ERR_CONNECT_TIMEOUT: "connect_timeout",
  UND_ERR_HEADERS_TIMEOUT: "read_timeout",
  UND_ERR_BODY_TIMEOUT: "read_timeout",
  ECONNRESET: "interrupted",
  ECONNABORTED: "interrupted",
  EPIPE: "interrupted",
  UND_ERR_SOCKET: "interrupted",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "interrupted",
  CERT_HAS_EXPIRED: "tls_expired",
  CERT_NOT_YET_VALID: "tls_expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "tls_name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls_unknown_issuer",
  SELF_SIGNED_CERT_IN_CHAIN: "tls_unknown_issuer",
  UNABLE_TO_GET_ISSUER_CERT: "tls_unknown_issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls_unknown_issuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls_unknown_issuer",
};

/** A failure of Node's network as the machine knows it. */
export function failureOf(error: unknown, reusedConnection = false): TransportError {
  if (error instanceof TransportError) return error;
  const [found, cause] = [coded(error), causeOf(error)];
  if (found === undefined) return new TransportError("other", error instanceof Error ? error.name : typeof error, { cause });
  return new TransportError(kindOf(found), found.code, { reusedConnection, cause });
}

interface Coded {
  readonly code: string;
  readonly syscall?: unknown;
}

/** A connection that was made can time out as well, and its host can go out of reach: what was sent may have been done. */
function kindOf({ code, syscall }: Coded): FailureKind {
  const kind = kindOfCode(code);
  if (syscall !== "read" && syscall !== "write") return kind;
  return kind === "connect_timeout" ? "read_timeout" : kind === "unreachable" ? "interrupted" : kind;
}

function kindOfCode(code: string): FailureKind {
  const kind = KINDS[code];
  if (kind !== undefined) return kind;
  if (/^(CERT_|ERR_TLS|ERR_SSL|EPROTO$|UNABLE_TO_|HOSTNAME_|INVALID_CA|PATH_LENGTH|CRL_|UNSPECIFIED$)/.test(code)) return "tls";
  if (/^HPE_/.test(code)) return "interrupted";
  return "other";
}

/** The first code in an error and what caused it. */
function coded(error: unknown): Coded | undefined {
  for (let depth = 0, at: unknown = error; depth < 5 && at instanceof Error; depth += 1) {
    const { code, syscall } = at as { readonly code?: unknown; readonly syscall?: unknown };
    if (typeof code === "string") return { code, syscall };
    at = at.cause;
  }
  return undefined;
}
