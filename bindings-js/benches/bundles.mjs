// What a bundler makes of either side for a page: bytes, minified, before and after compression.
import { writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync, formatMessagesSync } from "esbuild";

/** Our side as it is; the peer's with every module of Node's replaced by an empty one, and what it lacks without. */
export function bundles(ours, peer) {
  const empty = join(peer.root, "empty.cjs");
  writeFileSync(empty, "module.exports = {};\n");
  const alias = Object.fromEntries(builtinModules.filter((name) => !name.startsWith("_")).flatMap((name) => [[name, empty], [`node:${name}`, empty]]));
  const mine = bundled(ours, 'export { TokenProvider } from "trusted-profile";', {});
  const theirs = bundled(peer, `export { VpcInstanceAuthenticator } from "${peer.module}";`, { alias });
  return {
    bundle_bytes: { ours: [mine.length], peer: [theirs.length] },
    bundle_gzip_bytes: { ours: [gzipSync(mine, { level: 9 }).length], peer: [gzipSync(theirs, { level: 9 }).length] },
    bundle_errors: { ours: [errorsOf(ours, "trusted-profile")], peer: [errorsOf(peer, peer.module)] },
  };
}

function options({ root }, contents) {
  return { stdin: { contents, resolveDir: root }, bundle: true, minify: true, platform: "browser", format: "esm", write: false, logLevel: "silent" };
}

function bundled(side, contents, further) {
  const { outputFiles } = buildSync({ ...options(side, contents), ...further });
  return outputFiles[0].contents;
}

/** How many errors the bundler reports when nothing is replaced. */
function errorsOf(side, module) {
  try {
    buildSync(options(side, `export * from "${module}";`));
    return 0;
  } catch (error) {
    return formatMessagesSync(error.errors, { kind: "error" }).length;
  }
}
