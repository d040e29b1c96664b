/** The name of what `using` calls. Node got it in 18.18; before that, compilers look for this one. */
export const DISPOSE: typeof Symbol.dispose = (Symbol.dispose as typeof Symbol.dispose | undefined) ?? (Symbol.for("Symbol.dispose") as never);
