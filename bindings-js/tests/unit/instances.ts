/** The instances of WebAssembly that the package makes, which are not to be had otherwise: imported before any is made. */

const instances: WebAssembly.Instance[] = [];

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports);
    // Node's own HTTP parser is one, too.
    if ("machine_abandon" in this.exports) instances.push(this);
  }
};

/** The memories of all of them, the last one last. */
export function memories(): Uint8Array[] {
  return instances.map(({ exports }) => new Uint8Array((exports["memory"] as WebAssembly.Memory).buffer));
}

/** That of the last machine. */
export function memory(): Uint8Array {
  const last = memories().at(-1);
  if (last === undefined) throw new Error("there is no instance yet");
  return last;
}
