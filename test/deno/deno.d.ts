// What these tests use of Deno.

declare namespace Deno {
  const env: { get(name: string): string | undefined }
  function readTextFileSync(path: string): string
  function writeTextFileSync(path: string, text: string, options?: { append?: boolean }): void
  function test(name: string, run: () => void | Promise<void>): void
}
