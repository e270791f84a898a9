// What these tests use of Deno.

declare namespace Deno {
  function test(name: string, run: () => void | Promise<void>): void
}
