/**
 * In the sources an operation is one file. In the package, what operations do on the CPU (the members `cpu` and `compiled` of
 * their definitions) is apart and loaded with the CPU backend, so that a page that trains on WebGPU does without. Each file
 * of operations is read twice: as itself, without these members, and as `*.cpu.ts`, with nothing but them. What either does
 * not use any more falls away when the package is built.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { type ESTree, type Plugin, parseAst } from 'vite'

const LOADER = 'loadCpuSides.ts'
const TABLE = 'cpuSides.ts'
const SIDE = /\.cpu\.ts$/

/** @param directory Where the files of operations are, a slash at its end. */
export function cpuSides(directory: string): Plugin {
  const read = (file: string): string => readFileSync(directory + file, 'utf8')
  const isOfOperations = (file: string): boolean => /^\w+\.ts$/.test(file) && read(file).includes('defineOp(')
  return {
    name: 'recurra:cpu-sides',
    apply: 'build',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^\.\/(loadCpuSides|cpuSides|\w+\.cpu)\.ts$/ },
      handler: (id) => directory + id.slice('./'.length),
    },
    load: {
      filter: { id: /\/(loadCpuSides|cpuSides|\w+\.cpu)\.ts$/ },
      handler(id) {
        const file = id.slice(directory.length)
        if (file === LOADER) return `export const loadCpuSides = () => import('./${TABLE}')\n`
        if (file !== TABLE) return cpuSideOf(read(file.replace(SIDE, '.ts')))
        const files = readdirSync(directory).filter(isOfOperations)
        return files.map((name) => `export * from './${name.replace('.ts', '.cpu.ts')}'\n`).join('')
      },
    },
    transform: {
      filter: { id: /\/\w+\.ts$/, code: 'defineOp(' },
      handler(code, id) {
        if (!id.startsWith(directory)) return undefined
        return { code: withoutCpuSide(code), map: null }
      },
    },
  }
}

/** `const lstm = defineOp({ kernel, cpu(…) { … }, … })` */
interface Definition {
  /** `lstm`, and the name of its kernel, which is the operation's. */
  readonly name: string
  readonly kernel: string
  readonly call: ESTree.CallExpression
  readonly members: readonly ESTree.ObjectPropertyKind[]
}

/** A file of operations without their CPU sides: `defineOp` is told how to load those. */
export function withoutCpuSide(code: string): string {
  const edits = definitionsIn(parseAst(code, { lang: 'ts' }), code).flatMap(({ call, members }) => [
    ...members.map(({ start, end }): Edit => [start, code[end] === ',' ? end + 1 : end, '']),
    [call.end - 1, call.end - 1, ', loadCpuSides'] as const,
  ])
  return `import { loadCpuSides } from './${LOADER}'\n${edited(code, edits)}`
}

/** The CPU sides of a file of operations, each under the operation's name. */
export function cpuSideOf(code: string): string {
  const program = parseAst(code, { lang: 'ts' })
  const definitions = definitionsIn(program, code)
  const edits = definitions.map(({ call, members }): Edit => {
    const texts = members.map(({ start, end }) => code.slice(start, end))
    return [call.start, call.end, `{ ${texts.join(', ')} }`]
  })
  for (const statement of program.body) {
    if (statement.type === 'ExportNamedDeclaration' && statement.declaration)
      edits.push([statement.start, statement.declaration.start, ''])
  }
  const names = definitions.map(({ name, kernel }) => `${name} as ${kernel}`)
  return `${edited(code, edits)}\nexport { ${names.join(', ')} }\n`
}

function definitionsIn({ body }: ESTree.Program, code: string): Definition[] {
  const kernels = new Map<string, string>()
  const definitions: Definition[] = []
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      for (const specifier of statement.specifiers)
        if (specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier')
          kernels.set(specifier.local.name, specifier.imported.name)
      continue
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'ExpressionStatement')
      throw new Error(
        `expected only declarations beside operations, got ${code.slice(declaration.start, declaration.end)}`,
      )
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) {
      const found = id.type === 'Identifier' && init?.type === 'CallExpression' ? init : null
      const [definition] = found?.arguments ?? []
      if (!found || !isNamed(found.callee, 'defineOp') || definition?.type !== 'ObjectExpression') continue
      const kernel = definition.properties.find((member) => isMember(member, 'kernel'))
      const local = kernel?.type === 'Property' && kernel.value.type === 'Identifier' ? kernel.value.name : ''
      definitions.push({
        name: id.type === 'Identifier' ? id.name : '',
        kernel: kernels.get(local) ?? local,
        call: found,
        members: definition.properties.filter(
          (member) => isMember(member, 'cpu') || isMember(member, 'compiled'),
        ),
      })
    }
  }
  const calls = code.match(/\bdefineOp\(/g)?.length ?? 0
  if (calls !== definitions.length)
    throw new Error(
      `expected operations as const name = defineOp({ kernel, … }), got ${calls - definitions.length} others`,
    )
  return definitions
}

const isNamed = (node: ESTree.Expression | ESTree.PropertyKey, name: string): boolean =>
  node.type === 'Identifier' && node.name === name

const isMember = (member: ESTree.ObjectPropertyKind, name: string): boolean =>
  member.type === 'Property' && isNamed(member.key, name)

/** From, to, and what comes in the place of it. */
type Edit = readonly [number, number, string]

const edited = (code: string, edits: readonly Edit[]): string =>
  [...edits]
    .sort(([a], [b]) => b - a)
    .reduce((text, [from, to, by]) => text.slice(0, from) + by + text.slice(to), code)
