/**
 * Bundles what an ejected file consists of beside its model to `src/formats/eject/player.gen.ts`: the player, the page of HTML files,
 * and what each operation does on the CPU, as texts of JavaScript. Parts that several share are texts of their own, so that a file
 * has each once, and none that its model does not need.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type ESTree, parseAst } from 'vite'
import { writeGenerated } from '../shaders/build.ts'
import { isForward } from './assembly.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const output = fileURLToPath(new URL('../src/formats/eject/player.gen.ts', import.meta.url))

/** The files of the operations' CPU sides, as far as predictions may call them, by their names. */
async function sideFiles(): Promise<Map<string, string>> {
  const { metafile } = await build({
    entryPoints: [`${root}src/ops/cpuSides.ts`],
    bundle: true,
    format: 'esm',
    write: false,
    metafile: true,
    outdir: root,
    logLevel: 'silent',
  })
  const listed = new Set(Object.values(metafile.outputs).flatMap(({ exports }) => exports))
  const files = readdirSync(`${root}src/ops`).filter((file) => file.endsWith('.cpu.ts'))
  const named = files.flatMap((file) => {
    const text = readFileSync(`${root}src/ops/${file}`, 'utf8')
    const names = [...text.matchAll(/^export const (?:\[([\w, ]+)\]|(\w+))/gm)].flatMap(
      ([, list, name = '']) => list?.split(', ') ?? [name],
    )
    return names.filter((name) => listed.delete(name)).map((name) => [name, `./src/ops/${file}`] as const)
  })
  if (listed.size > 0)
    throw new Error(`player: expected constants of files *.cpu.ts, got ${[...listed].join()}`)
  return new Map(named.filter(([name, file]) => isForward(basename(file, '.cpu.ts'), name)))
}

/** A part of a text, and what stands there instead. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

const textOf = (node: ESTree.Node): string =>
  node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : unknownSyntax(node)

function unknownSyntax({ type }: { readonly type: string }): never {
  throw new Error(`player: expected a bundle's imports and exports, got ${type}`)
}

/** `a:b, …` of an object or of a pattern. */
const fields = (pairs: readonly (readonly [key: string, value: string])[]): string =>
  `{${pairs.map(([key, value]) => (key === value ? key : `${key}:${value}`)).join()}}`

/** A bundled module as an expression: imports are constants of other parts, exports the fields of an object. */
function partOf(text: string): { code: string; needs: string[] } {
  const needs: string[] = []
  const part = (source: ESTree.Node): string => {
    const name = basename(textOf(source), '.js')
    needs.push(name)
    return partName(name)
  }
  const exported: (readonly [string, string])[] = []
  const edits: Edit[] = []
  const replace = ({ start, end }: { readonly start: number; readonly end: number }, by: string): void => {
    edits.push({ start, end, text: by })
  }
  const visit = (node: ESTree.Node): void => {
    if (node.type === 'ImportDeclaration') {
      const from = part(node.source)
      const names = node.specifiers.map((each) =>
        each.type === 'ImportSpecifier'
          ? ([textOf(each.imported), each.local.name] as const)
          : unknownSyntax(each),
      )
      replace(node, names.length > 0 ? `const${fields(names)}=${from};` : '')
    } else if (node.type === 'ExportNamedDeclaration' && !node.declaration && !node.source) {
      for (const each of node.specifiers) exported.push([textOf(each.exported), textOf(each.local)])
      replace(node, '')
    } else if (node.type.startsWith('Export')) unknownSyntax(node)
    // What is loaded when it is needed elsewhere is in the file here.
    else if (node.type === 'ImportExpression') replace(node, `Promise.resolve(${part(node.source)})`)
    else
      for (const inner of Object.values(node))
        for (const each of [inner].flat()) if (isNode(each)) visit(each)
  }
  visit(parseAst(text))
  let code = ''
  let at = 0
  for (const { start, end, text: by } of edits.sort((a, b) => a.start - b.start)) {
    code += text.slice(at, start) + by
    at = end
  }
  code += text.slice(at)
  return { code: `(()=>{${code.trimEnd()}return${fields(exported)}})()`, needs }
}

const isNode = (value: unknown): value is ESTree.Node =>
  typeof value === 'object' && value !== null && 'type' in value

interface Part {
  readonly name: string
  readonly needs: readonly string[]
  readonly code: string
}

/** The constant that holds a part. */
const partName = (name: string): string => `part_${name.replaceAll('-', '_')}`

/** Writes the module, if it changed. */
export async function buildPlayer(): Promise<void> {
  const files = await sideFiles()
  const names = [...files.keys()].sort()
  const entries: Record<string, string> = {
    player: "export { loader } from './src/player/index.ts'",
    page: "export { show } from './src/player/page.ts'",
    ...Object.fromEntries(
      names.map((name) => [`side-${name}`, `export { ${name} } from '${files.get(name)}'`]),
    ),
  }
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(Object.keys(entries).map((name) => [name, `entry:${name}`])),
    plugins: [
      {
        name: 'entries',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^entry:/ }, ({ path }) => ({
            path: path.slice('entry:'.length),
            namespace: 'entry',
          }))
          onLoad({ filter: /.*/, namespace: 'entry' }, ({ path }) => ({
            contents: entries[path] ?? '',
            resolveDir: root,
          }))
          // Ejected files do not measure.
          onLoad({ filter: /webgpu\/profile\.ts$/ }, () => ({ contents: 'export {}' }))
        },
      },
    ],
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    minify: true,
    write: false,
    outdir: root,
    chunkNames: 'shared-[hash]',
    logLevel: 'silent',
  })
  const parts = new Map(
    outputFiles.map(({ path, text }): [string, Part] => {
      const name = /([^/\\]+)\.js$/.exec(path)?.[1] ?? ''
      const { code, needs } = partOf(text)
      return [partName(name), { name: partName(name), needs: needs.map(partName), code }]
    }),
  )
  // Each part behind those that it reads; code that no entry reads was left over by the bundler.
  const ordered = new Set<Part>()
  const add = (name: string): void => {
    const part = parts.get(name)
    if (!part) throw new Error(`player: no part ${name}`)
    if (part.code.includes('@compute'))
      throw new Error(
        `player: expected code for the CPU, got kernels in ${name}: list what needs it under OF_TRAINING`,
      )
    for (const need of part.needs) add(need)
    ordered.add(part)
  }
  for (const name of Object.keys(entries)) add(partName(name))
  writeGenerated(
    output,
    `// Written by .ci/player.ts: edit that.

export interface Part {
  /** The constant that a file has it as. */
  readonly name: string
  /** Constants of other parts, in front of it, that it reads. */
  readonly needs: readonly string[]
  readonly code: string
}

export const parts: readonly Part[] = ${JSON.stringify([...ordered], null, 1)}

/** The parts with what operations do on the CPU, by the names of operations. */
export const sides: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries(names.map((name) => [name, partName(`side-${name}`)])), null, 1)}
`,
  )
}
