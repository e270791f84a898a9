/**
 * The codes by which kernels are told what they compute: constants such as `const SOFTSIGN_CODE = 6u;` beside the `switch` that
 * reads them. `src/ops/codes.gen.ts` has them for TypeScript, so that a function of a kernel has its code in one place; those of losses
 * that few pages have are in `rareLossCodes.gen.ts`.
 */
import { HEAD } from './modules.ts'

type Sources = Readonly<Record<string, string>>
/** How a constant's name, `TANH_SHRINK`, is written in TypeScript. */
type Naming = (name: string) => string

/** Keras's way. */
const snakeCase: Naming = (name) => name.toLowerCase()
const camelCase: Naming = (name) =>
  name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

type Table = readonly [name: string, file: string, naming: Naming]
const tables: readonly Table[] = [
  ['activationCodes', './lib/activation.wgsl', snakeCase],
  ['elementwiseLossCodes', './losses/elementwise.wgsl', camelCase],
]

const rareTables: readonly Table[] = [['rareLossCodes', './losses/rare_elementwise.wgsl', camelCase]]

/** The texts of the modules of codes. Throws where two constants of a file are one code. */
export const codesModules = (sources: Sources): (readonly [path: string, text: string])[] => [
  ['codes.gen.ts', textOf(tables, sources)],
  ['rareLossCodes.gen.ts', textOf(rareTables, sources)],
]

const textOf = (tables: readonly Table[], sources: Sources): string =>
  HEAD +
  tables
    .map(([table, file, naming]) => {
      const found = [...(sources[file] ?? '').matchAll(/^const (\w+)_CODE = (\d+)u;/gm)]
      const codes = found.map(([, name = '', code = '']) => [naming(name), Number(code)] as const)
      if (codes.length === 0 || new Set(codes.map(([, code]) => code)).size < codes.length)
        throw new Error(`shaders/${file.slice(2)}: expected constants NAME_CODE, each of another value`)
      return `export const ${table} = ${JSON.stringify(Object.fromEntries(codes))} as const\n`
    })
    .join('')
