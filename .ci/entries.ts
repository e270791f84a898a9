/**
 * What bundlers are given as entries: files that re-export, of each module of the package, what is public. A bundler that splits
 * code, such as esbuild, gives a page every module that a file on its way imports, and `export * from` is the one way that it
 * does not go. So an entry is such lines alone, each to a file that re-exports from one module.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'
import { parseAst } from 'vite'

/** An export by the module that has it; without a name, the module's namespace. */
interface Origin {
  readonly module: string
  readonly name: string | null
}

type Named =
  | { readonly type: 'Identifier'; readonly name: string }
  | { readonly type: 'Literal'; value: unknown }
const nameOf = (node: Named): string => (node.type === 'Identifier' ? node.name : String(node.value))

/** The exports of a built module, each by the module that it comes from. */
function originsOf(module: string, known: Map<string, Map<string, Origin>>): Map<string, Origin> {
  const found = known.get(module)
  if (found) return found
  const origins = new Map<string, Origin>()
  known.set(module, origins)
  const imports = new Map<string, Origin>()
  const from = (source: { value: string }): string => resolve(dirname(module), source.value)
  const isOurs = (source: { value: string } | null): source is { value: string } =>
    source?.value.startsWith('.') === true
  const through = ({ module: other, name }: Origin): Origin =>
    (name === null ? undefined : originsOf(other, known).get(name)) ?? { module: other, name }
  for (const node of parseAst(readFileSync(module, 'utf8')).body) {
    if (node.type === 'ImportDeclaration' && isOurs(node.source)) {
      for (const each of node.specifiers) {
        const name = each.type === 'ImportSpecifier' ? nameOf(each.imported as Named) : null
        imports.set(each.local.name, { module: from(node.source), name })
      }
    } else if (node.type === 'ExportAllDeclaration' && isOurs(node.source)) {
      const other = from(node.source)
      if (node.exported) origins.set(nameOf(node.exported as Named), { module: other, name: null })
      else for (const [name, origin] of originsOf(other, known)) origins.set(name, origin)
    } else if (node.type === 'ExportNamedDeclaration')
      for (const { local, exported } of node.specifiers) {
        const name = nameOf(local as Named)
        const origin = isOurs(node.source) ? { module: from(node.source), name } : imports.get(name)
        origins.set(nameOf(exported as Named), origin ? through(origin) : { module, name })
      }
  }
  return origins
}

/** Writes the entry `file` of what a built module exports, and beside it a folder of the files that it consists of. */
export function writeEntry(file: string, module: string): void {
  const parts = new Map<string, { readonly names: string[]; readonly namespaces: string[] }>()
  for (const [exported, { module: origin, name }] of originsOf(module, new Map())) {
    const part = parts.get(origin) ?? { names: [], namespaces: [] }
    parts.set(origin, part)
    if (name === null) part.namespaces.push(exported)
    else part.names.push(name === exported ? name : `${name} as ${exported}`)
  }
  const folder = file.replace(/\.js$/, '')
  mkdirSync(folder, { recursive: true })
  const entry = [...parts].map(([origin, { names, namespaces }], index) => {
    const source = JSON.stringify(toPosix(relative(folder, origin)))
    const exports = namespaces.map((name) => `export*as ${name} from${source};`)
    if (names.length > 0) exports.push(`export{${names.join()}}from${source};`)
    writeFileSync(join(folder, `${index}.js`), exports.join(''))
    return `export*from"./${posix.basename(folder)}/${index}.js";`
  })
  writeFileSync(file, entry.join(''))
}

const toPosix = (path: string): string => path.replaceAll('\\', '/')
