// What predictions consist of, for the CPU of ejected files; index.ts has all.

export * from './forwardExports.gen'
/** Where the module's own data end. */
export const heapBase: usize = __heap_base
