/** Projects of users: folders into which the tarball was installed, and nothing else. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "trusted-profile-packaging-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

let packed: string | undefined;

/** What `npm pack` makes; its path. */
export function tarball(): string {
  return (packed ??= execFileSync(process.execPath, ["build/pack.mjs", join(folder, "tarball")], { encoding: "utf8" }).trim());
}

/** A project with these files and the package. */
export class Scratch {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static install(name: string, files: Readonly<Record<string, string>>): Scratch {
    const root = join(folder, name);
    const scratch = new Scratch(root);
    mkdirSync(root);
    for (const [path, text] of Object.entries({ "package.json": '{ "private": true }', ...files })) scratch.write(path, text);
    execFileSync("npm", ["install", tarball(), "--offline", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    return scratch;
  }

  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Makes packages of this repository's own `node_modules` those of the project: whatever they need is beside them. */
  link(...names: readonly string[]): void {
    for (const name of names) {
      const place = join(this.root, "node_modules", name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(resolve("node_modules", name), place, "dir");
    }
  }

  /** Runs a program of the project without a word of warning; what it prints. */
  run(file: string, ...options: readonly string[]): string {
    const { status, stdout, stderr } = this.start(file, ...options);
    assert.deepEqual([status, stderr], [0, ""]);
    return stdout.trim();
  }

  start(file: string, ...options: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [...options, file], { cwd: this.root, encoding: "utf8", timeout: 60_000 });
  }

  /** What the compiler says about it; nothing, if all is well. */
  compile(...options: readonly string[]): string {
    const compiler = resolve("node_modules/typescript/bin/tsc");
    const { stdout, stderr } = spawnSync(process.execPath, [compiler, ...options], { cwd: this.root, encoding: "utf8" });
    return stdout + stderr;
  }
}
