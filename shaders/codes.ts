/**
 * The codes by which kernels are told what they compute: constants such as `const SOFTSIGN_CODE = 6u;` beside the `switch` that
 * reads them. `src/ops/codes.gen.ts` has them for TypeScript, so that a function of a kernel has its code in one place.
 */
import { HEAD } from './modules.ts'

type Sources = Readonly<Record<string, string>>
/** How a constant's name, `TANH_SHRINK`, is written in TypeScript. */
type Naming = (name: string) => string

/** Keras's way. */
const snakeCase: Naming = (name) => name.toLowerCase()
const camelCase: Naming = (name) =>
  name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

const tables: readonly (readonly [name: string, file: string, naming: Naming])[] = [
  ['activationCodes', './lib/activation.wgsl', snakeCase],
  ['elementwiseLossCodes', './losses/elementwise.wgsl', camelCase],
  ['rareLossCodes', './losses/rare_elementwise.wgsl', camelCase],
]

/** The text of `codes.gen.ts`. Throws where two constants of a file are one code. */
export const codesModule = (sources: Sources): string =>
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
