/** What checkers of packages say of the archive that is published: nothing. More of them: published.long.test.ts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { expect, test } from 'vitest'
import { packPackage } from '../support/packPackage.ts'
import { bytesOf, SIZE_LIMITS } from '../support/sizeLimits.ts'
import { installTyped, PRESENT, RESOLUTIONS, typeErrorsOf } from './typedPrograms.ts'

const { archive, folder, files, size, unpackedSize } = await packPackage()
const bytes = readFileSync(archive)

test('publint finds nothing, not even to suggest', async () => {
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
  const { messages, pkg } = await publint({ pkgDir: 'package', pack: { tarball }, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})

test('its declarations are without an error in programs of others', async () => {
  const installed = await installTyped()
  try {
    const compiler = { compiler: PRESENT, moduleResolution: 'bundler', module: RESOLUTIONS.bundler }
    expect(await typeErrorsOf(installed, compiler)).toEqual([])
  } finally {
    installed.remove()
  }
})

test('the README tells the limits of sizes', () => {
  const rows = [...readFileSync('README.md', 'utf8').matchAll(/^\| (.*) \| ([\d.]+) KB \|$/gm)]
  expect(Object.fromEntries(rows.map(([, what = '', kilobytes]) => [what, Number(kilobytes)]))).toEqual(
    SIZE_LIMITS,
  )
})

test('it is no larger than it may be', () => {
  const script = gzipSync(readFileSync(join(folder, 'dist/recurra.min.js')), { level: 9 }).length
  const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`
  console.log(
    `packed ${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)}, the script ${kilobytes(script)} gzipped`,
  )
  expect(script).toBeLessThanOrEqual(bytesOf('`dist/recurra.min.js`, all of the index in one file'))
  expect(size).toBeLessThanOrEqual(bytesOf('the package, packed'))
  expect(unpackedSize).toBeLessThanOrEqual(bytesOf('the package, unpacked'))
})

test('the licences of what the script holds lie beside it', () => {
  const texts = readFileSync(join(folder, 'dist/recurra.min.js.LICENSE.txt'), 'utf8')
  for (const text of [
    /^@bufbuild\/protobuf [\d.]+ /m,
    /^fflate [\d.]+ \(MIT\)$/m,
    /Apache License/,
    /Redistributions of source/,
  ])
    expect(texts).toMatch(text)
  const script = readFileSync(join(folder, 'dist/recurra.min.js'), 'utf8')
  expect(script.slice(0, 200)).toContain('recurra.min.js.LICENSE.txt')
})

test('what each module says that it does on its own is known to bundlers', () => {
  const { sideEffects } = JSON.parse(readFileSync('package.json', 'utf8'))
  const built = sideEffects
    .filter((path: string) => path.startsWith('./dist/'))
    .map((path: string) => path.slice(2))
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(built))
})
