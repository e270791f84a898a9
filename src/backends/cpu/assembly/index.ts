// The CPU backend's hot operations in WebAssembly SIMD. Written in AssemblyScript; .ci/assembly.ts compiles it, once with relaxed
// SIMD and once without.
//
// A compiled function takes the address of a call: its tensors and scalars by the names of the operation's kernel, and its
// working memory (calls.gen.ts). Beside `name` the module may have `nameCovers`, whether that function covers a call, by its
// scalars, and `nameScratch`, how many bytes of working memory the call needs.

export * from './exports.gen'
/** Where the module's own data end. */
export const heapBase: usize = __heap_base
