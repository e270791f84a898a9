// What these tests use of Deno.

declare namespace Deno {
  const env: { get(name: string): string | undefined }
  function test(name: string, run: () => void | Promise<void>): void
}
